import path from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** How many tests ended how. A cancelled test has failed; a test that is still to be written was skipped. */
export interface Total {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Prints a line per file, what a test says about itself (`t.diagnostic`, standard output) and every failure in full, and
 * counts. Standard error is shown only for a file that failed. A file without a test counts as a failure.
 */
export async function report(events: AsyncIterable<TestEvent>, print: (line: string) => void): Promise<Total> {
  const total: Total = { passed: 0, failed: 0, skipped: 0 };
  const errorOutput = new Map<string, string>();
  const filesWithTests = new Set<string>();

  for await (const event of events) {
    if (event.type === "test:pass") pass(event.data);
    if (event.type === "test:fail") fail(event.data);
    if (event.type === "test:stderr") addErrorOutput(event.data.file, event.data.message);
    if (event.type === "test:stdout") print(event.data.message.trimEnd());
    if (event.type === "test:diagnostic" && event.data.file !== undefined) print(`     ${event.data.message}`);
    if (event.type === "test:summary" && event.data.file !== undefined) endOfFile(event.data.file, event.data);
  }
  return total;

  function pass({ name, file, details, skip, todo }: Ended): void {
    if (details.type === "suite") return;
    if (name === file) return emptyFile(name);
    if (file !== undefined) filesWithTests.add(file);
    if (skipOrTodo(skip) || skipOrTodo(todo)) total.skipped += 1;
    else total.passed += 1;
  }

  function fail({ name, file, line, details, todo }: Failed): void {
    if (details.type === "suite") return;
    if (skipOrTodo(todo)) {
      total.skipped += 1;
      return;
    }
    total.failed += 1;
    const cause: unknown = details.error.cause ?? details.error;
    print(`\nFAILED ${name}\n  at ${place(file)}:${line ?? 1}`);
    print(indent(cause instanceof Error ? inspect(cause) : String(cause)));
    if (errorOutput.has(file ?? "")) print(indent(errorOutput.get(file ?? "") ?? ""));
    errorOutput.delete(file ?? "");
  }

  function emptyFile(file: string): void {
    if (filesWithTests.has(file)) return;
    total.failed += 1;
    print(`\nFAILED ${place(file)}\n  has no tests`);
  }

  function addErrorOutput(file: string, message: string): void {
    errorOutput.set(file, (errorOutput.get(file) ?? "") + message);
  }

  function endOfFile(file: string, { success, counts, duration_ms }: FileEnd): void {
    if (counts.tests > 0) filesWithTests.add(file);
    print(`${success ? "ok  " : "FAIL"} ${place(file)}: ${counts.tests} tests in ${(duration_ms / 1000).toFixed(1)} s`);
  }
}

type DataOf<Type extends TestEvent["type"]> = Extract<TestEvent, { type: Type }>["data"];
type Ended = DataOf<"test:pass">;
type Failed = DataOf<"test:fail">;
type FileEnd = DataOf<"test:summary">;

function skipOrTodo(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}

function place(file: string | undefined): string {
  return file === undefined ? "unknown file" : path.relative(process.cwd(), file);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "  ");
}

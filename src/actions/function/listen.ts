import { RunwrightError } from "../../base/error.ts";
import type { ChildProcess } from "./child-process.ts";
import type { ChildState } from "./child-state.ts";
import { parseFromChild, parseRefQuestion } from "./from-child.ts";
import type { FunctionLimits } from "./limits.ts";
import { createOperations, type Operations } from "./operations.ts";
import { createLineReader, type FromChild, type RefAnswer, type RefQuestion } from "./protocol.ts";
import { lookUp } from "./refs.ts";

/** What a line can lead to. */
export interface ListenTools {
  readonly limits: FunctionLimits;
  readonly kill: (reason: string) => void;
  readonly retire: () => void;
}

const lineSlackBytes = 64 * 1024;
// Calls that ended may have left work that still logs; beyond this a process only keeps the engine busy.
const linesFactor = 10;
const notOurs = "it did not speak the engine's language";

/**
 * Takes in what a child process says and asks, and ends it when it says what it should not. Gives its operations: they end with it, and
 * not with the call that asked for them.
 */
export function listen(child: ChildProcess, state: ChildState, tools: ListenTools): Operations {
  const { link, questions } = child;
  const { limits, kill, retire } = tools;
  const operations = createOperations(link);
  const tooLong = (): void => kill("it sent more than a result can be");
  link.on("data", createLineReader(limits.valueBytesMax + lineSlackBytes, heard, tooLong));
  questions.on("data", createLineReader(lineSlackBytes, asked, tooLong));
  // A pipe closes a moment before the exit is known, so this is no reason to kill yet.
  for (const socket of [link, questions]) socket.on("error", () => undefined).on("close", retire);
  return operations;

  function heard(text: string): void {
    const line = parseFromChild(text);
    state.linesHeard += 1;
    if (line === undefined) return kill(notOurs);
    if (state.linesHeard > limits.logLinesMax * linesFactor) return kill("it sent too many lines");
    if (line.kind === "spoilt") return spoilt();
    if ("operation" in line) {
      const { current } = state;
      const once = current !== undefined && line.id === current.call.id ? current.hooks.once : undefined;
      return operations.hear(line, once) ? undefined : kill(notOurs);
    }
    // A line of an earlier call is the noise of work that its module left behind.
    if (line.id === state.current?.call.id) take(line);
  }

  function take(line: FromChild): void {
    const { current } = state;
    if (current === undefined || line.kind === "spoilt" || "operation" in line) return;
    if (line.kind === "log") return current.hooks.log.line(line.level, line.text);

    state.residentBytes = line.residentBytes;
    if (line.spoilt) state.usable = false;
    if (line.kind === "done") return current.resolve(line.returned);

    const { code, message, stack } = line.failure;
    if (stack !== undefined) current.hooks.log.line("error", `${message}\n${stack}`);
    if (line.kind === "failed") return current.reject(new RunwrightError(code, message));
    current.dying = new RunwrightError(code, message);
    retire();
  }

  function spoilt(): void {
    state.usable = false;
    // With a call on its way the process serves it first: it is given up when it is free.
    if (state.current === undefined) retire();
  }

  function asked(text: string): void {
    const question = parseRefQuestion(text);
    if (question === undefined) return kill(notOurs);
    if (questions.writableLength > limits.valueBytesMax) return kill("it asked and did not read the answers");
    questions.write(`${JSON.stringify(answer(question))}\n`);
  }

  function answer(question: RefQuestion): RefAnswer {
    const { current } = state;
    if (current === undefined || question.id !== current.call.id) return { missing: "The call that asks has ended." };
    current.outputs ??= current.hooks.refs();
    const found = lookUp(current.outputs, question.ref, question.path);
    const { missing } = current.hooks;
    if (missing === undefined || !("missing" in found)) return found;
    missing(found.missing);
    return { value: null };
  }
}

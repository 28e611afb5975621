import type { Socket } from "node:net";
import { RunwrightError, toRunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Effect, Once } from "../../ports/action.ts";
import type { OperationAnswer, OperationLine } from "./protocol.ts";

/** The engine's side of `ctx.once`: what a child asks goes through the door of its call, and the answers go back to the child. */
export interface Operations {
  /** Takes a line. `once` is the door, as long as the call that asks runs. False for a line that no program of ours writes. */
  hear(line: OperationLine, once: Once | undefined): boolean;
  /** The process is gone: what it was told to call has no receipt. */
  end(): void;
}

interface Pending {
  readonly resolve: (receipt: Json) => void;
  readonly reject: (error: RunwrightError) => void;
}

/** No operations yet. Their number is bounded by the doors of the calls, and the lines by what a process may say. */
export function createOperations(link: Socket): Operations {
  /** Asked for and not answered to the end; with what waits for the receipt, once the child was told to go. */
  const open = new Map<string, Pending | undefined>();
  let answers: Promise<void> = Promise.resolve();
  let isOver = false;

  return {
    hear(line, once) {
      if (line.kind === "once") return ask(line, once);
      const pending = open.get(nameOf(line));
      // Nobody was told to call it: there is nothing that this could be the receipt of.
      if (pending === undefined) return false;
      open.set(nameOf(line), undefined);
      if (line.kind === "received") pending.resolve(line.receipt);
      else pending.reject(failureOf(line));
      return true;
    },
    end() {
      isOver = true;
      for (const pending of open.values()) pending?.reject(gone());
      open.clear();
    },
  };

  function ask(line: Extract<OperationLine, { kind: "once" }>, once: Once | undefined): boolean {
    if (open.has(nameOf(line))) return false;
    open.set(nameOf(line), undefined);
    void carryThrough(line, once);
    return true;
  }

  async function carryThrough(line: Extract<OperationLine, { kind: "once" }>, once: Once | undefined): Promise<void> {
    const { id, operation, effect } = line;
    try {
      if (once === undefined) throw new RunwrightError("call.aborted", "The call that asks has ended.");
      const receipt = await once(effectIn(effect), ({ key }) => go(line, key));
      await tell({ kind: "receipt", id, operation, receipt });
    } catch (error) {
      await tell({ kind: "refused", id, operation, message: toRunwrightError(error).message });
    }
    open.delete(nameOf(line));
  }

  function go(line: OperationLine, key: string): Promise<Json> {
    const { id, operation } = line;
    return new Promise((resolve, reject) => {
      if (isOver) return reject(gone());
      open.set(nameOf(line), { resolve, reject });
      void tell({ kind: "go", id, operation, key });
    });
  }

  /** One after the other: receipts may be large, and what a child does not read stays with the journal's state instead of piling up here. */
  function tell(answer: OperationAnswer): Promise<void> {
    answers = answers.then(
      () => new Promise((written) => (isOver ? written() : link.write(`${JSON.stringify(answer)}\n`, () => written()))),
    );
    return answers;
  }
}

/** What a child may say of an operation, and nothing besides: it has no target that the policy knows of, and its receipts are durable first. */
function effectIn({ name, class: effectClass, digest }: Effect): Effect {
  return { name, class: effectClass, ...(digest !== undefined && { digest }) };
}

function nameOf({ id, operation }: OperationLine): string {
  return `${id}.${operation}`;
}

function failureOf(line: Extract<OperationLine, { kind: "threw" | "received" }>): RunwrightError {
  const problem = line.kind === "threw" ? line.problem : undefined;
  if (problem !== undefined) return new RunwrightError(problem.code, problem.message);
  return new RunwrightError("function.failed", "The operation failed.");
}

function gone(): RunwrightError {
  return new RunwrightError("function.crashed", "The process that carried the operation out has ended.");
}

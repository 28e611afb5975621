// In the child: `ctx.once` asks the engine, calls, and says what came of it.
import { AsyncLocalStorage } from "node:async_hooks";
import { digestJson } from "../../base/digest.ts";
import { type Json, jsonProblem } from "../../base/json.ts";
import type { Effect } from "../../ports/action.ts";
import type { OnceOptions } from "./context.ts";
import type { OperationAnswer, OperationLine, ReceiptProblem } from "./protocol.ts";

/** The call whose module asks. */
interface Asker {
  readonly id: number;
  readonly signal: () => AbortSignal;
  readonly valueBytesMax: number;
}

/** What a module asks for. */
interface Wish<T> {
  readonly name: string;
  readonly work: (key: string, signal: AbortSignal) => Promise<T> | T;
  readonly options: OnceOptions | undefined;
}

/** The operations of a child process. */
interface ChildOnce {
  once<T>(asker: Asker, wish: Wish<T>): Promise<T>;
  /** Takes what the engine says about one of them. */
  heard(answer: OperationAnswer): void;
}

/** No operations yet; `say` writes a line to the engine. */
export function createChildOnce(say: (line: OperationLine) => void): ChildOnce {
  const asked = new Map<number, (answer: OperationAnswer) => void>();
  const inside = new AsyncLocalStorage<string>();
  let last = 0;

  return {
    async once<T>(asker: Asker, wish: Wish<T>) {
      const effect = effectOf(wish);
      const outer = inside.getStore();
      // It would be missing in an attempt that finds the outer one's receipt, and the others of its name would take each other's place.
      if (outer !== undefined) throw refusal(`ctx.once('${effect.name}') stands inside ctx.once('${outer}')`);

      last += 1;
      const operation = { id: asker.id, operation: last };
      const begun = await answerTo({ kind: "once", ...operation, effect });
      if (begun.kind !== "go") return receiptOf(begun) as T;
      const receipt = await carryOut(asker, wish, begun);
      return receiptOf(await answerTo({ kind: "received", ...operation, receipt })) as T;
    },
    heard({ operation, ...answer }) {
      const answered = asked.get(operation);
      asked.delete(operation);
      answered?.({ operation, ...answer });
    },
  };

  function answerTo(line: OperationLine): Promise<OperationAnswer> {
    return new Promise((resolve) => {
      asked.set(line.operation, resolve);
      say(line);
    });
  }

  async function carryOut<T>(
    { signal, valueBytesMax }: Asker,
    { name, work }: Wish<T>,
    { id, operation, key }: Extract<OperationAnswer, { kind: "go" }>,
  ): Promise<Json> {
    let receipt: unknown;
    let problem: ReceiptProblem | undefined;
    try {
      receipt = (await inside.run(name, () => work(key, signal()))) ?? null;
      problem = problemOf(name, receipt, valueBytesMax);
    } catch (error) {
      say({ kind: "threw", id, operation });
      throw error;
    }
    if (problem === undefined) return receipt as Json;
    say({ kind: "threw", id, operation, problem });
    throw refusal(problem.message.slice(0, -1));
  }
}

/** What was asked for. Modules are not all written in TypeScript. */
function effectOf<T>({ name, work, options }: Wish<T>): Effect {
  if (typeof name !== "string" || typeof work !== "function")
    throw refusal("ctx.once(name, call) takes a text and a function");
  const { class: effectClass = "keyed", args } = options ?? {};
  if (typeof effectClass !== "string") throw refusal(`The class of ctx.once('${name}') is no text`);
  const problem = args === undefined ? undefined : jsonProblem(args);
  if (problem !== undefined) throw refusal(`The args of ctx.once('${name}') are no JSON: args${problem.slice(1)}`);
  const digest = args === undefined ? {} : { digest: digestJson(args as Json) };
  return { name, class: effectClass, ...digest };
}

function receiptOf(answer: OperationAnswer): Json {
  if (answer.kind === "receipt") return answer.receipt;
  throw refusal(answer.kind === "refused" ? answer.message.replace(/\.$/, "") : "The engine's answer is none");
}

function problemOf(name: string, receipt: unknown, bytesMax: number): ReceiptProblem | undefined {
  const unfit = jsonProblem(receipt);
  if (unfit !== undefined) {
    const message = `The receipt of operation '${name}' is no JSON: receipt${unfit.slice(1)}.`;
    return { code: "effect.receipt-invalid", message };
  }
  const bytes = Buffer.byteLength(JSON.stringify(receipt));
  if (bytes <= bytesMax) return undefined;
  const message = `The receipt of operation '${name}' has ${bytes} bytes; at most ${bytesMax} are kept. Give back what a later attempt needs, such as an id.`;
  return { code: "step.value-too-large", message };
}

/** An error that another attempt cannot mend. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { retryable: false });
}

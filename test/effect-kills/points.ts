import type { Action, Effect } from "../../src/ports/action.ts";
import type { Append, Journal } from "../../src/ports/journal.ts";

/** Operations of one run of the project, in their order: one of each class, and the turns of a conversation with a model that calls a tool. */
export const operationNames = [
  "read",
  "keyed",
  "readback",
  "conditional",
  "idempotent",
  "blind",
  "model-1",
  "tool",
  "model-2",
] as const;

export type OperationName = (typeof operationNames)[number];

/** Where a process is killed, on the way of one operation. */
export const pointNames = [
  "intent.before",
  "intent.behind",
  /** It may leave, and has not. */
  "call.before",
  /** It has arrived on the other side, and is lost there. */
  "arrived",
  /** It has arrived at something in between, which hands it on when the next process is at work. */
  "held",
  /** It has been carried out, and is never answered. */
  "applied",
  /** It has been carried out twice, since it arrived twice, and is never answered. */
  "twice",
  /** The answer is there. */
  "call.behind",
  "receipt.before",
  "receipt.behind",
] as const;

export type PointName = (typeof pointNames)[number];

/** Points that lie on the other side: the process does not pass them, it is killed from there. */
export const remotePoints = ["arrived", "held", "applied", "twice"] as const;

/** Is told each time the process passes a point of an operation. */
export type Pass = (operation: OperationName, point: PointName) => void;

/** Which operation of a run one of a step is. */
export function operationOf(step: string, name: string, occurrence: number): OperationName {
  if (step !== "ask") return step as OperationName;
  return name === "model" ? (occurrence === 1 ? "model-1" : "model-2") : "tool";
}

interface StoredEvent {
  readonly kind: string;
  readonly path: string;
  readonly operation: { readonly name: string; readonly occurrence: number };
}

/** The journal, with the points around the commits of intents and of receipts. */
export function journalWithPoints(journal: Journal, pass: Pass): Journal {
  return {
    ...journal,
    async create(batch) {
      const passed = batch.flatMap(({ segment }) => passedBy(segment.events));
      for (const [operation, what] of passed) pass(operation, `${what}.before`);
      const results = await journal.create(batch);
      for (const [operation, what] of passed) pass(operation, `${what}.behind`);
      return results;
    },
    async append(batch) {
      const passed = batch.flatMap(({ segment }: Append) => (segment === undefined ? [] : passedBy(segment.events)));
      for (const [operation, what] of passed) pass(operation, `${what}.before`);
      const results = await journal.append(batch);
      for (const [operation, what] of passed) pass(operation, `${what}.behind`);
      return results;
    },
  };
}

function passedBy(events: string): readonly (readonly [OperationName, "intent" | "receipt"])[] {
  return (JSON.parse(events) as readonly StoredEvent[]).flatMap(({ kind, path, operation }) => {
    const what = kinds.get(kind);
    return what === undefined ? [] : [[operationOf(path, operation.name, operation.occurrence), what] as const];
  });
}

const kinds: ReadonlyMap<string, "intent" | "receipt"> = new Map([
  ["effect.intended", "intent"],
  ["effect.received", "receipt"],
  ["effect.reconciled", "receipt"],
]);

/** What is told of the operations of an action. */
export interface OperationNotes {
  readonly pass: Pass;
  /** It is asked for. */
  readonly asked: (operation: OperationName) => void;
  /** It is about to leave. */
  readonly leaves: (operation: OperationName, key: string) => void;
  /** It is being looked for. */
  readonly looks: (operation: OperationName) => void;
  /** What becomes of an effect before it comes to the door, for controls that lack a guard. */
  readonly bent: (effect: Effect) => Effect;
}

/** The action, with the points around the call of each operation. */
export function actionWithPoints(action: Action, { pass, asked, leaves, looks, bent }: OperationNotes): Action {
  return {
    ...action,
    opening(call) {
      const opening = action.opening?.(call);
      return opening && { effect: bent(opening.effect) };
    },
    run(call, signal) {
      const occurrences = new Map<string, number>();
      const { once } = call;
      return action.run(
        {
          ...call,
          once: (effect, carryOut) => {
            const occurrence = (occurrences.get(effect.name) ?? 0) + 1;
            occurrences.set(effect.name, occurrence);
            const operation = operationOf(call.step, effect.name, occurrence);
            const outcome = once(lookedAt(operation, bent(effect)), async (permit) => {
              leaves(operation, permit.key);
              pass(operation, "call.before");
              const receipt = await carryOut(permit);
              pass(operation, "call.behind");
              return receipt;
            });
            asked(operation);
            return outcome;
          },
        },
        signal,
      );
    },
  };

  function lookedAt(operation: OperationName, effect: Effect): Effect {
    const { find } = effect;
    if (find === undefined) return effect;
    return {
      ...effect,
      find(permit) {
        looks(operation);
        return find(permit);
      },
    };
  }
}

import type { Action } from "../../src/ports/action.ts";
import type { Append, InboxEntry, Journal } from "../../src/ports/journal.ts";

/** Where a process can be killed: before and after each commit, and on both sides of a call. */
export const pointNames = [
  "create.before",
  "create.after",
  "takeOver.before",
  "takeOver.after",
  "append.before",
  "append.after",
  /** Appends that begin an operation, and those that keep its receipt. */
  "effect.intended.before",
  "effect.intended.after",
  "effect.received.before",
  "effect.received.after",
  "post.before",
  "post.after",
  /** Its start is durable, nothing has left the process. */
  "call.before",
  /** It has been carried out, its outcome is not durable. */
  "call.after",
] as const;

export type PointName = (typeof pointNames)[number];

/** Is told each time the process passes a point. */
export type Pass = (point: PointName) => void;

/** What is noted of a commit as soon as the store has answered, and so before the process can be killed after it. */
export interface CommitNotes {
  committed(run: string, segment: { readonly seq: number; readonly hash: string }): void;
  posted(run: string, id: number, entry: InboxEntry): void;
}

/** The journal, with its points. */
export function journalWithPoints(journal: Journal, pass: Pass, notes: CommitNotes): Journal {
  return {
    ...journal,
    async create(batch) {
      pass("create.before");
      const results = await journal.create(batch);
      for (const [index, { key, segment }] of batch.entries()) {
        if (results[index]?.created === true) notes.committed(key.run, segment);
      }
      pass("create.after");
      return results;
    },
    async takeOver(key) {
      pass("takeOver.before");
      const lease = await journal.takeOver(key);
      pass("takeOver.after");
      return lease;
    },
    async append(batch) {
      const effects = effectsOf(batch);
      pass("append.before");
      for (const kind of effects) pass(`${kind}.before`);
      const results = await journal.append(batch);
      for (const [index, { lease, segment }] of batch.entries()) {
        if (results[index] === "ok" && segment !== undefined) notes.committed(lease.key.run, segment);
      }
      pass("append.after");
      for (const kind of effects) pass(`${kind}.after`);
      return results;
    },
    async post(key, entry) {
      pass("post.before");
      const row = await journal.post(key, entry);
      notes.posted(key.run, row.id, entry);
      pass("post.after");
      return row;
    },
  };
}

function effectsOf(batch: readonly Append[]): readonly ("effect.intended" | "effect.received")[] {
  const kinds = ["effect.intended", "effect.received"] as const;
  return kinds.filter((kind) => batch.some(({ segment }) => segment?.events.includes(`"kind":"${kind}"`)));
}

/** The action, with its points. */
export function actionWithPoints(action: Action, pass: Pass): Action {
  return {
    async run(call, signal) {
      pass("call.before");
      try {
        return await action.run(call, signal);
      } finally {
        pass("call.after");
      }
    },
    [Symbol.asyncDispose]: () => action[Symbol.asyncDispose](),
  };
}

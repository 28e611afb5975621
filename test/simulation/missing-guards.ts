import { runKeyText } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { emptyTail, nextSegment } from "../../src/engine/segment.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Append, Journal, NewRun } from "../../src/ports/journal.ts";
import { segmentHash } from "../../src/ports/segment-hash.ts";
import type { Seeded } from "./chance.ts";

/** A guard taken out, for a control that must fail. */
export type MissingGuard =
  | "none"
  /** A call may start although a cancel or a pause lies in the inbox. */
  | "hold"
  /** Some appends are acknowledged and never written. */
  | "durable-commit"
  /** Snapshots are older than they say, under a seal that fits. */
  | "seal"
  /** A driver that was replaced may go on writing. */
  | "fence"
  /** Whoever takes a run over takes nothing from the one that has it. */
  | "holders"
  /** Some nudges of the host are lost. */
  | "nudge"
  /** Some looks into an inbox find nothing. */
  | "look"
  /** Some ends of runs are not told to the step that waits for them. */
  | "child-end"
  /** Some steps start their run twice. */
  | "child-once"
  /** Nobody asks the policy. */
  | "policy"
  /** Whoever looks whether something was carried out finds nothing. */
  | "find"
  /** Calls that fail say that nothing was done, whatever was. */
  | "undone"
  /** Runs that are given up are not told. */
  | "cascade";

const seldom = 0.05;
const often = 0.4;

/** A host that loses nudges when that guard is missing. */
export function hostWithout(guard: MissingGuard, host: Host, chance: Seeded): Host {
  if (guard !== "nudge") return host;
  return { ...host, nudge: (run) => (chance.maybe(often) ? Promise.resolve() : host.nudge(run)) };
}

/** A journal as it is without one of its guards. `epochs` outlives the processes of a world. */
export function journalWithout(
  guard: MissingGuard,
  journal: Journal,
  { chance, epochs }: { readonly chance: Seeded; readonly epochs: Map<string, number> },
): Journal {
  switch (guard) {
    case "none":
    case "nudge":
    case "policy":
    case "find":
    case "undone":
    case "durable-commit":
      return journal;
    case "look":
      return { ...journal, inbox: async (key) => (chance.maybe(often) ? [] : await journal.inbox(key)) };
    case "seal":
      return changed(journal, withOldSnapshots());
    case "fence":
      return unfenced(journal, epochs);
    case "holders":
      return { ...journal, takeOver: async (key) => ({ key, epoch: 1 }) };
    case "hold":
      return changed(journal, (each) => ({ ...each, startsCalls: false }));
    case "child-end":
      return changed(journal, (each) => withoutPosts(each, "child", chance));
    case "cascade":
      return changed(journal, (each) => withoutPosts(each, "cancel", chance));
    case "child-once":
      return changed(journal, ({ creates = [], ...each }) => ({ ...each, creates: creates.flatMap(twice) }));
  }
}

/** What a driver is told of a journal, when it is told of commits that there are not. */
export function journalThatLies(guard: MissingGuard, journal: Journal, chance: Seeded): Journal {
  if (guard !== "durable-commit") return journal;
  return {
    ...journal,
    append: async (batch) => (chance.maybe(seldom) ? batch.map(() => "ok" as const) : await journal.append(batch)),
  };
}

function withOldSnapshots(): (append: Append) => Append {
  const latest = new Map<string, string>();
  return (append) => {
    const { lease, snapshot } = append;
    if (snapshot === undefined) return append;
    const run = runKeyText(lease.key);
    const text = snapshot.body.slice(snapshot.body.indexOf("\n") + 1);
    const old = latest.get(run) ?? text;
    latest.set(run, text);
    return { ...append, snapshot: { ...snapshot, body: `${segmentHash(snapshot.hash, snapshot.seq, old)}\n${old}` } };
  };
}

function changed(journal: Journal, change: (append: Append) => Append): Journal {
  return { ...journal, append: (batch) => journal.append(batch.map(change)) };
}

/** What a store without fences would have taken as it stands. */
function unfenced(journal: Journal, epochs: Map<string, number>): Journal {
  return {
    ...journal,
    async takeOver(key) {
      const lease = await journal.takeOver(key);
      epochs.set(key.run, lease.epoch);
      return lease;
    },
    async append(batch) {
      const forced: Append[] = [];
      for (const each of batch) {
        const { key } = each.lease;
        const seq = ((await journal.row(key))?.lastSeq ?? 0) + 1;
        const lease = { key, epoch: epochs.get(key.run) ?? each.lease.epoch };
        forced.push({ ...each, lease, ...(each.segment === undefined ? {} : { segment: { ...each.segment, seq } }) });
      }
      return await journal.append(forced);
    },
  };
}

function withoutPosts({ posts = [], ...each }: Append, kind: "child" | "cancel", chance: Seeded): Append {
  return { ...each, posts: posts.filter(({ entry }) => entry.kind !== kind || chance.maybe(often)) };
}

/** The run, and another one of the same step. */
function twice(run: NewRun): readonly NewRun[] {
  const other = `${run.key.run.slice(0, -1)}${run.key.run.endsWith("0") ? "1" : "0"}`;
  const [created] = JSON.parse(run.segment.events) as readonly [RunEvent];
  const event = JSON.stringify({ ...created, run: other });
  const segment = nextSegment(emptyTail, [event], run.segment.at);
  return [run, { ...run, key: { ...run.key, run: other }, segment }];
}

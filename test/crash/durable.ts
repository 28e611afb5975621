import path from "node:path";
import { openSqliteReader, type StoreReader } from "../../src/adapters/sqlite/sqlite-store.ts";
import { digestText } from "../../src/base/digest.ts";
import { equalJson, type Json } from "../../src/base/json.ts";
import { summaryOf } from "../../src/engine/summary.ts";
import { apply } from "../../src/machine/apply.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { emptyState } from "../../src/machine/state.ts";
import type { RunRow, Segment } from "../../src/ports/journal.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import { runsMax, scope } from "./life.ts";
import { planOf } from "./workflow.ts";

/** What the journal holds of one run. */
export interface DurableRun {
  readonly row: RunRow;
  readonly segments: readonly Segment[];
  readonly events: readonly RunEvent[];
  /** Broken chain, or a row that is not what its journal folds to. */
  readonly problems: readonly string[];
}

/** What a store holds while no process has it: every run, and what its inbox rows were told. */
export interface Durable {
  readonly runs: ReadonlyMap<string, DurableRun>;
  /** What became of inbox rows: `unread`, `ok` or the code of a refusal. */
  outcome(run: string, id: number): Promise<string>;
}

/** Reads a folder that a process has left, however it left, and lets `look` see what is there. Nothing yet is an empty store. */
export async function readDurable<T>(folder: string, look: (durable: Durable) => Promise<T>): Promise<T> {
  using reader = openSqliteReader(path.join(folder, "data"));
  const runs = new Map<string, DurableRun>();
  for (const row of await reader.journal.list(scope, { limit: runsMax })) {
    runs.set(row.key.run, await readRun(reader, row));
  }
  return await look({ runs, outcome: (run, id) => outcomeOf(reader, run, id) });
}

async function readRun(reader: StoreReader, row: RunRow): Promise<DurableRun> {
  const segments: Segment[] = [];
  for await (const segment of reader.journal.read(row.key, 1)) segments.push(segment);
  const problems: string[] = [];
  const events: RunEvent[] = [];
  const state = emptyState(planOf(row.version));
  let hash = "";
  let seq = 1;
  for (const segment of segments) {
    hash = digestText(`${hash}\n${seq}\n${segment.events}`);
    if (segment.seq !== seq || segment.hash !== hash)
      problems.push(`${row.key.run}: the chain breaks at ${segment.seq}`);
    seq += segment.count;
    for (const event of await readEvents(reader.journal, row.key, segment)) {
      apply(state, event, segment.at);
      events.push(event);
    }
  }
  if (row.lastSeq !== seq - 1) problems.push(`${row.key.run}: its row says seq ${row.lastSeq}, its journal ${seq - 1}`);
  const folded = summaryOf(state, row.summary.updatedAt) as unknown as Json;
  if (!equalJson(folded, row.summary as unknown as Json)) {
    problems.push(`${row.key.run}: its row is not what its journal folds to`);
  }
  return { row, segments, events, problems };
}

async function outcomeOf(reader: StoreReader, run: string, id: number): Promise<string> {
  const outcome = await reader.journal.outcome({ ...scope, run }, id);
  if (outcome === undefined) return "unread";
  return outcome.ok ? "ok" : outcome.code;
}

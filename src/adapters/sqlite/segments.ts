import type { RunKey } from "../../base/ids.ts";
import { runNotFound } from "../../ports/journal-rules.ts";
import { segmentColumns, segmentIn } from "../../ports/journal-rows.ts";
import type { Journal, Segment } from "../../ports/journal.ts";
import type { Database } from "./database.ts";
import { createHeadOf, ofRun } from "./statements.ts";

const pageSegmentsMax = 256;
const pageCharsMax = 1_048_576;

/** Reads runs in pages, so that no read holds a snapshot, and with it the write-ahead log, while its caller thinks. */
export function createSegmentReader(database: Database): Journal["read"] {
  const headOf = createHeadOf(database);
  const lastBefore = database.prepare(
    `SELECT seq, count FROM segment WHERE ${ofRun} AND seq <= ? ORDER BY seq DESC LIMIT 1`,
  );
  const segments = database.prepare(`SELECT ${segmentColumns} FROM segment WHERE ${ofRun} AND seq >= ? ORDER BY seq`);

  return async function* read(key, fromSeq) {
    let seq = database.reading(() => firstSeq(key, fromSeq));
    for (;;) {
      const page = database.reading(() => pageOf(key, seq));
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      seq = last.seq + last.count;
    }
  };

  function firstSeq(key: RunKey, fromSeq: number): number {
    if (headOf(key) === undefined) throw runNotFound(key.run);
    const [seq = fromSeq, count = 0] = lastBefore.get(key.tenant, key.workspace, key.run, fromSeq) ?? [];
    return Number(seq) + Number(count) > fromSeq ? Number(seq) : fromSeq;
  }

  function pageOf(key: RunKey, fromSeq: number): readonly Segment[] {
    const page: Segment[] = [];
    let chars = 0;
    for (const row of segments.iterate(key.tenant, key.workspace, key.run, fromSeq)) {
      const segment = segmentIn(row);
      page.push(segment);
      chars += segment.events.length;
      if (page.length === pageSegmentsMax || chars >= pageCharsMax) break;
    }
    return page;
  }
}

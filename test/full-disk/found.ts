// Opens the store that `fill.ts` left, as the next process does, and says what lies in it.
// usage: node found.ts <folder>
import { writeSync } from "node:fs";
import path from "node:path";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { noHash, segmentHash } from "../../src/ports/segment-hash.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import { scope } from "../engine/stage.ts";
import { digestOf, type Saw } from "./saw.ts";

const folder = path.join(process.argv[2] ?? "", "data");
const holder = { pid: process.pid, host: "here", startedAt: 0 };
await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
const [row] = (await store.journal.list(scope, { limit: 10 })).toReversed();
if (row === undefined) throw new Error("There is no run.");

const digests: string[] = [];
let hash: string = noHash;
let isChained = true;
for await (const segment of store.journal.read(row.key, 1)) {
  hash = segmentHash(hash, segment.seq, segment.events);
  isChained &&= hash === segment.hash && segment.seq === digests.length + 1;
  digests.push(...(await readEvents(store.journal, row.key, segment)).map(digestOf));
}
const { lastSeq, summary } = row;
const saw: Saw = { kind: "found", status: summary.status, lastSeq, digests, isChained };
writeSync(1, `${JSON.stringify(saw)}\n`);

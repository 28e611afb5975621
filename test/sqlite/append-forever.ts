// Appends to one run until it is killed or the store fails, and says after each answer what was acknowledged.
// usage: node append-forever.ts <folder> [bytes of an event]
import { writeSync } from "node:fs";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import type { Append, RunSummary } from "../../src/ports/journal.ts";
import { noHash, segmentHash } from "../../src/ports/segment-hash.ts";

const [folder = "", bytes = "100"] = process.argv.slice(2);
const appendsMax = 100_000;
const key = { tenant: "local", workspace: "default", run: "r1" };
const counts = { succeeded: 0, failed: 0, skipped: 0, running: 1, waiting: 0 };
const summary: RunSummary = { status: "running", counts, gates: [], updatedAt: 0 };
// Straight to the pipe: what is said must not wait in this process for a turn that may never come.
const say = (text: string) => writeSync(1, `${text}\n`);

const store = await openSqliteStore({
  folder,
  holder: { pid: process.pid, host: "here", startedAt: 0 },
  synchronous: "full",
});
const events = JSON.stringify(["x".repeat(Number(bytes))]);
let hash = segmentHash(noHash, 1, events);
const first = { seq: 1, count: 1, at: 0, events, hash };
await store.journal.create([
  { key, workflow: "w", version: "v", createdAt: 0, startedBy: "local:ada", segment: first, summary },
]);
say("acked 1");

for (let seq = 2; seq < appendsMax; seq += 1) {
  hash = segmentHash(hash, seq, events);
  const segment = { seq, count: 1, at: 0, events, hash };
  const append: Append = { lease: { key, epoch: 1 }, segment, summary, consumed: [], startsCalls: false };
  try {
    const [result] = await store.journal.append([append]);
    say(result === "ok" ? `acked ${seq}` : `refused ${result}`);
  } catch (error) {
    say(`failed ${toRunwrightError(error).code}`);
    await store.journal.append([append]).catch((again: unknown) => say(`then ${toRunwrightError(again).code}`));
    break;
  }
}

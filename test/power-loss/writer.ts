// Opens a store, commits and closes it again, several times over, and says what was acknowledged. It is watched from outside, and never killed:
// a power cut is every prefix of what it did.
// Every few commits the log is moved, as it is after 16 MiB otherwise: by the thread of the store, and the last of it here.
// usage: node writer.ts <folder> <full|normal> <times> <commits each time> <commits between two moves>
import { writeSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createCheckpointThread } from "../../src/adapters/sqlite/checkpoint-thread.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import type { Append } from "../../src/ports/journal.ts";
import { segmentHash } from "../../src/ports/segment-hash.ts";
import { keyOf, newRun, segmentOf, summaryOf } from "../../src/testing/journal-checks/world.ts";

const [folder = "", synchronous = "full", ...counts] = process.argv.slice(2);
const [times = 1, commits = 1, commitsPerMove = 1] = counts.map(Number);
const file = path.join(folder, "journal.db");
const eventChars = 300;
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const lease = { key: keyOf("r1"), epoch: 1 };
const say = (seq: number) => writeSync(1, `acked ${seq}\n`);
let { seq, hash } = segmentOf(1);

for (let time = 1; time <= times; time += 1) {
  await using store = await openSqliteStore({
    folder,
    holder,
    synchronous: synchronous === "full" ? "full" : "normal",
  });
  if (time === 1) {
    await store.journal.create([newRun("r1")]);
    say(seq);
  }
  // Disposed before the store is, which must be the last to have the file open.
  using here = new DatabaseSync(file, { timeout: 0 });
  here.exec("PRAGMA synchronous = full; PRAGMA wal_autocheckpoint = 0");
  let moved = Promise.withResolvers<void>();
  await using thread = createCheckpointThread(file, () => {
    here.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    moved.resolve();
  });
  for (let commit = 1; commit <= commits; commit += 1) {
    seq += 1;
    const events = JSON.stringify(["x".repeat(eventChars)]);
    hash = segmentHash(hash, seq, events);
    const segment = { seq, count: 1, at: 0, events, hash };
    const append: Append = { lease, segment, summary: summaryOf(), consumed: [], startsCalls: false };
    const [result] = await store.journal.append([append]);
    if (result !== "ok") throw new Error(`The append was ${result}.`);
    say(seq);
    // Half of the commits between two moves come while the thread may be at it.
    if (commit % commitsPerMove === 0) {
      moved = Promise.withResolvers();
      thread.ask();
    } else if (commit > commitsPerMove && commit % commitsPerMove === commitsPerMove / 2) await moved.promise;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

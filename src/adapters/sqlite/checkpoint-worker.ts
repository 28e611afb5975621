// The thread that moves the write-ahead log into the database file, with a connection of its own, while the other thread goes on writing.
// It is started by `checkpoint-thread.ts`, moves once for each question, and ends when it is told so.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { Moved, Word } from "./checkpoint-thread.ts";

/** Passes for one question: each moves what was written during the one before, which is less each time. */
const passesMax = 4;
const enoughFrames = 128;

const { file } = workerData as { readonly file: string };
const connection = new DatabaseSync(file, { timeout: 0 });
// The same care as the connection that writes: what is moved is on the disk before the log may begin anew.
connection.exec(
  "PRAGMA synchronous = full; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1; PRAGMA wal_autocheckpoint = 0",
);
const passive = connection.prepare("PRAGMA wal_checkpoint(PASSIVE)", { returnArrays: true });

parentPort?.on("message", (word: Word) => {
  if (word === "move") return parentPort?.postMessage(moveAll(), []);
  connection.close();
  parentPort?.close();
});

function moveAll(): Moved {
  try {
    let before = 0;
    for (let pass = 1; pass <= passesMax; pass += 1) {
      const [, , moved] = passive.get() as unknown as readonly number[];
      // `moved` is all there was when the pass began, unless a reader still needs older pages.
      if (moved === undefined || moved - before < enoughFrames) break;
      before = moved;
    }
    return { ok: true };
  } catch (error) {
    const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
    return { ok: false, errcode: errcode ?? 0, message };
  }
}

import { closeSync, openSync, writeSync } from "node:fs";

/** Carries out `work` between two lines of the ledger, each of which is on the disk before the next thing happens. */
export async function recorded(ctx, work) {
  note(ctx, "begin");
  const result = await work();
  note(ctx, "end");
  return result;
}

/** One write to a file that is opened for appending and synced writes: whole lines, whoever else writes. */
function note(ctx, what) {
  const { runId, path, attempt, idempotencyKey } = ctx.meta;
  const line = { what, run: runId, path, attempt, key: idempotencyKey, life: ctx.config.life, at: Date.now() };
  const ledger = openSync("ledger/ledger.jsonl", "as");
  writeSync(ledger, `${JSON.stringify(line)}\n`);
  closeSync(ledger);
}

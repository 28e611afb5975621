import { closeSync, openSync, writeSync } from "node:fs";

/** Carries out `work` between two lines of the ledger, each of which is on the disk before the next thing happens. */
export async function recorded(ctx, work) {
  note(ctx, "begin");
  const result = await work();
  note(ctx, "end");
  return result;
}

/** Notes that an operation leaves for another system. */
export function called(ctx, name, key) {
  const { runId, path } = ctx.meta;
  write("effects", { run: runId, path, name, key, life: ctx.config.life });
}

function note(ctx, what) {
  const { runId, path, attempt, idempotencyKey } = ctx.meta;
  const line = { what, run: runId, path, attempt, key: idempotencyKey, life: ctx.config.life, at: Date.now() };
  write("ledger", line);
}

/** One write to a file that is opened for appending and synced writes: whole lines, whoever else writes. */
function write(name, line) {
  const ledger = openSync(`ledger/${name}.jsonl`, "as");
  writeSync(ledger, `${JSON.stringify(line)}\n`);
  closeSync(ledger);
}

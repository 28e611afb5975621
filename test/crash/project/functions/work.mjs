import { setTimeout as sleep } from "node:timers/promises";
import { recorded } from "../lib/ledger.mjs";

/** Takes a few milliseconds, and the same input always gives the same output. */
export default async function run(ctx) {
  return recorded(ctx, async () => {
    await sleep(4);
    return { output: { value: ctx.input.n * 2 } };
  });
}

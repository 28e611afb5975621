import { recorded } from "../lib/ledger.mjs";

/** Lets a loop end at its second iteration. */
export default async function run(ctx) {
  return recorded(ctx, () => ({ output: { done: ctx.input.n >= 2 } }));
}

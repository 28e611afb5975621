import { recorded } from "../lib/ledger.mjs";

/** Fails at its first attempt, every time. */
export default async function run(ctx) {
  return recorded(ctx, () => {
    if (ctx.meta.attempt === 1) throw new Error("the first attempt always fails");
    return { output: { value: ctx.input.n + 1 } };
  });
}

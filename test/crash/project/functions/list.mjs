import { recorded } from "../lib/ledger.mjs";

/** A list that nobody knows before the run, and a variable. */
export default async function run(ctx) {
  const { seed } = ctx.input;
  return recorded(ctx, () => ({
    output: { items: ["a", "b", "c"].map((id, index) => ({ id, n: seed + index })) },
    vars: { base: seed * 100 },
  }));
}

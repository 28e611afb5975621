import { recorded } from "../lib/ledger.mjs";

/** Reads what earlier steps gave, also those that another life of the process carried out. */
export default async function run(ctx) {
  return recorded(ctx, () => {
    const items = ctx.refs.get("list", "items");
    return { output: { sum: ctx.input.amount + ctx.input.base + items.length } };
  });
}

import { called, recorded } from "../lib/ledger.mjs";

/** Does two things outside, then fails at its first attempt: the second finds their receipts. */
export default async function run(ctx) {
  return recorded(ctx, async () => {
    const operate = (name, value) =>
      ctx.once(name, (key) => {
        called(ctx, name, key);
        return { value };
      });
    const [twice, once] = await Promise.all([operate("charge", ctx.input.n * 2), operate("ship", ctx.input.n)]);
    if (ctx.meta.attempt === 1) throw new Error("the first attempt always fails");
    return { output: { value: twice.value + once.value } };
  });
}

/** Charges once, with a remote system that is told the key. */
export default async function run(ctx) {
  const { url, effectClass, dies } = ctx.input;
  const receipt = await ctx.once(
    "charge",
    async (key, signal) => {
      const response = await fetch(url, { method: "POST", headers: { "idempotency-key": key }, signal });
      const charged = await response.json();
      if (dies && ctx.meta.attempt === 1) process.kill(process.pid, "SIGKILL");
      return charged;
    },
    { class: effectClass, args: { amount: 7 } },
  );
  if (ctx.meta.attempt === 1 && !dies) throw new Error("the first attempt fails behind its charge");
  return { output: receipt };
}

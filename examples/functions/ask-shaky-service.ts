interface Context {
  readonly meta: { readonly attempt: number };
}

/** Stands for a service that is not there at first. */
export default function run(ctx: Context): { output: { answer: string; attempt: number } } {
  const { attempt } = ctx.meta;
  if (attempt < 3) throw new Error("The service does not answer.");
  return { output: { answer: "42", attempt } };
}

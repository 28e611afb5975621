interface Context {
  readonly input: { readonly from: { readonly sub_issues?: readonly unknown[] } | null };
}

/** The issues of a plan; a plan without any gives an empty list. */
export default function run(ctx: Context): { output: readonly unknown[] } {
  return { output: ctx.input.from?.sub_issues ?? [] };
}

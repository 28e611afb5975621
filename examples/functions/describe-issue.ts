interface Context {
  readonly input: { readonly issue: { readonly number: number; readonly title: string } };
}

/** One line about an issue. */
export default function run(ctx: Context): { output: string } {
  const { number, title } = ctx.input.issue;
  return { output: `#${number} ${title}` };
}

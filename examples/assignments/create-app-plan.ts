interface AppPlan {
  readonly title: string;
  readonly sub_issues: readonly { readonly number: number; readonly title: string }[];
}

/** Stands for the assignment that a person or an agent carries out: it gives a plan with its issues. */
export default function run(): { output: AppPlan } {
  const titles = ["Set up the repository", "Draw the start page", "Store what users enter"];
  return { output: { title: "A small app", sub_issues: titles.map((title, index) => ({ number: index + 1, title })) } };
}

import { mkdir, writeFile } from "node:fs/promises";

interface AppPlan {
  readonly title: string;
  readonly sub_issues: readonly { readonly number: number; readonly title: string }[];
}

// Functions may write in `reports/` and `logs/` of their project. The working directory is the project.
const folder = "logs/real-mode";
const file = `${folder}/app-plan.md`;

/** Stands for the assignment that a person or an agent carries out: it gives a plan with its issues, and writes it as Markdown. */
export default async function run(): Promise<{ output: AppPlan; artifacts: { plan: string } }> {
  const titles = ["Set up the repository", "Draw the start page", "Store what users enter"];
  const plan = { title: "A small app", sub_issues: titles.map((title, index) => ({ number: index + 1, title })) };
  const lines = plan.sub_issues.map(({ number, title }) => `${number}. ${title}`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, [`# ${plan.title}`, "", ...lines, ""].join("\n"));
  return { output: plan, artifacts: { plan: file } };
}

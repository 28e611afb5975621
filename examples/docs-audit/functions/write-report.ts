import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { FailedAudit, FileAudit, Summary } from "../lib/types.ts";

interface Input {
  readonly title: string;
  readonly folder: string;
  readonly summary: Summary;
  readonly files: readonly FileAudit[];
  readonly failed: readonly FailedAudit[];
}

// Functions may write in `reports/` of their project and nowhere else.
const folder = path.join(import.meta.dirname, "..", "reports");

/** Writes the report; the same audit gives the same file, so that doing it twice does no harm. */
export default async function run(ctx: { readonly input: Input }): Promise<{ output: { report: string } }> {
  const report = path.join(folder, "docs-audit.md");
  await mkdir(folder, { recursive: true });
  await writeFile(`${report}.new`, textOf(ctx.input));
  await rename(`${report}.new`, report);
  return { output: { report } };
}

function textOf({ title, folder: audited, summary, files, failed }: Input): string {
  const { words, minutes, findings, kinds } = summary;
  const toMend = files
    .filter((file) => file.findings.length > 0)
    .toSorted((a, b) => b.findings.length - a.findings.length);
  const lines = [
    `# ${title}`,
    "",
    `${summary.files} Markdown files below \`${path.basename(audited)}\`: ${words} words, about ${minutes} minutes to read, ${findings} to mend.`,
    "",
    ...kinds.map((kind) => `- ${kind}`),
    ...(kinds.length === 0 ? [] : [""]),
    ...(toMend.length === 0 ? [] : ["## To mend", ""]),
    ...toMend.flatMap((file) => [`### ${linkTo(audited, file.path)}`, "", ...findingLines(file), ""]),
    ...(failed.length === 0 ? [] : ["## Could not be read", "", ...failed.map(failedLine), ""]),
    "## All files",
    "",
    "| file | words | minutes | headings | links | to mend |",
    "|--|--:|--:|--:|--:|--:|",
    ...files.map(
      (file) =>
        `| ${linkTo(audited, file.path)} | ${file.words} | ${file.minutes} | ${file.headings} | ${file.links} | ${file.findings.length} |`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function findingLines(file: FileAudit): readonly string[] {
  return file.findings.map(({ kind, line, text }) => `- line ${line}: ${kind}: ${escaped(text)}`);
}

function failedLine({ key, error }: FailedAudit): string {
  return `- ${decodeURIComponent(key)}: ${escaped(error?.message ?? "unknown")}`;
}

/** Relative to the report, so that it works in every viewer. */
function linkTo(audited: string, file: string): string {
  const place = path.relative(folder, path.join(audited, file)).replaceAll(path.sep, "/");
  return `[${escaped(file)}](${place.split("/").map(encodeURIComponent).join("/")})`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|]/g, (char) => `\\${char}`);
}

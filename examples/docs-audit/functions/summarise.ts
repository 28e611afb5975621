import type { FailedAudit, FileAudit, Summary } from "../lib/types.ts";

interface Input {
  readonly files: readonly FileAudit[];
  readonly failed: readonly FailedAudit[];
}

const worstMax = 5;

/** Adds up what was found. */
export default function run(ctx: { readonly input: Input }): { output: Summary } {
  const { files, failed } = ctx.input;
  const counts = new Map<string, number>();
  for (const { kind } of files.flatMap((file) => file.findings)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (failed.length > 0) counts.set("unreadable file", failed.length);

  const words = files.reduce((sum, file) => sum + file.words, 0);
  const worst = files
    .filter((file) => file.findings.length > 0)
    .toSorted((a, b) => b.findings.length - a.findings.length);
  return {
    output: {
      files: files.length + failed.length,
      words,
      minutes: Math.round(files.reduce((sum, file) => sum + file.minutes, 0)),
      findings: [...counts.values()].reduce((sum, count) => sum + count, 0),
      kinds: [...counts].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`),
      worst: worst.slice(0, worstMax).map((file) => `${file.path} (${file.findings.length})`),
    },
  };
}

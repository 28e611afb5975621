import type { StepWaits, WaitReason } from "../language/compile/waits.ts";

/** The edges of a file, one line each: the step, what it waits for, and why. A step in a group is called `group/step`. */
export function graphLines(steps: readonly StepWaits[]): readonly string[] {
  const pathOf = pathsOf(steps);
  const rows = steps.flatMap((step) => rowsOf(step, pathOf));
  const stepWidth = rows.reduce((width, [step]) => Math.max(width, step.length), 0);
  const otherWidth = rows.reduce((width, [, other]) => Math.max(width, other.length), 0);
  return rows.map(([step, other, why]) => `  ${step.padEnd(stepWidth)}  <-  ${other.padEnd(otherWidth)}  ${why}`);
}

type Row = readonly [step: string, other: string, why: string];

function rowsOf({ id, group, everyStepBefore, waitsFor }: StepWaits, pathOf: (id: string) => string): readonly Row[] {
  const step = pathOf(id);
  const named = waitsFor.map((other): Row => [step, pathOf(other.id), reasonTexts(other.because, id).join("; ")]);
  if (everyStepBefore !== undefined) return [...named, [step, "all before", `run_on is ${everyStepBefore}`]];
  if (named.length > 0) return named;
  return [[step, "-", group === undefined ? "starts at once" : "starts with its group"]];
}

function pathsOf(steps: readonly StepWaits[]): (id: string) => string {
  const paths = new Map<string, string>();
  // A group stands before its steps.
  for (const { id, group } of steps) paths.set(id, group === undefined ? id : `${paths.get(group) ?? group}/${id}`);
  return (id) => paths.get(id) ?? id;
}

/** The reasons in order; reads of the same value in the same field are said once, with all their lines. */
function reasonTexts(reasons: readonly WaitReason[], step: string): readonly string[] {
  const linesOf = new Map<string, number[]>();
  for (const reason of reasons) {
    const text = reasonText(reason, step);
    const lines = linesOf.get(text) ?? [];
    if (reason.kind === "reads" && lines.at(-1) !== reason.line) lines.push(reason.line);
    linesOf.set(text, lines);
  }
  return Array.from(linesOf, ([text, lines]) =>
    lines.length === 0 ? text : `${text} (line${lines.length === 1 ? "" : "s"} ${lines.join(", ")})`,
  );
}

function reasonText(reason: WaitReason, step: string): string {
  switch (reason.kind) {
    case "needs":
      return `${whose(reason.by, step)}needs names it`;
    case "reads":
      return `${whose(reason.by, step)}${reason.field} reads ${reason.what}`;
    case "before":
      return "it is the step before";
    case "else":
      return "else names it";
  }
}

/** What a step inside a group needs or reads makes the group wait. */
function whose(by: string, step: string): string {
  return by === step ? "" : `in it, ${by}: `;
}

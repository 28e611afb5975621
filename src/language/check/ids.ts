import { isDeviceName } from "../../base/paths.ts";
import type { Range } from "../diagnostic.ts";
import { callsModule } from "../fields/verbs.ts";
import type { Problems } from "../problems.ts";
import { nameOf, type StepDraft, unnamed } from "./draft.ts";
import { short } from "./short.ts";
import { scalarIn } from "./values.ts";

/** Names that expressions know already, and words of their grammar. */
export const reservedNames: ReadonlySet<string> = new Set([
  "inputs",
  "vars",
  "docs",
  "index",
  "iter",
  "run",
  "env",
  "trigger",
  "secrets",
  "receipt",
  "event",
  "true",
  "false",
  "null",
  "in",
]);

const stepId = /^[a-z][a-z0-9_-]*$/;
const stepIdCharsMax = 64;

/** True for a text that can be the id of a step. */
export function isStepId(id: string): boolean {
  return stepId.test(id) && id.length <= stepIdCharsMax && !reservedNames.has(nameOf(id));
}

/** Gives every step its id, written or lent by its function, and checks the ids of a file. */
export function nameSteps(steps: readonly StepDraft[], problems: Problems): ReadonlyMap<string, StepDraft> {
  const byName = new Map<string, StepDraft>();
  for (const step of steps) {
    const written = step.fields.has("id");
    const found = written ? writtenId(step, problems) : lentId(step);
    if (found === undefined) {
      step.id = `${unnamed}${step.index}`;
      if (!written) reportNoId(step, byName, problems);
      continue;
    }
    step.id = found.id;
    step.idRange = found.range;
    checkId(step, { written, byName }, problems);
    if (!byName.has(nameOf(step.id))) byName.set(nameOf(step.id), step);
  }
  return byName;
}

interface FoundId {
  readonly id: string;
  readonly range: Range;
}

function writtenId(step: StepDraft, problems: Problems): FoundId | undefined {
  const entry = step.fields.get("id");
  const scalar = entry === undefined ? undefined : scalarIn(problems, entry, "a name for the step");
  return scalar === undefined ? undefined : { id: scalar.text, range: scalar.range };
}

function lentId(step: StepDraft): FoundId | undefined {
  const { verbEntry } = step;
  const lends = ["function", "assignment"].includes(verbEntry.key);
  if (!lends || verbEntry.value.kind !== "scalar" || verbEntry.value.value === null) return undefined;
  return { id: verbEntry.value.text, range: verbEntry.value.range };
}

function reportNoId(step: StepDraft, byName: ReadonlyMap<string, StepDraft>, problems: Problems): void {
  // A function without a name, or a misspelt `id`, was reported as such.
  if (callsModule(step.verb) || step.fields.meant.has("id")) return;
  const verb = step.verb ?? "step";
  const first = verb === "do" ? "group" : verb;
  let id: string = first;
  for (let n = 2; byName.has(id); n += 1) id = `${first}_${n}`;
  problems.report("E011", step.verbEntry.keyRange, "this step has no id", { hint: `add id: ${id}` });
}

function checkId(
  step: StepDraft,
  found: { readonly written: boolean; readonly byName: ReadonlyMap<string, StepDraft> },
  problems: Problems,
): void {
  const { id, idRange } = step;
  if (!stepId.test(id) || id.length > stepIdCharsMax) {
    const better = stepIdLike(id);
    const write = better === undefined ? "" : `: ${better}`;
    problems.report("E012", idRange, `'${short(id)}' is not a step id`, {
      hint: found.written ? `begin with a-z, then a-z, 0-9, '_' and '-'${write}` : `give the step one: add id${write}`,
      fix: better === undefined || !found.written ? undefined : { range: idRange, text: better },
    });
    return;
  }
  if (reservedNames.has(nameOf(id))) {
    problems.report("E022", idRange, `'${id}' is a name that expressions already know`, {
      hint: `rename the step, for example: ${id}_step`,
    });
    return;
  }
  const first = found.byName.get(nameOf(id));
  if (first === undefined) return;
  const hint = `first at line ${problems.lineOf(first.idRange.start)}${found.written ? "" : "; give this one an id of its own"}`;
  const message =
    first.id === id
      ? `step id '${id}' is used twice`
      : `step ids '${first.id}' and '${id}' are the same name in expressions`;
  problems.report("E024", idRange, message, { hint });
}

function stepIdLike(text: string): string | undefined {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .replace(/^(?=\d)/, "step-")
    .slice(0, stepIdCharsMax);
  return stepId.test(id) ? id : undefined;
}

const workflowId = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** Why a text is no workflow id, and one that is like it; undefined when it is one. */
export function workflowIdProblem(
  id: string,
): { readonly message: string; readonly hint: string; readonly better?: string } | undefined {
  if (workflowId.test(id.toLowerCase()) && isDeviceName(id)) {
    const better = `${id.toLowerCase()}-workflow`;
    const message = `'${id}' is a name that Windows keeps for itself`;
    return { message, hint: `choose another: ${better}`, better };
  }
  if (workflowId.test(id)) return undefined;
  const like = id
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .slice(0, 64)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  const message = `'${short(id)}' is not a URL-safe id`;
  if (!workflowId.test(like) || isDeviceName(like)) return { message, hint: "use a-z, 0-9 and '-'" };
  return { message, hint: `use a-z, 0-9 and '-': ${like}`, better: like };
}

import type { StepDraft } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { booleanIn, choiceIn, durationIn, mapIn, numberIn, reportShape } from "../check/values.ts";
import { type Field, fieldNamed, type VerbName } from "../fields/field.ts";
import { fileFields } from "../fields/file-fields.ts";
import type { LimitsPlan, Plan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry } from "../source/tree.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

const runtimeMsDefault = 86_400_000;
const depthDefault = 5;

/** What bounds the runs of a file, and what becomes of their data. */
export function boundsPart(shop: Workshop): Pick<Plan, "limits" | "concurrency" | "retain" | "policy"> {
  const { file, problems } = shop;
  const limits = whenWritten(file.get("limits"), (entry) => limitsOf(entry, problems));
  checkBounded(shop, limits);
  const retain = whenWritten(file.get("retain"), (entry) => choiceIn(problems, entry, ["full", "metadata"] as const));
  return defined({
    limits: limits?.plan,
    concurrency: whenWritten(file.get("concurrency"), (entry) => concurrencyOf(shop, entry)),
    retain: retain === "metadata" ? retain : undefined,
    policy: whenWritten(file.get("policy"), (entry) => policyOf(entry, problems)),
  });
}

interface Limits {
  readonly plan: LimitsPlan;
  readonly written: Written;
}

function limitsOf(entry: SourceEntry, problems: Problems): Limits | undefined {
  const read = readMap(entry, "limits", problems);
  if (read === undefined) return undefined;
  const { written, fields } = read;
  const number = (name: string): number | undefined => numberOf(written, fields, name, problems);
  const plan = defined({
    runtimeMs: timeOf(written, "runtime", problems) ?? runtimeMsDefault,
    deadlineMs: timeOf(written, "deadline", problems),
    steps: number("steps"),
    depth: number("depth") ?? depthDefault,
    tokens: number("tokens"),
    costUsd: number("cost_usd"),
    parallel: number("parallel"),
    onBudget:
      whenWritten(written.get("on_budget"), (found) => choiceIn(problems, found, ["pause", "fail"] as const)) ??
      ("pause" as const),
  });
  return { plan, written };
}

function concurrencyOf(shop: Workshop, entry: SourceEntry): Plan["concurrency"] {
  const { problems } = shop;
  const read = readMap(entry, "concurrency", problems);
  if (read === undefined) return undefined;
  const { written, fields } = read;
  if (!written.has("max") && !written.meant.has("max"))
    problems.report("E015", entry.keyRange, "concurrency has no max", { hint: "add max: 1, or how many run at once" });
  const spot = { place: { step: undefined, at: "concurrency" }, field: "concurrency, key" } as const;
  const key = whenWritten(written.get("key"), (found) => expressionPart(shop, spot, found, "text"));
  return defined({
    key: key?.expression,
    max: numberOf(written, fields, "max", problems) ?? 1,
    whenFull:
      whenWritten(written.get("when_full"), (found) =>
        choiceIn(problems, found, ["queue", "reject", "cancel_oldest"] as const),
      ) ?? ("queue" as const),
  });
}

function policyOf(entry: SourceEntry, problems: Problems): Plan["policy"] {
  const auto = readMap(entry, "policy", problems)?.written.get("auto_write");
  return auto !== undefined && booleanIn(problems, auto) === true ? { autoWrite: true } : undefined;
}

/** Limits that end a run which goes round and round. */
const ending = ["runtime", "deadline", "steps", "tokens", "cost_usd"] as const;

/**
 * E072 when a loop or a plan can call models or agents and nothing bounds what that costs.
 *
 * A loop of functions, sets and gates is bounded by its max_iters and spends nobody's money: to ask it for limits would be noise. A
 * sub-workflow may do anything, so it counts.
 */
function checkBounded({ file, drafts, problems }: Workshop, limits: Limits | undefined): void {
  const entry = file.get("limits");
  const isBounded = ending.some(
    (name) => limits?.written.has(name) === true || limits?.written.meant.has(name) === true,
  );
  // What is not a map was reported as such.
  if (isBounded || file.meant.has("limits") || (entry !== undefined && limits === undefined)) return;

  const costly = costlyGroups(drafts.steps);
  const first = drafts.steps.find((step) => step.verb === "plan" || (step.fields.has("loop") && costly.has(step)));
  const at = first?.verb === "plan" ? first.verbEntry : first?.fields.get("loop");
  if (at === undefined) return;
  problems.report("E072", at.keyRange, "a looping or planned workflow has no limits", {
    hint: "add limits: {cost_usd: 5}",
  });
}

const costlyVerbs: ReadonlySet<VerbName | undefined> = new Set<VerbName>(["llm", "agent", "plan", "workflow"]);

/** The groups that have a costly step in them, however deep. */
function costlyGroups(steps: readonly StepDraft[]): ReadonlySet<StepDraft> {
  const costly = new Set<StepDraft>();
  // Steps stand depth first, so from the end a group comes after all that stands in it.
  for (const step of steps.toReversed()) {
    const { owner } = step.list;
    if (owner !== undefined && (costly.has(step) || costlyVerbs.has(step.verb))) costly.add(owner);
  }
  return costly;
}

interface ReadMap {
  readonly written: Written;
  readonly fields: readonly Field[];
}

/** The fields of a map at the top level of the file. */
function readMap(entry: SourceEntry, name: string, problems: Problems): ReadMap | undefined {
  const map = mapIn(problems, entry);
  const fields = fieldNamed(fileFields, name)?.fields ?? [];
  return map === undefined ? undefined : { written: readKeys(map, fields, `in ${name}`, problems), fields };
}

function numberOf(written: Written, fields: readonly Field[], name: string, problems: Problems): number | undefined {
  const field = fieldNamed(fields, name);
  return whenWritten(written.get(name), (entry) =>
    field === undefined ? undefined : numberIn(problems, entry, field),
  );
}

function timeOf(written: Written, name: string, problems: Problems): number | undefined {
  const entry = written.get(name);
  const timeMs = entry === undefined ? undefined : durationIn(problems, entry);
  return entry !== undefined && timeMs === 0 ? reportShape(problems, entry, "longer than no time at all") : timeMs;
}

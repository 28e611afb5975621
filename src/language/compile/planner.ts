import { called, type StepDraft } from "../check/draft.ts";
import { readParts, type Written } from "../check/keys.ts";
import { choiceIn, mapIn, namesIn, scalarIn, type WrittenName } from "../check/values.ts";
import { allowFields } from "../fields/shared.ts";
import type { PlannerPlan } from "../plan.ts";
import { acceptorsIn } from "./acceptors.ts";
import { acceptsBlind, toolsOf } from "./actions.ts";
import { checkAlias } from "./candidates.ts";
import { checkModule } from "./modules.ts";
import { numberField } from "./numbers.ts";
import { whenWritten } from "./optional.ts";
import { orderOf } from "./prompt.ts";
import type { Workshop } from "./workshop.ts";

const stepsDefault = 20;
const allowHint = "list what a plan may use: allow: { tools: [...], models: [...], max_steps: 20 }";

/** A sub-graph that a model plans. E025, E046-E048, E050, E051, E062, E071, E081. */
export function plannerPlan(shop: Workshop, step: StepDraft): PlannerPlan {
  const { problems } = shop;
  const { fields, verbEntry } = step;
  const scalar = scalarIn(problems, verbEntry, "the alias of a model");
  if (scalar !== undefined) checkAlias(shop, { name: scalar.text, node: scalar }, "model");
  const review =
    whenWritten(fields.get("review"), (entry) =>
      choiceIn(problems, entry, ["always", "when_writes", "never"] as const),
    ) ?? "when_writes";
  return {
    kind: "plan",
    model: scalar?.text ?? "",
    goal: orderOf(shop, step, "goal"),
    allow: allowOf(shop, step),
    strategy:
      whenWritten(fields.get("strategy"), (entry) => choiceIn(problems, entry, ["graph", "reactive"] as const)) ??
      "graph",
    review,
    by: reviewers(shop, step, review),
  };
}

/** Who sees a plan first; E051 where somebody has to and nobody is named, once it is known what a plan may use. */
function reviewers(shop: Workshop, step: StepDraft, review: PlannerPlan["review"]): readonly string[] {
  const { fields, verbEntry } = step;
  const by = fields.get("by");
  const isMeant = fields.meant.has("by") || (by === undefined && (review === "never" || !fields.has("allow")));
  return acceptorsIn(shop, { who: called(step, "plan step"), by, meant: isMeant, range: verbEntry.value.range });
}

/** E062: a plan uses nothing that is not listed. */
function allowOf(shop: Workshop, step: StepDraft): PlannerPlan["allow"] {
  const { problems } = shop;
  const entry = step.fields.get("allow");
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map such as {tools: […], models: […]}");
  const written = map === undefined ? undefined : readParts(map, allowFields, "in allow", problems);
  const who = called(step, "plan step");
  if (entry === undefined && !step.fields.meant.has("allow"))
    problems.report("E062", step.verbEntry.value.range, `${who} has no 'allow'`, { hint: allowHint });
  if (entry !== undefined && written !== undefined && isEmpty(written))
    problems.report("E062", entry.keyRange, `${who} allows nothing`, { hint: allowHint });

  const tools = toolsOf(shop, step);
  acceptsBlind(shop, step, tools.actions);
  const named = (field: string, check: (name: WrittenName) => void): readonly string[] => {
    const list = written?.get(field);
    const names = (list === undefined ? undefined : namesIn(problems, list, `a list of ${field}`)) ?? [];
    for (const name of names) check(name);
    return [...new Set(names.map(({ name }) => name))];
  };
  return {
    tools: tools.names,
    functions: named("functions", (name) => checkModule(shop, name, "function")),
    agents: named("agents", (name) => checkAlias(shop, name, "agent")),
    models: named("models", (name) => checkAlias(shop, name, "model")),
    stepsMax:
      (written === undefined ? undefined : numberField(problems, written, allowFields, "max_steps")) ?? stepsDefault,
  };
}

function isEmpty(written: Written): boolean {
  const lists = ["tools", "functions", "agents", "models"];
  return lists.every((name) => {
    const value = written.get(name)?.value;
    return !written.meant.has(name) && (value === undefined || (value.kind === "list" && value.items.length === 0));
  });
}

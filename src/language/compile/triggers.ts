import { readKeys } from "../check/keys.ts";
import { workflowIdProblem } from "../check/ids.ts";
import { short } from "../check/short.ts";
import { choiceIn, mapIn, reportShape, scalarIn } from "../check/values.ts";
import { type Field, fieldNamed } from "../fields/field.ts";
import { triggerFields } from "../fields/trigger-fields.ts";
import type { Plan, TriggerPlan } from "../plan.ts";
import type { SourceEntry, SourceNode } from "../source/tree.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart } from "./parts.ts";
import { inputsOf, runInputsOf, type WrittenTrigger } from "./trigger-inputs.ts";
import { schedulePlan } from "./trigger-schedule.ts";
import { webhookPlan } from "./trigger-webhook.ts";
import type { Workshop } from "./workshop.ts";

/** Nobody needs more, and each is asked at every start of the product. */
const triggersMax = 100;

const kinds = ["webhook", "schedule", "event", "workflow"] as const;

/** `on`: what starts runs. `id` is that of the workflow itself. */
export function triggersPart(shop: Workshop, id: string): Pick<Plan, "triggers" | "manual"> {
  const entry = shop.file.get("on");
  const map = entry === undefined ? undefined : mapIn(shop.problems, entry, "a map of triggers");
  if (entry === undefined || map === undefined) return {};

  const written = readKeys(map, triggerFields, "in on", shop.problems);
  const runInputs = runInputsOf(shop);
  const found = kinds.flatMap(
    (kind) => whenWritten(written.get(kind), (each) => triggersIn(shop, each, { kind, runInputs })) ?? [],
  );
  if (found.length > triggersMax)
    shop.problems.report("E015", entry.keyRange, `a workflow has at most ${triggersMax} triggers, not ${found.length}`);

  const paths = new Map<string, number>();
  const plans = found.slice(0, triggersMax).map((trigger) => triggerPlan(shop, trigger, { id, paths }));
  const triggers = plans.filter((plan) => plan !== undefined);
  return defined({
    triggers: triggers.length === 0 ? undefined : triggers,
    manual: whenWritten(written.get("manual"), (manual) => manualOf(shop, manual)),
  });
}

/** False is told; true, and a map without fields, are what holds anyway. */
function manualOf({ problems }: Workshop, entry: SourceEntry): false | undefined {
  const { value } = entry;
  if (value.kind === "map") readKeys(value, [], "in manual", problems);
  else if (value.kind !== "scalar" || typeof value.value !== "boolean") reportShape(problems, entry, "true or false");
  return value.kind === "scalar" && value.value === false ? false : undefined;
}

/** The triggers of one kind: a map, or a list of maps. */
function triggersIn(
  shop: Workshop,
  entry: SourceEntry,
  common: Pick<WrittenTrigger, "kind" | "runInputs">,
): readonly WrittenTrigger[] {
  const { kind } = common;
  const fields: readonly Field[] = fieldNamed(triggerFields, kind)?.fields ?? [];
  const { value } = entry;
  const items: readonly SourceNode[] = value.kind === "list" ? value.items : [value];
  if (items.length === 0) reportShape(shop.problems, entry, `a map, or a list of maps: each a ${kind}`);
  return items.flatMap((item): readonly WrittenTrigger[] => {
    const map = mapIn(shop.problems, { ...entry, value: item });
    if (map === undefined) return [];
    const at = value.kind === "list" ? (map.entries[0]?.keyRange ?? map.range) : entry.keyRange;
    return [{ ...common, at, written: readKeys(map, fields, `in on.${kind}`, shop.problems) }];
  });
}

function triggerPlan(
  shop: Workshop,
  trigger: WrittenTrigger,
  file: { readonly id: string; readonly paths: Map<string, number> },
): TriggerPlan | undefined {
  switch (trigger.kind) {
    case "webhook":
      return webhookPlan(shop, trigger, file.paths);
    case "schedule":
      return schedulePlan(shop, trigger);
    case "event":
      return eventPlan(shop, trigger);
    case "workflow":
      return workflowPlan(shop, trigger, file.id);
  }
}

function eventPlan(shop: Workshop, trigger: WrittenTrigger): TriggerPlan {
  const place = { step: undefined, at: "event trigger" } as const;
  const match = whenWritten(trigger.written.get("match"), (entry) =>
    expressionPart(shop, { place, field: "event, match" }, entry, "condition"),
  );
  return defined({
    kind: "event" as const,
    type: requiredText(shop, trigger, { field: "type", wanted: "the type of an event", sample: "order.placed" }) ?? "",
    match: match?.expression,
    inputs: inputsOf(shop, trigger, place),
  });
}

function workflowPlan(shop: Workshop, trigger: WrittenTrigger, self: string): TriggerPlan {
  return {
    kind: "workflow",
    id: otherWorkflow(shop, trigger, self) ?? "",
    status: statusesOf(shop, trigger.written.get("status")),
    inputs: inputsOf(shop, trigger, { step: undefined, at: "workflow trigger" }),
  };
}

/** The workflow whose end is waited for. One that waits for its own end would start itself again for ever: E068. */
function otherWorkflow(shop: Workshop, trigger: WrittenTrigger, self: string): string | undefined {
  const { problems } = shop;
  const id = requiredText(shop, trigger, { field: "id", wanted: "the id of a workflow", sample: "triage-inbox" });
  const range = trigger.written.get("id")?.value.range;
  if (id === undefined || range === undefined) return id;
  const problem = workflowIdProblem(id);
  if (problem !== undefined) {
    const fix = problem.better === undefined ? undefined : { range, text: problem.better };
    problems.report("E012", range, problem.message, { hint: problem.hint, fix });
  } else if (id === self) {
    problems.report("E068", range, `'${short(id)}' starts itself each time it ends: it would never stop`, {
      hint: "repeat steps with loop: and max_iters, or start it by a schedule",
    });
  }
  return id;
}

const statuses = ["completed", "failed", "cancelled"] as const;

function statusesOf({ problems }: Workshop, entry: SourceEntry | undefined): readonly string[] {
  if (entry === undefined) return ["completed"];
  const items = entry.value.kind === "list" ? entry.value.items : [entry.value];
  if (items.length === 0) reportShape(problems, entry, "one of completed, failed and cancelled, or a list of them");
  const chosen = items.map((value) => choiceIn(problems, { ...entry, value }, statuses));
  return [...new Set(chosen.filter((status) => status !== undefined))];
}

interface Wanted {
  readonly field: string;
  readonly wanted: string;
  readonly sample: string;
}

function requiredText(shop: Workshop, trigger: WrittenTrigger, asked: Wanted): string | undefined {
  const { kind, at, written } = trigger;
  const { field, wanted, sample } = asked;
  const entry = written.get(field);
  if (entry !== undefined) return scalarIn(shop.problems, entry, wanted)?.text;
  if (!written.meant.has(field))
    shop.problems.report("E015", at, `${kind} has no ${field}`, { hint: `add ${field}: ${sample}` });
  return undefined;
}

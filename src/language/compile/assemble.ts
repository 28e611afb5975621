import type { Json } from "../../base/json.ts";
import type { StepDraft, StepDrafts } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { readSteps } from "../check/steps.ts";
import { choiceIn, durationIn, reportShape, textIn } from "../check/values.ts";
import { fileFields } from "../fields/file-fields.ts";
import { type CalledVerb, isCalled } from "../fields/verbs.ts";
import type { ApprovePlan, Leniency, Plan, StepPlan, VerbPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import { kindOf, type SourceEntry, type SourceMap, type SourceNode } from "../source/tree.ts";
import type { Source, World } from "../world.ts";
import { pickPlan } from "./candidates.ts";
import { checkCycles } from "./cycles.ts";
import { declaredIn } from "./declare.ts";
import { declaredPlan } from "./declared-plan.ts";
import { documentPart } from "./documents.ts";
import { createEnvironments } from "./environment.ts";
import { envNames, fileDefaults, inputsSchema, labelsOf, modeOf, workflowId } from "./file.ts";
import { forEachPlan, itemType } from "./for-each.ts";
import { deriveGraph, type Graph } from "./graph.ts";
import { boundsPart } from "./limits.ts";
import { loopPlan } from "./loop.ts";
import { marksPart } from "./marks.ts";
import { defined, whenWritten } from "./optional.ts";
import { outputType } from "./outputs.ts";
import { expressionPart, templatePart, textPart } from "./parts.ts";
import { checkReach } from "./reach.ts";
import { checkRedos } from "./redo.ts";
import { checkReads } from "./reads.ts";
import { failurePlan } from "./retry.ts";
import { scopePart } from "./scope.ts";
import { outputSchema } from "./step-values.ts";
import { triggersPart } from "./triggers.ts";
import { verbPlan } from "./verb.ts";
import { waitsForEvent } from "./wait.ts";
import { checkWrites } from "./writes.ts";
import { createOnce, type Workshop } from "./workshop.ts";

/** What the compilation of a file starts from. */
export interface Task {
  readonly source: Source;
  readonly world: World;
  readonly problems: Problems;
}

/** A compiled file: its Plan, and what the Plan was derived from. */
export interface CompiledRoot {
  readonly plan: Plan;
  readonly shop: Workshop;
  readonly graph: Graph;
}

/** Checks the tree of a file and makes its Plan, which is only of use when no error was reported. */
export function compileRoot(task: Task, root: SourceNode): CompiledRoot | undefined {
  const { problems, source } = task;
  if (root.kind !== "map" || root.entries.length === 0) {
    const found = root.kind === "map" ? "empty" : kindOf(root);
    problems.report("E015", root.range, `a workflow file is a map of fields, but this one is ${found}`, {
      hint: "begin with workflow: <id> and steps:",
    });
    return undefined;
  }
  const file = readKeys(root, fileFields, "at the top level", problems);
  const id = workflowId(root, file, source.file, problems);
  const shop = createWorkshop(task, root, file, id);
  const steps = shop.drafts.steps.map((step) => ({ step, ...compileStep(shop, step) }));
  const output = whenWritten(file.get("output"), (entry) =>
    templatePart(shop, { place: { step: undefined, at: "after" }, field: "output" }, entry.value),
  );

  const graph = deriveGraph(shop);
  checkReads(shop, graph);
  checkCycles(shop.drafts.steps, graph, problems);
  checkReach(shop, graph, new Map(steps.map(({ step, condition }) => [step, condition])));
  checkRedos(shop, graph, gatesOf(steps));
  checkWrites(
    shop,
    graph,
    new Map(steps.flatMap(({ step, part }) => (part.if === undefined ? [] : [[step, part.if]]))),
  );
  const plan = defined({
    plan: 1 as const,
    expr: 1 as const,
    workflow: id,
    ...fileTexts(file, problems),
    inputs: shop.inputs,
    output: output?.template,
    env: shop.env,
    ...declaredPlan(shop),
    ...triggersPart(shop, id),
    ...boundsPart(shop),
    leniency: isLenient(shop.world.leniency) ? shop.world.leniency : undefined,
    mode: shop.drafts.root.mode,
    roots: shop.drafts.root.steps.map((step) => step.index),
    steps: steps.map(({ part, step }) => withGraph(part, step, graph)),
  });
  return { plan, shop, graph };
}

/** A file that is run as it says has the same version whether that was asked for or not. */
function isLenient({ continueOnError, permissive }: Leniency = {}): boolean {
  return continueOnError === true || permissive === true;
}

function createWorkshop({ source, world, problems }: Task, root: SourceMap, file: Written, id: string): Workshop {
  const shop: Workshop = {
    text: source.text,
    ownId: id,
    world,
    problems,
    file,
    declared: declaredIn(file, world, problems),
    drafts: draftsOf(root, file, problems),
    defaults: fileDefaults(file, world, problems),
    inputs: inputsSchema(file, problems),
    env: envNames(file, problems),
    reads: [],
    names: [],
    environmentAt: createEnvironments(() => shop),
    outputOf: (step) => outputType(shop, step),
    itemOf: (step) => itemType(shop, step),
    once: createOnce(),
  };
  return shop;
}

function draftsOf(root: SourceMap, file: Written, problems: Problems): StepDrafts {
  const mode = modeOf(file, problems);
  const entry = file.get("steps");
  if (entry !== undefined) return readSteps(entry, mode, problems);
  if (!file.meant.has("steps"))
    problems.report("E015", root.entries[0]?.keyRange ?? root.range, "this workflow has no steps", {
      hint: "add steps: with a list of steps",
    });
  return { root: { owner: undefined, mode, steps: [] }, steps: [], byName: new Map() };
}

function fileTexts(file: Written, problems: Problems): Pick<Plan, "name" | "description" | "labels"> {
  return defined({
    name: whenWritten(file.get("name"), (entry) => textIn(problems, entry)),
    description: whenWritten(file.get("description"), (entry) => textIn(problems, entry)),
    labels: labelsOf(file, problems),
  });
}

/** All of a step but what its siblings decide. */
type StepPart = Omit<StepPlan, "needs" | "waitsFor" | "elseOf">;

interface CompiledStep {
  readonly part: StepPart;
  /** Value of its `if`, when that depends on nothing. */
  readonly condition: Json | undefined;
}

/** Stands where a verb is missing or not supported: a Plan with errors is never given away. */
const nothing: VerbPlan = { kind: "set", value: { kind: "literal", value: {} } };

function compileStep(shop: Workshop, step: StepDraft): CompiledStep {
  const { fields, list } = step;
  const inside = { step, at: "inside" } as const;
  const verb = verbPlan(shop, step);
  const condition = whenWritten(fields.get("if"), (entry) =>
    expressionPart(shop, { place: inside, field: "if" }, entry, "condition"),
  );
  const part = defined({
    index: step.index,
    id: step.id,
    parent: list.owner?.index,
    position: step.position,
    verb: verb ?? nothing,
    runOn: runOnOf(fields.get("run_on"), shop.problems),
    if: condition?.expression,
    forEach: forEachPlan(shop, step),
    loop: loopPlan(shop, step),
    scope: step.fields.has("for_each") ? scopePart(shop, step) : undefined,
    document: documentPart(shop, step),
    ...failurePlan(shop, step),
    ...callPart(shop, step),
    ...marksPart(shop, step),
    title: whenWritten(fields.get("title"), (entry) => textPart(shop, { place: inside, field: "title" }, entry)),
  });
  return { part, condition: condition?.constant };
}

/** What only calls have: a time for each attempt and a type of the result, and of several candidates how one is picked. */
function callPart(shop: Workshop, step: StepDraft): Pick<StepPlan, "timeoutMs" | "output" | "pick"> {
  if (waitsForEvent(step)) return defined({ output: outputSchema(shop, step) });
  if (!isCalled(step.verb)) return {};
  return defined({
    timeoutMs: timeoutOf(shop, step, step.verb),
    output: outputSchema(shop, step),
    pick: pickPlan(shop, step),
  });
}

function gatesOf(
  steps: readonly { readonly step: StepDraft; readonly part: StepPart }[],
): ReadonlyMap<StepDraft, ApprovePlan> {
  return new Map(steps.flatMap(({ step, part }) => (part.verb.kind === "approve" ? [[step, part.verb] as const] : [])));
}

function runOnOf(entry: SourceEntry | undefined, problems: Problems): StepPlan["runOn"] {
  return (
    whenWritten(entry, (found) => choiceIn(problems, found, ["success", "failure", "always"] as const)) ?? "success"
  );
}

/** How long an attempt may take; what waits for people or other runs has no limit of its own, unless the step gives it one. */
const timeoutsMs: Readonly<Record<CalledVerb, number | undefined>> = {
  function: 300_000,
  assignment: 300_000,
  llm: 120_000,
  agent: 1_800_000,
  tool: 60_000,
  workflow: undefined,
  plan: undefined,
};

function timeoutOf({ defaults, problems }: Workshop, step: StepDraft, verb: CalledVerb): number | undefined {
  const entry = step.fields.get("timeout");
  const timeoutMs = entry === undefined ? undefined : durationIn(problems, entry);
  if (entry !== undefined && timeoutMs === 0) reportShape(problems, entry, "longer than no time at all");
  const usualMs = timeoutsMs[verb];
  return timeoutMs ?? (usualMs === undefined ? undefined : (defaults.timeoutMs ?? usualMs));
}

function withGraph(part: StepPart, step: StepDraft, graph: Graph): StepPlan {
  return defined({
    ...part,
    needs: graph.needsOf(step)?.map(({ index }) => index),
    waitsFor: Array.from(graph.waitsOf(step), (other) => other.index),
    elseOf: graph.elseOf(step)?.index,
  });
}

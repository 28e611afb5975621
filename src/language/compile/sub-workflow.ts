import type { StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { booleanIn, reportShape, scalarIn } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import { type Type, types } from "../expression/type.ts";
import type { Template, WorkflowPlan } from "../plan.ts";
import { entryOf, type SourceScalar } from "../source/tree.ts";
import type { KnownWorkflow } from "../world.ts";
import { checkInputs } from "./call-inputs.ts";
import { listed, reportMissing } from "./one-of.ts";
import { whenWritten } from "./optional.ts";
import { heldType } from "./schema-types.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

const codes = { unknown: "E068", type: "E068", missing: "E068" } as const;
const nothing: Template = { kind: "literal", value: {} };
const draft = "draft";

/** Workflows of a circle that a message shows. */
const shownMax = 8;

/** A run of another workflow. E068. */
export function subWorkflowPlan(shop: Workshop, step: StepDraft): WorkflowPlan {
  const named = namedIn(shop, step);
  const part = valuePart(shop, step);
  if (named !== undefined) checkCall(shop, step, named);
  return {
    kind: "workflow",
    workflow: named?.id ?? "",
    version: named?.version ?? "",
    with: part?.template ?? nothing,
    detach: whenWritten(step.fields.get("detach"), (entry) => booleanIn(shop.problems, entry)) ?? false,
  };
}

function checkCall(shop: Workshop, step: StepDraft, named: Named): void {
  const known = knownOf(shop, step);
  if (known === undefined) return reportUnknown(shop, named);
  checkRecursion(shop, named);
  checkInputs(shop, step, { name: `${named.id}@${named.version}`, inputs: known.inputs, codes });
}

/** What the child gives back: of one that is not waited for, and of one whose output is not described, nothing is known. */
export function subWorkflowOutput(shop: Workshop, step: StepDraft): Type {
  const schema = step.fields.has("detach") ? undefined : knownOf(shop, step)?.output;
  return schema === undefined ? types.any : heldType(schema);
}

/** A workflow as a step names it. */
interface Named {
  readonly id: string;
  readonly version: string;
  readonly range: Range;
}

function namedIn(shop: Workshop, step: StepDraft): Named | undefined {
  const { problems } = shop;
  const scalar = scalarIn(problems, step.verbEntry, "an id and a version: <id>@<version>");
  if (scalar === undefined) return undefined;
  const named = split(scalar);
  if (named !== undefined) return named;
  const versions =
    workflowsOf(shop)
      .get(scalar.text)
      ?.map(({ version }) => version) ?? [];
  return reportShape(
    problems,
    step.verbEntry,
    "an id and a version",
    `write <id>@<version>, for example ${/^[\w-]+$/.test(scalar.text) ? scalar.text : "triage-inbox"}@${versions.at(-1) ?? draft}`,
  );
}

function split({ text, range }: SourceScalar): Named | undefined {
  const match = /^([^@\s]+)@([^@\s]+)$/.exec(text);
  return match === null ? undefined : { id: match[1] ?? "", version: match[2] ?? "", range };
}

function knownOf(shop: Workshop, step: StepDraft): KnownWorkflow | undefined {
  const { value } = step.verbEntry;
  const named = value.kind === "scalar" ? split(value) : undefined;
  return named === undefined
    ? undefined
    : workflowsOf(shop)
        .get(named.id)
        ?.find(({ version }) => version === named.version);
}

function reportUnknown(shop: Workshop, { id, version, range }: Named): void {
  const versions = workflowsOf(shop).get(id);
  if (versions === undefined) {
    const message = `no workflow named '${short(id)}'`;
    const known = shop.world.workflows.map((each) => `${each.id}@${each.version}`);
    const none = "drafts lie in the folder workflows/ of the project";
    reportMissing(shop, { code: "E068", range, message, word: `${id}@${version}`, known, none });
    return;
  }
  shop.problems.report("E068", range, `workflow '${short(id)}' has no version '${short(version)}'`, {
    hint: `known: ${listed(versions.map((each) => `${id}@${each.version}`))}`,
  });
}

/** A workflow that comes back to itself has to say how deep it may go. */
function checkRecursion(shop: Workshop, { id, range }: Named): void {
  const way = waysBack(shop).get(id);
  if (way === undefined || hasDepth(shop)) return;
  const own = shop.ownId;
  const trail = [own];
  for (let here: string | undefined = id; here !== undefined && here !== own; here = waysBack(shop).get(here)) {
    if (trail.length > shownMax) break;
    trail.push(here);
  }
  shop.problems.report("E068", range, `workflow '${own}' runs itself: ${[...trail, own].join(" → ")}`, {
    hint: "bound how deep it may go: limits: {depth: 5}",
  });
}

function hasDepth(shop: Workshop): boolean {
  const limits = shop.file.get("limits")?.value;
  return limits?.kind === "map" && entryOf(limits, "depth") !== undefined;
}

const byId = new WeakMap<Workshop, ReadonlyMap<string, readonly KnownWorkflow[]>>();

/** The workflows there are by their id; this file is there as a draft. */
function workflowsOf(shop: Workshop): ReadonlyMap<string, readonly KnownWorkflow[]> {
  const made = byId.get(shop);
  if (made !== undefined) return made;
  const { ownId } = shop;
  const own: KnownWorkflow = {
    id: ownId,
    version: draft,
    inputs: shop.inputs,
    runs: [],
    hasDepth: hasDepth(shop),
  };
  const others = shop.world.workflows.filter((each) => each.id !== ownId || each.version !== draft);
  const all = Map.groupBy(ownId === "" ? others : [own, ...others], ({ id }) => id);
  byId.set(shop, all);
  return all;
}

const ways = new WeakMap<Workshop, ReadonlyMap<string, string>>();

/**
 * From each workflow that leads back to this file without a bound on the depth, the next one on the way; this file leads to itself.
 *
 * Walked once, backwards from this file, so that a file with many such steps costs no more than one.
 */
function waysBack(shop: Workshop): ReadonlyMap<string, string> {
  const made = ways.get(shop);
  if (made !== undefined) return made;
  const callers = new Map<string, string[]>();
  for (const { id, runs, hasDepth: isBounded } of shop.world.workflows) {
    if (isBounded || id === shop.ownId) continue;
    for (const child of runs) {
      const known = callers.get(child);
      if (known === undefined) callers.set(child, [id]);
      else known.push(id);
    }
  }
  const found = new Map([[shop.ownId, shop.ownId]]);
  const queue = [shop.ownId];
  // The list grows while it is walked, by each workflow once.
  for (const here of queue) {
    for (const caller of callers.get(here) ?? []) {
      if (found.has(caller)) continue;
      found.set(caller, here);
      queue.push(caller);
    }
  }
  ways.set(shop, found);
  return found;
}

import type { Json, JsonObject } from "../base/json.ts";
import type { Names, StepField } from "../language/expression/tree.ts";
import { bodyOutput, errorOf, outputOf, resultsOf } from "./output.ts";
import { hasEnded } from "./states.ts";
import type { Instance, Redo, RunState, Scope } from "./state.ts";

/** Where an expression stands: in a list, and in which of its instances (none: in the list's own `output`, `stop_when` …). */
export interface Place {
  readonly scope: Scope;
  readonly instance?: Instance;
}

/** The names that an expression at a place can read, looked up when they are read. */
export function namesAt(state: RunState, place: Place): Names {
  return {
    name: (name) => valueOf(state, place, name),
    step: (step, field) => stepField(findStep(state, place.scope, step), field),
    ...(state.missing !== undefined && { missing: state.missing }),
  };
}

function valueOf(state: RunState, place: Place, name: string): Json | undefined {
  switch (name) {
    case "inputs":
      return state.input;
    case "vars":
      return state.vars;
    case "env":
      return state.env;
    case "iter":
      return iterationAt(place);
    case "index":
      return itemsAround(place).next().value?.index;
    case "run":
      return runValue(state);
    default:
      return itemNamed(place, name);
  }
}

function runValue(state: RunState): JsonObject | undefined {
  if (state.created === undefined) return undefined;
  const { run, workflow, version, at, startedBy } = state.created;
  return { id: run, workflow, version, started_at: new Date(at).toISOString(), starter: startedBy };
}

/** The nearest repetition around a place: a step that is done again after a request for changes, or an iteration of a loop. */
function iterationAt({ scope, instance }: Place): JsonObject {
  let step: Instance | undefined = instance;
  for (let here: Scope | undefined = scope; here !== undefined; here = step?.scope) {
    if (step?.redo !== undefined) return redoneAt(step.redo);
    if (here.iteration !== undefined)
      return { n: here.iteration, last: here.previous === undefined ? null : bodyOutput(here.previous), comment: null };
    step = here.owner;
  }
  return { n: 1, last: null, comment: null };
}

function redoneAt({ n, last, comment }: Redo): JsonObject {
  const outputs = Array.from(last, ([id, instance]) => [id, outputOf(instance)] as const);
  return { n, last: Object.fromEntries(outputs), comment: comment ?? null };
}

function itemNamed(place: Place, name: string): Json | undefined {
  for (const item of itemsAround(place)) {
    if (item.step.forEach?.as === name) return item.whole?.each?.items[item.index ?? 0];
  }
  return undefined;
}

/** The for-each items that a place stands in, innermost first. */
function* itemsAround(place: Place): Generator<Instance, undefined> {
  for (let here = place.instance ?? place.scope.owner; here !== undefined; here = here.scope.owner) {
    if (here.whole !== undefined) yield here;
  }
  return undefined;
}

/**
 * The instance that a step's id means at a place: the nearest list around it that holds the step or the group the step stands in,
 * then down into that group's latest body. Undefined when it has not come into being.
 */
function findStep(state: RunState, from: Scope, index: number): Instance | undefined {
  const chain = ancestors(state, index);
  for (let scope: Scope | undefined = from; scope !== undefined; scope = scope.owner?.scope) {
    const group = scope.owner?.step.index;
    const depth = chain.findIndex((step) => state.plan.steps[step]?.parent === group);
    if (depth >= 0) return descend(state, scope, chain.slice(depth));
  }
  return undefined;
}

function descend(state: RunState, from: Scope, chain: readonly number[]): Instance | undefined {
  let scope: Scope | undefined = from;
  let found: Instance | undefined;
  for (const index of chain) {
    found = settled(scope?.children[state.plan.steps[index]?.position ?? -1]);
    scope = found?.body;
  }
  return found;
}

/** A step that is being done again reads as it was before until it has ended: what stands beside it goes on with that. */
function settled(instance: Instance | undefined): Instance | undefined {
  let found = instance;
  while (found?.redo !== undefined && !hasEnded(found.status)) found = found.redo.last.get(found.step.id);
  return found;
}

/** A step and the groups around it, outermost first. */
function ancestors(state: RunState, index: number): readonly number[] {
  const chain: number[] = [];
  for (let step: number | undefined = index; step !== undefined; step = state.plan.steps[step]?.parent)
    chain.unshift(step);
  return chain;
}

/** How each field of a step is read. A step that has not come into being reads as null. */
const fieldReaders: Readonly<Record<StepField, (instance: Instance) => Json>> = {
  output: outputOf,
  status: (instance) => instance.status,
  error: errorOf,
  artifacts: (instance) => instance.artifacts ?? null,
  results: resultsOf,
  failed: (instance) => resultsOf(instance).filter((each) => each["status"] === "failed"),
  iterations: (instance) => instance.body?.iteration ?? 0,
  decision: decisionOf,
  usage: usageOf,
  receipt: (instance) => instance.receipt ?? null,
};

function stepField(instance: Instance | undefined, field: StepField): Json {
  if (instance === undefined) return field === "status" ? "pending" : null;
  return fieldReaders[field](instance);
}

/** What a step has used up, by the names that files have for it. */
function usageOf({ usage }: Instance): Json {
  if (usage === undefined) return null;
  const { tokensIn, tokensOut, tokensCached, costUsd = 0 } = usage;
  return { input_tokens: tokensIn, output_tokens: tokensOut, cached_tokens: tokensCached, cost_usd: costUsd };
}

function decisionOf(instance: Instance): Json {
  const gate = instance.gate;
  if (gate === undefined || gate.state === "open") return null;
  const last = gate.votes.at(-1);
  return {
    outcome: gate.state,
    by: last?.by ?? null,
    at: new Date(last?.at ?? instance.endedAt ?? gate.openedAt).toISOString(),
    comment: last?.comment ?? null,
  };
}

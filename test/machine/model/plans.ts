import type { LimitsPlan, Plan, StepPlan, Template, VerbPlan } from "../../../src/language/plan.ts";
import type { Seeded } from "../../simulation/chance.ts";
import type { Draft, Making } from "./draft.ts";
import { expression, fieldsOf, isStatus, item, literal, readsOf } from "./expressions.ts";
import { randomGate, randomRetry, randomWait } from "./verbs.ts";

const stepsMax = 9;
const depthMax = 2;

/**
 * A random plan of every shape that the machine carries out. A calm one has the same end whatever happens first: where steps run beside
 * each other no failure stops the others, there are no bounds on time or number, and nobody asks for changes.
 */
export function randomPlan(chance: Seeded, calm = false): Plan {
  const steps: Draft[] = [];
  const mode = chance.maybe(0.5) ? "parallel" : "sequential";
  const roots = randomList({ chance, steps, mode, depth: 0, calm });
  const limits = calm || !chance.maybe(0.35) ? {} : { limits: randomLimits(chance) };
  return { plan: 1, expr: 1, workflow: "modelled", inputs: { type: "object" }, env: [], mode, roots, steps, ...limits };
}

function randomLimits(chance: Seeded): LimitsPlan {
  const runtimeMs = chance.maybe(0.3) ? chance.whole(500, 5000) : 86_400_000;
  const depth = chance.whole(0, 5);
  return {
    runtimeMs,
    depth,
    tokens: 10,
    onBudget: depth < 2 ? "fail" : "pause",
    ...(chance.maybe(0.6) && { parallel: chance.whole(1, 2) }),
    ...(chance.maybe(0.2) && { deadlineMs: chance.whole(1000, 20_000) }),
    ...(chance.maybe(0.1) && { steps: chance.whole(3, 15) }),
  };
}

function randomList(making: Making): readonly number[] {
  const { chance, steps, depth } = making;
  const made: number[] = [];
  const wanted = chance.whole(1, depth === 0 ? 5 : 3);
  for (let position = 0; position < wanted && steps.length < stepsMax; position += 1)
    made.push(randomStep(making, position, made));
  return made;
}

function randomStep(making: Making, position: number, before: readonly number[]): number {
  const { chance, steps, depth, parent } = making;
  const index = steps.length;
  const step: Draft = {
    index,
    id: `s${index}`,
    position,
    verb: { kind: "set", value: literal(null) },
    waitsFor: [],
    runOn: chance.maybe(0.15) ? chance.pick(["failure", "always"]) : "success",
    retry: randomRetry(chance, making.calm),
    onFailure: randomPolicy(making),
    ...(parent !== undefined && { parent }),
  };
  steps.push(step);
  const isGroup = depth < depthMax && steps.length < stepsMax - 1 && chance.maybe(0.3);
  step.verb = isGroup ? randomGroup(making, step) : randomLeaf(making, before);
  addWaits(step, making, before);
  if (chance.maybe(0.2)) addForEach(step, making, before);
  const isLimited = isGroup || step.verb.kind === "workflow";
  if (!making.calm && isLimited && chance.maybe(0.3)) step.timeoutMs = chance.whole(100, 4000);
  return index;
}

/** In a calm plan a failure beside other steps stops none of them, since which of them it met would be chance. */
function randomPolicy({ calm, mode, chance }: Making): StepPlan["onFailure"] {
  if (calm && mode === "parallel") return "continue";
  return chance.maybe(0.4) ? "continue" : "stop";
}

function randomLeaf(making: Making, before: readonly number[]): VerbPlan {
  const { chance } = making;
  const dice = chance.whole(1, 20);
  if (dice <= 9) return { kind: "function", name: "work", with: randomValue(chance, before) };
  if (dice <= 11) return { kind: "set", value: randomValue(chance, before) };
  if (dice <= 14) return randomWait(chance, making.calm);
  if (dice === 15) return { kind: "fail", message: literal("told to") };
  if (dice === 16)
    return { kind: "workflow", workflow: "c", version: "1", with: literal({}), detach: chance.maybe(0.2) };
  return randomGate(making, before);
}

/** What a step is given or sets: nothing, or what it reads of the repetition and of the step before. */
function randomValue(chance: Seeded, before: readonly number[]): Template {
  if (chance.maybe(0.5)) return literal({ recommended_next_stage: `s${chance.whole(0, 8)}` });
  const read = before.at(-1);
  return fieldsOf({ iter: { kind: "name", name: "iter" }, ...(read !== undefined && { seen: item(read, "output") }) });
}

function randomGroup(making: Making, step: Draft): VerbPlan {
  const { chance, depth } = making;
  const mode = chance.maybe(0.5) ? "parallel" : "sequential";
  const children = randomList({ ...making, mode, depth: depth + 1, parent: step.index });
  const last = children.at(-1);
  if (last !== undefined && chance.maybe(0.4)) {
    const stage = chance.pick(children as [number, ...number[]]);
    step.loop = {
      iterationsMax: chance.whole(1, 3),
      onExhausted: chance.pick(["continue", "fail"]),
      ...(chance.maybe(0.7) && { stopWhen: isStatus(last, chance.pick(["succeeded", "failed"])) }),
      ...(!making.calm && chance.maybe(0.4) && { fallbackNextStage: stage }),
      ...(making.calm && { nextStage: expression({ kind: "literal", value: null }) }),
    };
  }
  return { kind: "do", mode, children };
}

/** Everything a step waits for: needs, the step before it, its `else` step, and what it reads. */
function addWaits(step: Draft, { chance, steps, mode }: Making, before: readonly number[]): void {
  const needs = before.filter(() => chance.maybe(0.4));
  if (needs.length > 0 && chance.maybe(0.6)) step.needs = needs;
  const waits = new Set(step.needs);
  if (mode === "sequential") for (const previous of before.slice(-1)) waits.add(previous);
  if (step.runOn !== "success" && step.needs === undefined) for (const each of before) waits.add(each);
  if (chance.maybe(0.2)) step.if = randomCondition(chance, before);
  const other = before.find((index) => steps[index]?.if !== undefined && steps[index]?.forEach === undefined);
  if (other !== undefined && chance.maybe(0.5)) {
    step.elseOf = other;
    waits.add(other);
  }
  for (const read of readsOf(step)) waits.add(read);
  step.waitsFor = [...waits].toSorted((left, right) => left - right);
}

function randomCondition(chance: Seeded, before: readonly number[]): StepPlan["if"] & object {
  const read = before.at(-1);
  if (read === undefined || chance.maybe(0.3)) return expression({ kind: "literal", value: !chance.maybe(0.5) });
  return isStatus(read, chance.pick(["succeeded", "failed", "skipped"]));
}

/** Items that are known beforehand, sometimes with equal keys, or what a step before gave, which is no list. */
function addForEach(step: Draft, { chance, calm }: Making, before: readonly number[]): void {
  const source = before.at(-1);
  const size = chance.whole(0, 3);
  const letters = Array.from({ length: size }, (_, index) => (chance.maybe(0.05) ? "a" : "abc"[index]) ?? "");
  const fromStep = !calm && source !== undefined && step.waitsFor.includes(source) && chance.maybe(0.1);
  const as = `item${step.index}`;
  step.forEach = {
    items: fromStep ? expression(item(source, "output")) : expression({ kind: "literal", value: letters }),
    as,
    parallelMax: calm && step.onFailure === "stop" ? 1 : chance.whole(1, 3),
    ...(chance.maybe(0.4) && { key: expression({ kind: "name", name: as }) }),
  };
}

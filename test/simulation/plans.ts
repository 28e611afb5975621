import type { Expression, Node } from "../../src/language/expression/tree.ts";
import type {
  ApprovePlan,
  LimitsPlan,
  Plan,
  RetryPlan,
  StepPlan,
  Template,
  VerbPlan,
} from "../../src/language/plan.ts";
import type { Seeded } from "./chance.ts";

/** Steps of a random plan, as they are made: the compiler's job in small. */
type Draft = { -readonly [K in keyof StepPlan]: StepPlan[K] };

const depthMax = 3;

/** The events that steps wait for. */
const eventTypes = ["paid", "left"] as const;

/** How large a plan may be, and what its steps may run. */
export interface Size {
  readonly workflow: string;
  readonly stepsMax: number;
  readonly runs: readonly string[];
}

/** A workflow that runs no other. */
export const aloneSize: Size = { workflow: "w", stepsMax: 13, runs: [] };

/**
 * A random plan of every shape this build runs: nested groups, for-eaches over run-time lists, loops, gates that ask for changes, waits for
 * time and for events, other workflows, limits, failures of all kinds.
 */
export function randomPlan(chance: Seeded, { workflow, stepsMax, runs }: Size): Plan {
  const steps: Draft[] = [];
  const mode = chance.maybe(0.6) ? "sequential" : "parallel";
  const roots = randomList({ chance, steps, mode, depth: 0, stepsMax, runs });
  const limits = chance.maybe(0.25) ? { limits: randomLimits(chance) } : {};
  return { plan: 1, expr: 1, workflow, inputs: { type: "object" }, env: [], mode, roots, steps, ...limits };
}

function randomLimits(chance: Seeded): LimitsPlan {
  return {
    runtimeMs: chance.maybe(0.3) ? chance.whole(500, 20_000) : 86_400_000,
    depth: chance.whole(0, 5),
    onBudget: "pause",
    ...(chance.maybe(0.6) && { parallel: chance.whole(1, 2) }),
    ...(chance.maybe(0.2) && { deadlineMs: chance.whole(1000, 60_000) }),
    ...(chance.maybe(0.1) && { steps: chance.whole(3, 15) }),
  };
}

interface Making {
  readonly chance: Seeded;
  readonly steps: Draft[];
  readonly mode: "sequential" | "parallel";
  readonly depth: number;
  readonly parent?: number;
  readonly stepsMax: number;
  readonly runs: readonly string[];
}

function randomList(making: Making): readonly number[] {
  const { chance, steps, mode, stepsMax } = making;
  const made: number[] = [];
  const wanted = chance.whole(1, making.depth === 0 ? 6 : 3);
  for (let position = 0; position < wanted && steps.length < stepsMax; position += 1) {
    made.push(randomStep(making, position, made, mode));
  }
  return made;
}

function randomStep(
  making: Making,
  position: number,
  before: readonly number[],
  mode: "sequential" | "parallel",
): number {
  const { chance, steps, depth, parent, stepsMax } = making;
  const index = steps.length;
  const step: Draft = {
    index,
    id: `s${index}`,
    position,
    verb: { kind: "set", value: literal(null) },
    waitsFor: [],
    runOn: chance.maybe(0.85) ? "success" : chance.pick(["failure", "always"]),
    retry: randomRetry(chance),
    onFailure: chance.maybe(0.4) ? "continue" : "stop",
    ...(parent === undefined ? {} : { parent }),
  };
  steps.push(step);
  addWaits(step, making, before, mode);
  const isGroup = depth < depthMax && steps.length < stepsMax - 2 && chance.maybe(0.3);
  step.verb = isGroup ? randomGroup(making, step) : randomLeaf(making, before);
  if (chance.maybe(0.25)) addForEach(step, making, before);
  if (step.verb.kind === "function" && chance.maybe(0.3)) step.timeoutMs = chance.whole(50, 2000);
  if (step.verb.kind === "workflow" && chance.maybe(0.2)) step.timeoutMs = chance.whole(100, 9000);
  return index;
}

/** Everything a step waits for: needs, the step before it, its `else` step, and what its condition reads. */
function addWaits(step: Draft, making: Making, before: readonly number[], mode: "sequential" | "parallel"): void {
  const { chance } = making;
  const needs = before.filter(() => chance.maybe(0.5));
  if (needs.length > 0 && chance.maybe(0.4)) step.needs = needs;
  const waits = new Set(step.needs);
  if (mode === "sequential") for (const previous of before.slice(-1)) waits.add(previous);
  if (step.runOn !== "success" && step.needs === undefined) for (const each of before) waits.add(each);
  addElse(step, before, making, waits);
  if (chance.maybe(0.2)) step.if = randomCondition(chance, before);
  for (const read of readsOf(step)) waits.add(read);
  step.waitsFor = [...waits].toSorted((left, right) => left - right);
}

function addElse(step: Draft, before: readonly number[], { chance, steps }: Making, waits: Set<number>): void {
  const chosen = before.find((index) => steps[index]?.if !== undefined && steps[index]?.forEach === undefined);
  if (chosen === undefined || !chance.maybe(0.5)) return;
  step.elseOf = chosen;
  waits.add(chosen);
}

function addForEach(step: Draft, { chance }: Making, before: readonly number[]): void {
  const source = before.at(-1);
  const size = chance.whole(0, 4);
  const fromStep = source !== undefined && step.waitsFor.includes(source) && chance.maybe(0.5);
  const items: Node = fromStep
    ? // Whatever the step before gave, as a list: known only at run time.
      {
        kind: "list",
        items: Array.from({ length: size }, () => ({ kind: "step", step: source, field: "status" }) as const),
      }
    : { kind: "literal", value: Array.from({ length: size }, (_, item) => item) };
  const base = { items: expression(items), as: `item${step.index}`, parallelMax: chance.whole(1, 3) };
  step.forEach = chance.maybe(0.3) ? { ...base, key: expression({ kind: "name", name: "index" }) } : base;
}

function randomGroup(making: Making, step: Draft): VerbPlan {
  const { chance, depth } = making;
  const mode = chance.maybe(0.5) ? "sequential" : "parallel";
  const children = randomList({ ...making, mode, depth: depth + 1, parent: step.index });
  const last = children.at(-1);
  if (chance.maybe(0.35) && last !== undefined) {
    const stop = chance.maybe(0.7) ? { stopWhen: isStatus(last, chance.pick(["succeeded", "failed"])) } : {};
    const fallback = chance.maybe(0.4) ? { fallbackNextStage: last } : {};
    step.loop = {
      iterationsMax: chance.whole(1, 3),
      onExhausted: chance.pick(["fail", "continue"]),
      ...stop,
      ...fallback,
    };
  }
  return { kind: "do", mode, children };
}

function randomLeaf(making: Making, before: readonly number[]): VerbPlan {
  const { chance, runs } = making;
  const [first, ...others] = runs;
  if (first !== undefined && chance.maybe(0.12)) {
    const workflow = chance.pick([first, ...others]);
    return { kind: "workflow", workflow, version: "draft", with: literal({}), detach: chance.maybe(0.2) };
  }
  const dice = chance.whole(1, 20);
  if (dice <= 10) return { kind: "function", name: "work", with: literal({}) };
  if (dice <= 14) return { kind: "set", value: literal({ value: chance.whole(0, 9) }) };
  if (dice <= 16) return { kind: "wait", durationMs: chance.whole(0, 5000) };
  if (dice === 17) return { kind: "fail", message: literal("told to") };
  if (dice === 11) return randomEventWait(chance);
  return randomGate(chance, before);
}

function randomEventWait(chance: Seeded): VerbPlan {
  const timeout = chance.maybe(0.4) ? { timeoutMs: chance.whole(0, 6000) } : {};
  return {
    kind: "wait_event",
    event: chance.pick(eventTypes),
    onTimeout: chance.pick(["continue", "fail"]),
    ...timeout,
  };
}

function randomGate(chance: Seeded, before: readonly number[]): ApprovePlan {
  return {
    kind: "approve",
    question: literal("Go on?"),
    show: literal({ amount: 1 }),
    editable: ["amount"],
    by: ["someone"],
    quorum: "any",
    onReject: chance.pick(["stop", "fail", "continue"]),
    ...(chance.maybe(0.5) && randomChanges(chance, before)),
    ...(chance.maybe(0.4)
      ? { timeoutMs: chance.whole(100, 5000), onTimeout: chance.pick(["reject", "accept", "fail"]) }
      : {}),
  };
}

function randomChanges(chance: Seeded, before: readonly number[]): Pick<ApprovePlan, "onChanges"> {
  const [first, ...rest] = before;
  const max = chance.whole(1, 2);
  return { onChanges: first === undefined ? { max } : { redo: chance.pick([first, ...rest]), max } };
}

function randomRetry(chance: Seeded): RetryPlan {
  const attemptsMax = chance.whole(1, 3);
  return {
    attemptsMax,
    backoff: chance.pick(["exponential", "linear", "fixed"]),
    delayMs: 100,
    factor: 2,
    delayMsMax: 1000,
    jitter: true,
    totalMs: 60_000,
  };
}

function randomCondition(chance: Seeded, before: readonly number[]): Expression {
  const read = before.at(-1);
  if (read === undefined || chance.maybe(0.3)) return expression({ kind: "literal", value: chance.maybe(0.5) });
  return isStatus(read, chance.pick(["succeeded", "failed", "skipped"]));
}

function isStatus(step: number, status: string): Expression {
  return expression({
    kind: "binary",
    operator: "==",
    left: { kind: "step", step, field: "status" },
    right: { kind: "literal", value: status },
  });
}

function readsOf(step: Draft): readonly number[] {
  const tree = step.if?.tree;
  return tree?.kind === "binary" && tree.left.kind === "step" ? [tree.left.step] : [];
}

function expression(tree: Node): Expression {
  return { text: tree.kind, tree };
}

function literal(value: Extract<Template, { kind: "literal" }>["value"]): Template {
  return { kind: "literal", value };
}

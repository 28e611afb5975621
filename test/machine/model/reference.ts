import type { Plan, StepPlan } from "../../../src/language/plan.ts";
import type { Expression } from "../../../src/language/expression/tree.ts";

/** How the calls, gates and child runs of a run end: fixed by their path, so that no order of events can change it. */
export interface Outcomes {
  readonly call: (path: string, attempt: number) => "succeeded" | "failed" | "hopeless";
  /** What the steps' one operation is, and what becomes of a call of it: none has a receipt and lacks its key. */
  readonly operation: (path: string) => "none" | "keyed" | "blind" | "read";
  readonly receipt: (path: string, attempt: number) => "received" | "lost";
  readonly gate: (path: string) => "accepted" | "rejected";
  readonly child: (path: string) => "completed" | "failed";
}

/** How a run ends: every instance with its status (and why it was skipped), every attempt, and the run itself. */
export interface Ending {
  readonly steps: ReadonlyMap<string, string>;
  readonly calls: readonly string[];
  /** Calls that leave for another system, by path and attempt. */
  readonly effects: readonly string[];
  readonly phase: "completed" | "failed";
}

type Status = "succeeded" | "failed" | "skipped";

interface Result {
  readonly status: Status;
  readonly reason?: string;
  /** It, or anything it waits for, failed. */
  readonly tainted: boolean;
}

/**
 * Says how a calm plan ends, straight from the rules of running (semantics, part 1): one call after the other, list by list, without events,
 * time, waits or a scheduler. It shares no code with the machine.
 */
export function endingOf(plan: Plan, outcomes: Outcomes): Ending {
  const steps = new Map<string, string>();
  const calls: string[] = [];
  const effects: string[] = [];
  const whole = runList(plan.roots, "");
  return {
    steps,
    calls: calls.toSorted(),
    effects: effects.toSorted(),
    phase: whole.hasFailed ? "failed" : "completed",
  };

  function stepOf(index: number): StepPlan {
    const step = plan.steps[index];
    if (step === undefined) throw new Error(`no step ${index}`);
    return step;
  }

  /** Steps only wait for earlier ones of their list, so that its order is an order of running. */
  function runList(list: readonly number[], prefix: string): { results: Map<number, Result>; hasFailed: boolean } {
    const results = new Map<number, Result>();
    let hasFailed = false;
    for (const index of list) {
      const step = stepOf(index);
      const path = prefix + step.id;
      const result = runStep(step, path, results, hasFailed);
      results.set(index, result);
      steps.set(path, result.reason === undefined ? result.status : `${result.status} (${result.reason})`);
      hasFailed ||= result.status === "failed" && step.onFailure === "stop";
    }
    return { results, hasFailed };
  }

  function runStep(step: StepPlan, path: string, before: ReadonlyMap<number, Result>, isStopped: boolean): Result {
    const tainted = step.waitsFor.some((index) => before.get(index)?.tainted === true);
    const reason = skipReason(step, before, isStopped);
    if (reason !== undefined) return { status: "skipped", reason, tainted };
    if (step.forEach !== undefined) return ended(runItems(step, path, before), tainted);
    if (!holds(step.if, before)) return { status: "skipped", reason: "if", tainted };
    const outcome = carryOut(step, path);
    if (outcome === "rejected") return { status: "skipped", reason: "rejected", tainted };
    return ended(outcome, tainted);
  }

  function ended(status: Status, tainted: boolean): Result {
    return { status, tainted: tainted || status === "failed" };
  }

  function skipReason(step: StepPlan, before: ReadonlyMap<number, Result>, isStopped: boolean): string | undefined {
    if (isStopped && step.runOn === "success") return "parent";
    if (!mayRun(step, before)) return "needs";
    if (step.elseOf === undefined) return undefined;
    const reason = before.get(step.elseOf)?.reason;
    return reason === "if" || reason === "rejected" ? undefined : "else";
  }

  function mayRun(step: StepPlan, before: ReadonlyMap<number, Result>): boolean {
    const needs = step.needs?.map((index) => [stepOf(index), before.get(index)] as const);
    if (step.runOn === "always") return true;
    if (step.runOn === "failure")
      return needs === undefined
        ? [...before.values()].some(({ status }) => status === "failed")
        : needs.some(([, result]) => result?.tainted === true);
    if (needs === undefined) return true;
    const stood = new Set(needs.map(([{ onFailure }, result]) => standing(onFailure, result)));
    return !stood.has("failed") && stood.has("succeeded");
  }

  /** A failure that is let pass counts as a success. */
  function standing(policy: StepPlan["onFailure"], result: Result | undefined): Status | undefined {
    return result?.status === "failed" && policy === "continue" ? "succeeded" : result?.status;
  }

  function holds(condition: Expression | undefined, before: ReadonlyMap<number, Result>): boolean {
    if (condition === undefined) return true;
    const { tree } = condition;
    if (tree.kind === "literal") return tree.value === true;
    if (tree.kind !== "binary" || tree.left.kind !== "step" || tree.right.kind !== "literal")
      throw new Error(`the reference cannot read ${tree.kind}`);
    return before.get(tree.left.step)?.status === tree.right.value;
  }

  function itemsOf({ forEach }: StepPlan): readonly string[] {
    const tree = forEach?.items.tree;
    return tree?.kind === "literal" && Array.isArray(tree.value) ? (tree.value as readonly string[]) : [];
  }

  function runItems(step: StepPlan, path: string, before: ReadonlyMap<number, Result>): Status {
    const items = itemsOf(step);
    const keys = step.forEach?.key === undefined ? items.map((_, index) => String(index)) : items;
    if (new Set(keys).size < keys.length) return "failed";
    for (const key of keys) {
      const item = `${path}[${key}]`;
      const outcome = holds(step.if, before) ? carryOut(step, item) : "if";
      const isSkipped = outcome === "if" || outcome === "rejected";
      steps.set(item, isSkipped ? `skipped (${outcome})` : outcome);
      if (outcome === "failed" && step.onFailure === "stop") return "failed";
    }
    return "succeeded";
  }

  function carryOut({ verb, retry, loop }: StepPlan, path: string): "succeeded" | "failed" | "rejected" {
    switch (verb.kind) {
      case "function":
        return call(path, retry.attemptsMax);
      case "do":
        return loop === undefined ? group(verb.children, `${path}/`) : repeat(verb.children, path, loop);
      case "approve":
        if (outcomes.gate(path) === "accepted") return "succeeded";
        return verb.onReject === "continue" ? "rejected" : "failed";
      case "workflow":
        return verb.detach || outcomes.child(path) === "completed" ? "succeeded" : "failed";
      case "fail":
        return "failed";
      default:
        return "succeeded";
    }
  }

  function call(path: string, attemptsMax: number): "succeeded" | "failed" {
    let isBegun = false;
    let isKept = false;
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      calls.push(`${path}#${attempt}`);
      const operation = outcomes.operation(path);
      if (operation === "blind" && isBegun && !isKept) {
        // Nobody knows: people say that it was done, or let the step fail.
        if (outcomes.gate(path) === "rejected") return "failed";
        isKept = true;
      }
      if (operation !== "none" && (!isKept || operation === "read")) {
        effects.push(`${path}#${attempt}`);
        isBegun = true;
        isKept = outcomes.receipt(path, attempt) === "received";
      }
      const outcome = outcomes.call(path, attempt);
      if (outcome !== "failed") return outcome === "succeeded" ? "succeeded" : "failed";
    }
    return "failed";
  }

  function group(children: readonly number[], prefix: string): "succeeded" | "failed" {
    return runList(children, prefix).hasFailed ? "failed" : "succeeded";
  }

  function repeat(
    children: readonly number[],
    path: string,
    loop: NonNullable<StepPlan["loop"]>,
  ): "succeeded" | "failed" {
    for (let n = 1; n <= loop.iterationsMax; n += 1) {
      const { results, hasFailed } = runList(children, `${path}@${n}/`);
      if (hasFailed) return "failed";
      if (loop.stopWhen !== undefined && holds(loop.stopWhen, results)) return "succeeded";
    }
    return loop.stopWhen === undefined || loop.onExhausted === "continue" ? "succeeded" : "failed";
  }
}

import type { Plan, StepPlan, VerbPlan } from "../src/language/plan.ts";

const base = {
  runOn: "success",
  retry: { attemptsMax: 1, backoff: "fixed", delayMs: 0, factor: 1, delayMsMax: 0, jitter: false, totalMs: 86_400_000 },
  onFailure: "stop",
} as const satisfies Partial<StepPlan>;

const nothing = { kind: "literal", value: null } as const;
const noop = { kind: "function", name: "noop", with: nothing } as const satisfies VerbPlan;
const pure = { kind: "set", value: nothing } as const satisfies VerbPlan;
const look = {
  kind: "tool",
  connector: "desk",
  action: "look",
  with: { kind: "literal", value: { id: "7" } },
} as const satisfies VerbPlan;
/** What a file may ask for at most. */
const lanesMax = 1000;

/** A plan of `count` steps, each after the one before. */
export function sequence(count: number, kind: "function" | "set" | "tool" = "function"): Plan {
  const verb = { function: noop, set: pure, tool: look }[kind];
  const plan = planOf(Array.from({ length: count }, () => verb));
  return kind === "tool" ? { ...plan, connectors: { desk: { use: "desk@1.0.0" } } } : plan;
}

/** A plan of one step for each of `count` items. */
export function fanOut(count: number): Plan {
  const items = {
    text: "items",
    tree: { kind: "literal", value: Array.from({ length: count }, (_, index) => index) },
  } as const;
  const forEach = { items, as: "item", parallelMax: lanesMax };
  return planOf([noop], { forEach });
}

/** A plan that waits for the event `go`. */
export function waitForGo(): Plan {
  return planOf([{ kind: "wait_event", event: "go", onTimeout: "fail" }]);
}

function planOf(verbs: readonly VerbPlan[], more: Partial<StepPlan> = {}): Plan {
  const steps = verbs.map((verb, index): StepPlan => {
    const place = { index, id: `s${index}`, position: index, waitsFor: index === 0 ? [] : [index - 1] };
    return { ...base, ...place, ...more, verb };
  });
  const roots = steps.map((step) => step.index);
  return { plan: 1, expr: 1, workflow: "bench", inputs: { type: "object" }, env: [], mode: "sequential", roots, steps };
}

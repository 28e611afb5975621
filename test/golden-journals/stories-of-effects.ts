import { RunwrightError } from "../../src/base/error.ts";
import type { Effect } from "../../src/ports/action.ts";
import type { Policy } from "../../src/ports/policy.ts";
import { ada } from "../engine/stage.ts";
import { settled, update } from "../engine/effects.ts";
import { pass, second, type Story } from "./stories.ts";

const desk = "workflow: w\nconnectors: { desk: zendesk@3.2.0 }\n";

/** Denies what is aimed at `never`, and wants people to allow what is aimed at `asked`. */
const policy: Policy = {
  decide({ target }) {
    const outcome = target === "never" ? "deny" : target === "asked" ? "needs_approval" : "allow";
    return { outcome, rules: [outcome], version: "1", reason: "so.", approvals: { count: 1, roles: ["team"] } };
  },
};

function aimedAt(name: string): Effect {
  return { ...update, target: { kind: "tool", name, arguments: null } };
}

const ask: Effect = {
  name: "ask",
  class: "read",
  target: { kind: "model", name: "m", arguments: null },
  usage: () => ({ calls: 1, tokensIn: 60, tokensCached: 20, tokensOut: 30, tokensReasoning: 0, costUsd: 0.25 }),
};

const inherited = {
  kind: "run.inherited",
  v: 1,
  operation: { name: "pay", occurrence: 1 },
  class: "blind",
  begunAt: 1_699_999_000_000,
} as const;

const edits = { receipt: { id: 1 } };

/** What stories tell of operations that are aimed at something, and of those whose answer never came. */
export const storiesOfEffects: readonly Story[] = [
  {
    name: "allowed-or-not",
    about:
      "tools: one that the policy denies, one that people allow, with what it left behind, and one with a key of its own",
    text: `${desk}steps:
  - { id: never, on_failure: continue, tool: desk.get_ticket, with: { id: "1" } }
  - { id: asked, tool: desk.update_ticket, with: { id: "2" } }
  - { id: named, tool: desk.update_ticket, with: { id: "3" }, idempotency_key: "ticket-\${run.id}" }
`,
    policy,
    result: async ({ once, step }) => {
      const output = await once(aimedAt(step), async () => ({ of: step }));
      return { output, receipt: { remote_id: "17", before: { priority: "low" } } };
    },
    live: (world, key) =>
      settled(world, world.engine.decide(key, { id: "tess", roles: ["team"] }, { path: "asked", outcome: "accepted" })),
  },
  {
    name: "budget",
    about: "a run whose models use up what they may: it is warned, pauses, and is granted more",
    text: `workflow: w
models: { fast: anthropic/claude-haiku-4-5-20251001 }
limits: { tokens: 170 }
steps:
  - { id: a, llm: fast, system: Be short., prompt: One. }
  - { id: b, llm: fast, prompt: Two. }
  - { id: c, llm: fast, prompt: "\${b.usage.input_tokens}" }
`,
    work: ({ once }) => once(ask, async () => "so"),
    live: (world, key) => settled(world, world.engine.resume(key, ada)),
  },
  {
    name: "budget-fails",
    about: "a run that fails when its models have used up what they may",
    text: `workflow: w
models: { fast: anthropic/claude-haiku-4-5-20251001 }
limits: { cost_usd: 0.2, on_budget: fail }
steps: [{ id: a, llm: fast, prompt: One. }, { id: b, llm: fast, prompt: Two. }]
`,
    work: ({ once }) => once(ask, async () => "so"),
  },
  {
    name: "inherited",
    about:
      "another try of a run whose steps have begun something outside: one with a receipt, one of which nobody knows",
    text: `workflow: w
steps:
  - { id: paid, function: work }
  - { id: unsure, do: [{ id: pay, function: work }] }
`,
    more: {
      fork: {
        from: { run: "r0", path: "paid", kept: [] },
        effectRoot: "r0",
        inherited: [
          { ...inherited, instance: "paid", key: "k1", receipt: { id: 7 } },
          { ...inherited, instance: "unsure/pay", key: "k2" },
        ],
        events: [],
      },
    },
    work: ({ once, path }) => once({ name: "pay", class: "blind" }, async () => ({ paid: path })),
    live: (world, key) =>
      settled(world, world.engine.decide(key, ada, { path: "unsure/pay", outcome: "accepted", edits })),
  },
  {
    name: "failed-calls",
    about:
      "operations whose calls came back with a failure: nothing was done, nobody knows, and a look that failed itself",
    text: `workflow: w
mode: parallel
steps:
  - { id: refused, function: work, retry: { max: 1, delay: 1s, backoff: fixed, jitter: false } }
  - { id: unsure, function: work, retry: { max: 1, delay: 1s, backoff: fixed, jitter: false } }
  - { id: looked, function: work, timeout: 10s, retry: { max: 2, delay: 1s, backoff: fixed, jitter: false } }
  - { id: blind, function: work, retry: { max: 1, delay: 1s, backoff: fixed, jitter: false } }
`,
    work: failFirst(),
    async live(world, key) {
      await pass(world, 120 * second);
      await settled(world, world.engine.decide(key, ada, { path: "blind", outcome: "accepted", edits }));
    },
  },
  {
    name: "unknown-outcomes",
    about: "operations that a crash cut off: called again because somebody said so, done, failed, and found",
    text: `workflow: w
mode: parallel
steps:
  - { id: again, function: work }
  - { id: done, function: work }
  - { id: fails, on_failure: continue, function: work }
  - { id: found, function: work, timeout: 10s }
`,
    work: cutOffOnce(),
    async live(world, key) {
      await world.crash();
      const decide = (path: string, outcome: "accepted" | "rejected" | "retry"): Promise<void> =>
        settled(world, world.engine.decide(key, ada, { path, outcome, ...(outcome === "accepted" && { edits }) }));
      await decide("again", "retry");
      await decide("done", "accepted");
      await decide("fails", "rejected");
      await pass(world, 60 * second);
    },
  },
];

/** Every step's operation fails the first time it is called, and so does the first look for one. */
function failFirst(): NonNullable<Story["work"]> {
  const called = new Set<string>();
  const isFirst = (what: string): boolean => !called.has(what) && called.add(what).has(what);
  return ({ once, path }) => {
    const find = async (): Promise<undefined> => {
      if (isFirst("a look")) throw new RunwrightError("tool.unavailable", "nobody answers");
    };
    const effects: Readonly<Record<string, Effect>> = {
      unsure: { name: "pay", class: "keyed" },
      looked: { name: "pay", class: "readback", find },
    };
    return once(effects[path] ?? { name: "pay", class: "blind" }, async () => {
      if (isFirst(path)) throw new RunwrightError("tool.unavailable", "not now", { undone: path === "refused" });
      return { paid: path };
    });
  };
}

/** Every step's operation hangs the first time it is called. */
function cutOffOnce(): NonNullable<Story["work"]> {
  const called = new Set<string>();
  return ({ once, path }) => {
    const found: Effect = { name: "pay", class: "readback", find: async () => ({ found: path }) };
    const effect: Effect = path === "found" ? found : { name: "pay", class: "blind" };
    return once(effect, () => {
      if (called.has(path)) return Promise.resolve({ paid: path });
      called.add(path);
      return new Promise<never>(() => undefined);
    });
  };
}

import { RunwrightError } from "../../src/base/error.ts";
import type { RunKey } from "../../src/base/ids.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { Decision, StartRequest } from "../../src/engine/contract.ts";
import type { ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { Policy } from "../../src/ports/policy.ts";
import type { Version } from "../../src/ports/catalog.ts";
import { ada, bob, type Stage, versionOf } from "../engine/stage.ts";

/** A run that is lived once, for its journal. A new one is added at the end; what is there already is never lived again. */
export interface Story {
  readonly name: string;
  readonly about: string;
  readonly text: string;
  readonly input?: JsonObject;
  readonly more?: Partial<StartRequest>;
  /** What the file does not say yet. */
  readonly changed?: (version: Version) => Version;
  /** What its functions give; throws to fail the attempt. */
  readonly work?: (call: ActionCall) => Json | Promise<Json>;
  /** The same, with what they leave behind. */
  readonly result?: (call: ActionCall) => Promise<ActionResult>;
  /** What may leave; everything, when nothing is said. */
  readonly policy?: Policy;
  /** What happens to it once it has done what it can by itself. */
  readonly live?: (world: Stage, key: RunKey) => Promise<void>;
}

export const second = 1000;
const hour = 3_600_000;

/** Lets time pass, with everything that falls due in it. */
export async function pass(world: Stage, ms: number): Promise<void> {
  const until = world.clock.now() + ms;
  while (world.clock.runNext(until - world.clock.now())) await world.settle();
  await world.settle();
}

function failed(message: string): RunwrightError {
  return new RunwrightError("function.failed", message);
}

async function done(world: Stage, asked: Promise<void>): Promise<void> {
  await world.settle();
  await asked;
  await world.settle();
}

async function decide(world: Stage, key: RunKey, decision: Decision, by: typeof ada | typeof bob = ada): Promise<void> {
  await done(world, world.engine.decide(key, by, decision));
}

const child = versionOf(
  'workflow: child\ninputs: { n: number }\nsteps: [{ id: act, function: work, with: { n: "${inputs.n}" } }]\noutput: ${act.output}\n',
);

/** A step that is written as a `set` of the child's inputs runs the child. */
function withChildren(version: Version): Version {
  const { plan } = version;
  const steps = plan.steps.map((step) => {
    if (!step.id.startsWith("sub") || step.verb.kind !== "set") return step;
    const detach = step.id === "sub-alone";
    return {
      ...step,
      verb: { kind: "workflow", workflow: "child", version: "draft", with: step.verb.value, detach } as const,
    };
  });
  return { ...version, plan: { ...plan, steps }, runs: { "child@draft": child.digest } };
}

/** Bounds of the group `g` and of the run. */
function withBounds(version: Version): Version {
  const { plan } = version;
  const steps = plan.steps.map((step) => (step.id === "g" ? { ...step, timeoutMs: hour } : step));
  const limits = { runtimeMs: 24 * hour, deadlineMs: 3 * hour, depth: 5, onBudget: "pause" } as const;
  return { ...version, plan: { ...plan, steps, limits } };
}

export const stories: readonly Story[] = [
  {
    name: "retry-and-branch",
    about: "a step that fails twice and is tried again, a condition with its else, needs, and a title",
    text: `workflow: w
mode: parallel
steps:
  - { id: a, title: "First of \${inputs.n}", function: work, retry: { max: 2, delay: 1s, backoff: fixed, jitter: false } }
  - { id: big, if: "inputs.n > 3", needs: [a], set: { size: "big" } }
  - { id: small, else: big, set: { size: "small" } }
  - { id: join, needs: [big, small], function: other, with: { big: "\${big.output}", small: "\${small.output}", a: "\${a.output}" } }
output: \${join.output}
inputs: { n: number }
`,
    input: { n: 2 },
    work(call) {
      if (call.path === "a" && call.attempt < 3) throw failed("not yet");
      return { path: call.path, attempt: call.attempt };
    },
    live: async (world) => {
      await pass(world, second);
      await pass(world, second);
    },
  },
  {
    name: "failure-stops",
    about:
      "a failure that stops its list: what runs is cancelled, what has not begun is skipped, and a step that runs on failure does",
    text: `workflow: w
mode: parallel
steps:
  - { id: bad, function: work, retry: { max: 0 } }
  - { id: each, for_each: "[1, 2, 3]", max_parallel: 2, function: other }
  - { id: late, needs: [each], function: other }
  - { id: tidy, run_on: failure, needs: [bad], function: other }
`,
    work(call) {
      if (call.path === "bad") throw failed("told to");
      return {};
    },
    live: (world) => pass(world, 20 * second),
  },
  {
    name: "items",
    about: "a for-each in a group over keyed items, some of which fail and let the others go on, and one over none",
    text: `workflow: w
inputs: { files: [string] }
steps:
  - id: each
    for_each: inputs.files
    as: file
    key: file
    max_parallel: 2
    on_failure: continue
    do:
      - { id: read, function: work, with: { file: "\${file}" }, retry: { max: 0 } }
      - { id: note, set: { file: "\${file}", found: "\${read.output}", at: "\${index}" } }
  - { id: none, for_each: "[]", function: work }
  - { id: told, fail: "Of \${size(each.results)} files one failed." }
output: { all: "\${each.output}" }
`,
    input: { files: ["a.md", "b/c.md", "d e.md"] },
    work(call) {
      if (call.path.includes("c%2Emd")) throw failed("cannot be read");
      return { lines: 3 };
    },
  },
  {
    name: "loop",
    about: "a loop that begins again at the stage that its last step names, with what was there before",
    text: `workflow: w
steps:
  - id: l
    loop: { max_iters: 4, stop_when: check.output.good == true }
    do:
      - { id: plan, set: { n: "\${iter.n}" } }
      - { id: code, function: work, with: { plan: "\${plan.output}", last: "\${iter.last}" } }
      - { id: check, function: other, with: { n: "\${iter.n}" } }
output: { rounds: "\${l.iterations}", code: "\${l.output.code}" }
`,
    work: ({ path }) =>
      path.endsWith("check") ? { good: path.startsWith("l@3"), recommended_next_stage: "code" } : { by: path },
  },
  {
    name: "two-people",
    about: "a gate that two must accept, with edits and a form, and a rejected one that lets the run go on",
    text: `workflow: w
steps:
  - { id: draft, set: { amount: 1, note: "hello" } }
  - { id: ask, approve: "Pay \${draft.output.amount}?", by: [team, boss], quorum: 2, show: "\${draft.output}", editable: [amount], form: { reason: string } }
  - { id: extra, approve: More?, by: [boss], on_reject: continue }
  - { id: pay, needs: [ask], function: work, with: "\${ask.output}" }
  - { id: nothing, else: extra, set: { decision: "\${extra.decision.outcome}" } }
output: { paid: "\${pay.output}", nothing: "\${nothing.output}" }
`,
    async live(world, key) {
      await decide(world, key, { path: "ask", outcome: "accepted", edits: { amount: 2, reason: "fair" } }, bob);
      await decide(world, key, { path: "ask", outcome: "accepted", comment: "so be it" });
      await decide(world, key, { path: "extra", outcome: "rejected" });
    },
  },
  {
    name: "changes",
    about: "changes that are asked for twice at a gate, and then a rejection that ends the run",
    text: `workflow: w
steps:
  - { id: plan, function: work, with: { n: "\${iter.n}", comment: "\${iter.comment}", last: "\${iter.last}" } }
  - { id: ask, approve: Go?, by: [boss], show: "\${plan.output}", on_changes: { redo: plan, max: 2 } }
  - { id: after, function: work, with: { plan: "\${plan.output}" } }
`,
    work: (call) => ({ given: call.input }),
    async live(world, key) {
      await decide(world, key, { path: "ask", outcome: "changes", comment: "shorter" });
      await decide(world, key, { path: "ask@2", outcome: "changes", comment: "still shorter" });
      await decide(world, key, { path: "ask@3", outcome: "rejected", comment: "no" });
    },
  },
  {
    name: "nobody-decides",
    about: "a gate that is passed on to others and then expires, beside one whose time-out accepts",
    text: `workflow: w
mode: parallel
steps:
  - { id: ask, approve: Go?, by: [boss], timeout: 1h, on_failure: continue, on_timeout: { escalate: [team], timeout: 2h } }
  - { id: yes, set: { yes: true } }
  - { id: soon, approve: Sure?, by: [boss], timeout: 1h, on_timeout: accept, show: "\${yes.output}" }
  - { id: after, needs: [ask], run_on: always, set: { asked: "\${ask.status}" } }
output: { after: "\${after.output}", soon: "\${soon.output}" }
`,
    async live(world) {
      await pass(world, hour);
      await pass(world, 2 * hour);
    },
  },
  {
    name: "cancelled",
    about: "a run that is cancelled while a gate is open and waits go on",
    text: `workflow: w
mode: parallel
steps:
  - { id: ask, approve: Go?, by: [boss] }
  - { id: pause, wait: 1h }
  - { id: act, needs: [ask], function: work }
  - { id: g, do: [{ id: inner, wait: 2h }, { id: then, function: work }] }
`,
    live: (world, key) => done(world, world.engine.cancel(key, ada, "no longer needed")),
  },
  {
    name: "paused",
    about: "a run that is paused while a wait falls due, and goes on",
    text: `workflow: w
steps:
  - { id: pause, wait: 1h }
  - { id: until, wait: { until: "2023-11-15T12:00:00Z" } }
  - { id: act, function: work }
`,
    async live(world, key) {
      await done(world, world.engine.pause(key, ada));
      await pass(world, 2 * hour);
      await done(world, world.engine.resume(key, ada));
      await pass(world, 24 * hour);
    },
  },
  {
    name: "events",
    about: "waits for events: one that came early, one that must match, and one that nobody reports",
    text: `workflow: w
steps:
  - { id: first, wait: 1h }
  - { id: early, wait: { event: paid } }
  - { id: right, wait: { event: paid, match: "event.data.n == 2" } }
  - { id: never, wait: { event: left, timeout: 1h, on_timeout: continue } }
  - { id: act, function: work, with: { early: "\${early.output}", right: "\${right.output}" } }
output: \${act.output}
`,
    work: (call) => ({ given: call.input }),
    async live(world, key) {
      await done(world, world.engine.report(key, ada, { type: "paid", data: { n: 1 } }));
      await pass(world, hour);
      await done(world, world.engine.report(key, ada, { type: "paid", data: { n: 3 } }));
      await done(world, world.engine.report(key, ada, { type: "paid", data: { n: 2 } }));
      await pass(world, hour);
    },
  },
  {
    name: "children",
    about: "steps that run another workflow: one that ends, one that nobody waits for, and one that fails",
    text: `workflow: w
steps:
  - { id: sub, set: { n: 1 } }
  - { id: sub-alone, set: { n: 2 } }
  - { id: sub-bad, on_failure: continue, set: { n: 3 } }
  - { id: after, run_on: always, function: other, with: { sub: "\${sub.output}", bad: "\${sub_bad.error}" } }
output: \${after.output}
`,
    more: { parts: [child] },
    changed: withChildren,
    work(call) {
      if (JSON.stringify(call.input) === '{"n":3}') throw failed("not three");
      return { given: call.input };
    },
    live: (world) => pass(world, 60 * second),
  },
  {
    name: "time-is-over",
    about: "a group whose time is over, and then the run's own",
    text: `workflow: w
steps:
  - { id: g, on_failure: continue, do: [{ id: inner, wait: 2h }, { id: then, function: work }] }
  - { id: long, wait: 10h }
  - { id: always, run_on: always, function: work }
`,
    changed: withBounds,
    async live(world) {
      await pass(world, hour);
      await pass(world, 2 * hour);
    },
  },
  {
    name: "large-value",
    about: "a value that is too large to stand in an event, given on and shown",
    text: `workflow: w
steps:
  - { id: a, function: work }
  - { id: ask, approve: Go?, by: [boss], show: "\${a.output}" }
  - { id: b, function: other, with: "\${ask.output}" }
`,
    work: () => ({ text: "large ".repeat(11_000) }),
    live: (world, key) => decide(world, key, { path: "ask", outcome: "accepted" }),
  },
  {
    name: "once",
    about: "operations of a function: a receipt that the next attempt has, and one that is read anew",
    text: `workflow: w
steps: [{ id: pay, function: work, retry: { max: 1, delay: 1s, backoff: fixed, jitter: false } }]
output: \${pay.output}
`,
    async work({ once, attempt }) {
      const rate = await once({ name: "rate", class: "read" }, async () => ({ rate: attempt }));
      const charged = await once({ name: "charge", class: "keyed" }, async ({ key: idempotencyKey }) => ({
        idempotencyKey,
      }));
      if (attempt === 1) throw failed("after both");
      return { rate, charged };
    },
    live: (world) => pass(world, second),
  },
  {
    name: "set-aside",
    about: "a run of which the engine died three times before it had written anything",
    text: "workflow: w\nsteps: [{ id: a, function: work }, { id: ask, approve: Go?, by: [boss] }]\n",
    live: async (world, key) => {
      for (let death = 0; death < 3; death += 1) await world.store.journal.takeOver(key);
      await world.crash();
      await done(world, world.engine.resume(key, ada));
    },
  },
  {
    name: "reminded",
    about: "a gate that reminds those who are asked, and is decided after that",
    text: "workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss], remind: 1h }]\n",
    live: async (world, key) => {
      await pass(world, 2 * hour);
      await decide(world, key, { path: "ask", outcome: "accepted" });
    },
  },
];

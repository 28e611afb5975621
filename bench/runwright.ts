import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import path from "node:path";
import { createFunctionAction } from "../src/actions/function/function-action.ts";
import { functionLimits } from "../src/actions/function/limits.ts";
import { createToolAction } from "../src/actions/tool/tool-action.ts";
import { createTools, type Tools } from "../src/actions/tool/tools.ts";
import { createLocalHost } from "../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../src/app/clock.ts";
import { digestText } from "../src/base/digest.ts";
import type { Engine } from "../src/engine/contract.ts";
import { openEngine } from "../src/engine/engine.ts";
import type { ConnectorDescriptor } from "../src/language/connector.ts";
import type { Plan } from "../src/language/plan.ts";
import { defaultRules } from "../src/policy/default-rules.ts";
import { createPolicy } from "../src/policy/policy.ts";
import type { Action } from "../src/ports/action.ts";
import type { Connector } from "../src/ports/connector.ts";
import type { RunRow } from "../src/ports/journal.ts";
import type { Contender, Outcome, ScenarioName } from "./contender.ts";
import { fanOut, sequence, waitForGo } from "./plans.ts";

const scope = { tenant: "local", workspace: "default" };
const principal = { id: "bench", roles: ["*"] };
const policy = createPolicy(defaultRules);
const forever = new AbortController().signal;
const eventCalls = 1000;

/** An engine over SQLite with `synchronous=FULL`, to be disposed with all that it stands on. */
export interface Bench extends AsyncDisposable {
  readonly engine: Engine;
  start(plan: Plan): Promise<RunRow>;
  /** Resolves when the run has ended; throws when it did not complete, or not with so many steps. */
  completed(row: RunRow, steps: number): Promise<void>;
}

/** An action that is carried out in this process and does nothing. */
export const noopAction: Action = {
  run: () => Promise.resolve({ output: null }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** Opens an engine in a folder, which may hold what another process left behind. */
export async function openBench(folder: string, action: Action): Promise<Bench> {
  const holder = { pid: process.pid, host: hostname(), startedAt: Date.now() };
  const store = await openSqliteStore({ folder, synchronous: "full", holder });
  const clock = createRealClock();
  const host = createLocalHost(clock, (error) => console.error(error));
  const parts = { store, host, action, clock, chance: Math.random, randomBytes: () => randomBytes(10), policy };
  const engine = await openEngine(parts);
  return {
    engine,
    async start(plan) {
      const digest = digestText(`${plan.steps[0]?.verb.kind} ${plan.steps.length}`);
      const version = { digest, workflow: "bench", draft: true, file: "", source: "", plan };
      return (await engine.start({ scope, principal, version, input: {}, env: {} })).row;
    },
    async completed({ key }, steps) {
      const { status, counts, error } = (await engine.settled(key, forever)).summary;
      if (status !== "completed" || counts.succeeded !== steps)
        throw new Error(`The run is ${status} with ${counts.succeeded} of ${steps} steps: ${JSON.stringify(error)}`);
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await action[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Runwright with an action in this process or, for `functions-1000x5`, with functions in processes of their own. */
export async function openRunwright(folder: string, scenario: ScenarioName): Promise<Contender> {
  const action = actionFor(scenario, folder);
  const bench = await openBench(folder, action);
  return {
    async warmUp() {
      const kind = scenario === "effects-1000" ? "tool" : "function";
      for (let warm = 0; warm < 3; warm += 1) await oneRun(bench, sequence(100, kind), 100);
      for (let warm = 0; warm < 3; warm += 1) await manyRuns(bench, 100);
    },
    scenarios: scenariosOf(bench),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

function scenariosOf(bench: Bench): Contender["scenarios"] {
  return {
    "sequential-1000": () => oneRun(bench, sequence(1000), 1000),
    "pure-1000": () => oneRun(bench, sequence(1000, "set"), 1000),
    "effects-1000": () => oneRun(bench, sequence(1000, "tool"), 1000),
    "runs-1000x5": () => manyRuns(bench),
    "functions-1000x5": () => manyRuns(bench),
    "fan-out-1000": () => oneRun(bench, fanOut(1000), 1000),
    "fan-out-10000": () => oneRun(bench, fanOut(10_000), 10_000),
    "fan-out-100000": () => oneRun(bench, fanOut(100_000), 100_000),
    "start-to-result": () => startToResult(bench),
    "signal-to-result": () => signalToResult(bench),
    // As many steps in all as in the next length, so that the short ones are measured as well.
    "growth-100": () => oneRun(bench, sequence(100), 100, 10),
    "growth-1000": () => oneRun(bench, sequence(1000), 1000, 10),
    "growth-10000": () => oneRun(bench, sequence(10_000), 10_000),
    "growth-100000": () => oneRun(bench, sequence(100_000), 100_000),
    idle: () => Promise.resolve({ steps: 0 }),
  };
}

function actionFor(scenario: ScenarioName, folder: string): Action {
  if (scenario === "effects-1000") return toolsOr(createToolAction(toolsOfNothing()), noopAction);
  return scenario.startsWith("functions") ? functionsIn(folder) : noopAction;
}

/** One run, `times` in turn. */
async function oneRun(bench: Bench, plan: Plan, steps: number, times = 1): Promise<Outcome> {
  for (let time = 0; time < times; time += 1) await bench.completed(await bench.start(plan), steps);
  return { steps: steps * times };
}

async function manyRuns(bench: Bench, runs = 1000): Promise<Outcome> {
  const plan = sequence(5);
  const rows = await Promise.all(Array.from({ length: runs }, () => bench.start(plan)));
  await Promise.all(rows.map((row) => bench.completed(row, 5)));
  return { steps: runs * 5 };
}

async function startToResult(bench: Bench): Promise<Outcome> {
  const plan = sequence(1);
  const times: number[] = [];
  for (let index = 0; index < eventCalls; index += 1) {
    const began = performance.now();
    await bench.completed(await bench.start(plan), 1);
    times.push(performance.now() - began);
  }
  return { steps: eventCalls, times };
}

async function signalToResult(bench: Bench): Promise<Outcome> {
  const plan = waitForGo();
  const times: number[] = [];
  for (let index = 0; index < eventCalls; index += 1) {
    const row = await bench.start(plan);
    while ((await bench.engine.row(row.key)).summary.counts.waiting === 0) await new Promise(setImmediate);
    const began = performance.now();
    await bench.engine.report(row.key, principal, { type: "go", data: null });
    await bench.completed(row, 1);
    times.push(performance.now() - began);
  }
  return { steps: eventCalls, times };
}

function functionsIn(folder: string): Action {
  const root = path.join(folder, "project");
  mkdirSync(path.join(root, "functions"), { recursive: true });
  writeFileSync(path.join(root, "functions/noop.mjs"), "export default async function run() {}\n");
  const size = availableParallelism();
  const options = { root, size, limits: functionLimits, readFolders: [], writeFolders: [], config: {} };
  return createFunctionAction(options);
}

function toolsOr(tools: Action, others: Action): Action {
  return {
    run: (call, signal) => (call.verb === "tool" ? tools : others).run(call, signal),
    opening: (call) => (call.verb === "tool" ? tools.opening?.(call) : undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Tools whose other side answers at once: what is measured is the way through the door, with the policy in front of it. */
function toolsOfNothing(): Tools {
  const descriptor: ConnectorDescriptor = {
    name: "desk",
    version: "1.0.0",
    title: "A desk",
    actions: {
      look: {
        title: "Looks",
        effect: "read",
        input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      },
    },
  };
  const reply = { v: 1, output: null } as const;
  const connector: Connector = {
    call: () => Promise.resolve(reply),
    find: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const vault = { secret: () => Promise.reject(new Error("A desk has no secrets.")) };
  return createTools({ descriptor: () => descriptor, connector, vault, policy });
}

import path from "node:path";
import type { Contender, Outcome, ScenarioName } from "../contender.ts";

/** What is used of the package, which is not there when types are checked. */
interface Package {
  readonly OpenWorkflow: new (options: { readonly backend: Backend }) => Client;
}
interface SqlitePackage {
  readonly BackendSqlite: { connect(file: string): Backend };
}
interface Backend {
  completeWorkflowRun(end: { readonly workflowRunId: string }): Promise<unknown>;
  failWorkflowRun(end: { readonly workflowRunId: string; readonly error: unknown }): Promise<unknown>;
  stop(): Promise<void>;
}
interface Client {
  defineWorkflow(
    spec: { readonly name: string },
    run: (given: { readonly input: Input; readonly step: Step }) => Promise<unknown>,
  ): Workflow;
  newWorker(options: { readonly concurrency: number }): Worker;
  sendSignal(signal: {
    readonly signal: string;
    readonly data: unknown;
  }): Promise<{ readonly workflowRunIds: unknown[] }>;
}
interface Input {
  readonly count: number;
  readonly signal?: string;
}
interface Step {
  run(config: { readonly name: string }, work: () => unknown): Promise<unknown>;
  waitForSignal(options: { readonly name: string; readonly signal: string }): Promise<unknown>;
}
interface Workflow {
  run(input: Input): Promise<Handle>;
}
interface Handle {
  readonly workflowRun: { readonly id: string };
  result(): Promise<unknown>;
}
interface Worker {
  /** One look for work, which its own loop takes after pauses of 50 to 1,000 ms. */
  tick(): Promise<number>;
  readonly activeExecutions: { readonly size: number };
}

/** Runs at once: tried 10 to 1,000. Each look asks once for every free place, so that one run alone is fastest with one. */
const manyAtOnce = 100;
const eventCalls = 1000;

/**
 * openworkflow on SQLite, tuned: its worker is asked to look whenever there is something to find, instead of after its pauses, and the end of a
 * run is heard where it is written, instead of polled for every second.
 */
export async function openOpenworkflow(folder: string, scenario: ScenarioName): Promise<Contender> {
  const [main, sqlite] = ["openworkflow", "openworkflow/sqlite"];
  const { OpenWorkflow } = (await import(main)) as Package;
  const { BackendSqlite } = (await import(sqlite)) as SqlitePackage;
  const backend = BackendSqlite.connect(path.join(folder, "openworkflow.db"));
  const ended = listenForEnds(backend);
  const client = new OpenWorkflow({ backend });
  const { sequential, fan, waiting } = workflowsOf(client);
  const worker = client.newWorker({ concurrency: scenario === "runs-1000x5" ? manyAtOnce : 1 });

  return {
    async warmUp() {
      for (let warm = 0; warm < 3; warm += 1) await one(sequential, 100);
      for (let warm = 0; warm < 3; warm += 1) await manyRuns(100);
    },
    scenarios: {
      "sequential-1000": () => one(sequential, 1000),
      "runs-1000x5": () => manyRuns(),
      "fan-out-1000": () => one(fan, 1000),
      "start-to-result": startToResult,
      "signal-to-result": signalToResult,
    },
    [Symbol.asyncDispose]: () => backend.stop(),
  };

  async function one(workflow: Workflow, count: number): Promise<Outcome> {
    const handle = await workflow.run({ count });
    await worker.tick();
    await ended(handle);
    await check(handle, count);
    return { steps: count };
  }

  async function manyRuns(runs = 1000): Promise<Outcome> {
    const handles = await Promise.all(Array.from({ length: runs }, () => sequential.run({ count: 5 })));
    const ends = handles.map(ended);
    for (let claimed = 0; claimed < handles.length;) {
      const now = await worker.tick();
      claimed += now;
      if (now === 0) await new Promise(setImmediate);
    }
    await Promise.all(ends);
    for (const handle of handles) await check(handle, 5);
    return { steps: runs * 5 };
  }

  async function startToResult(): Promise<Outcome> {
    const times: number[] = [];
    for (let index = 0; index < eventCalls; index += 1) {
      const began = performance.now();
      await one(sequential, 1);
      times.push(performance.now() - began);
    }
    return { steps: eventCalls, times };
  }

  async function signalToResult(): Promise<Outcome> {
    const times: number[] = [];
    for (let index = 0; index < eventCalls; index += 1) {
      const signal = `go-${index}`;
      const handle = await waiting.run({ count: index, signal });
      await worker.tick();
      while (worker.activeExecutions.size > 0) await new Promise(setImmediate);
      const began = performance.now();
      const { workflowRunIds } = await client.sendSignal({ signal, data: null });
      await worker.tick();
      await ended(handle);
      await check(handle, index);
      times.push(performance.now() - began);
      if (workflowRunIds.length !== 1) throw new Error(`The signal reached ${workflowRunIds.length} runs.`);
    }
    return { steps: eventCalls, times };
  }
}

function workflowsOf(client: Client): Readonly<Record<"sequential" | "fan" | "waiting", Workflow>> {
  const sequential = client.defineWorkflow({ name: "sequence" }, async ({ input, step }) => {
    for (let index = 0; index < input.count; index += 1) await step.run({ name: `s${index}` }, () => null);
    return input.count;
  });
  const fan = client.defineWorkflow({ name: "fan-out" }, async ({ input, step }) => {
    const items = Array.from({ length: input.count }, (_, index) => step.run({ name: `s${index}` }, () => null));
    return (await Promise.all(items)).length;
  });
  const waiting = client.defineWorkflow({ name: "wait" }, async ({ input, step }) => {
    await step.waitForSignal({ name: "wait", signal: input.signal ?? "" });
    return input.count;
  });
  return { sequential, fan, waiting };
}

/** Resolves when the end of a run is written, also when that was before it was asked. */
function listenForEnds(backend: Backend): (handle: Handle) => Promise<void> {
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const endOf = (id: string): PromiseWithResolvers<void> => {
    const end = ends.get(id) ?? Promise.withResolvers<void>();
    ends.set(id, end);
    return end;
  };
  const complete = backend.completeWorkflowRun.bind(backend);
  const fail = backend.failWorkflowRun.bind(backend);
  backend.completeWorkflowRun = async (end) => {
    const run = await complete(end);
    endOf(end.workflowRunId).resolve();
    return run;
  };
  backend.failWorkflowRun = async (end) => {
    const run = await fail(end);
    endOf(end.workflowRunId).reject(new Error(`openworkflow failed: ${JSON.stringify(end.error)}`));
    return run;
  };
  return (handle) => endOf(handle.workflowRun.id).promise;
}

async function check(handle: Handle, expected: number): Promise<void> {
  const result = await handle.result();
  if (result !== expected) throw new Error(`openworkflow gave ${JSON.stringify(result)} instead of ${expected}.`);
}

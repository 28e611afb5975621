import path from "node:path";
import type { Contender, Outcome } from "../contender.ts";

/** What is used of the packages, which are not there when types are checked. */
interface MastraPackage {
  readonly Mastra: new (options: object) => { getWorkflow(name: string): Workflow };
}
interface WorkflowsPackage {
  readonly createWorkflow: (options: object) => Builder;
  readonly createStep: (options: object) => object;
}
interface LibsqlPackage {
  readonly LibSQLStore: new (options: { readonly id: string; readonly url: string }) => {
    close(): Promise<void>;
  };
}
interface ZodPackage {
  readonly z: { any(): unknown };
}
interface Builder {
  then(step: object): Builder;
  foreach(step: object, options: { readonly concurrency: number }): Builder;
  commit(): object;
}
interface Workflow {
  createRun(): Promise<Run>;
}
interface Run {
  start(given: { readonly inputData: unknown }): Promise<Result>;
  resume(given: { readonly step: string; readonly resumeData: unknown }): Promise<Result>;
}
interface Result {
  readonly status: string;
  readonly result?: unknown;
  readonly error?: unknown;
}
interface StepContext {
  readonly inputData: unknown;
  readonly resumeData?: unknown;
  readonly suspend: (given: object) => Promise<unknown>;
}

/** Items at once: tried 10 to 1,000. */
const itemsAtOnce = 100;
const eventCalls = 1000;

/** Mastra on libSQL, which it sets to `synchronous=NORMAL` itself. Tuned: no checks of inputs, no log, no telemetry. */
export async function openMastra(folder: string): Promise<Contender> {
  process.env["MASTRA_TELEMETRY_DISABLED"] = "1";
  const [core, steps, libsql, zod] = ["@mastra/core", "@mastra/core/workflows", "@mastra/libsql", "zod"];
  const { Mastra } = (await import(core)) as MastraPackage;
  const { LibSQLStore } = (await import(libsql)) as LibsqlPackage;
  const workflows = workflowsOf((await import(steps)) as WorkflowsPackage, (await import(zod)) as ZodPackage);
  const storage = new LibSQLStore({ id: "bench", url: `file:${path.join(folder, "mastra.db")}` });
  const mastra = new Mastra({ storage, logger: false, workflows });

  return {
    async warmUp() {
      for (let warm = 0; warm < 3; warm += 1) await one("sequence100", 100);
      for (let warm = 0; warm < 3; warm += 1) await manyRuns(100);
    },
    scenarios: {
      "sequential-1000": () => one("sequence1000", 1000),
      "runs-1000x5": () => manyRuns(),
      "fan-out-1000": () => fanOut(1000),
      "fan-out-10000": () => fanOut(10_000),
      "start-to-result": startToResult,
      "signal-to-result": signalToResult,
    },
    [Symbol.asyncDispose]: () => storage.close(),
  };

  async function one(name: string, count: number): Promise<Outcome> {
    const run = await mastra.getWorkflow(name).createRun();
    check(await run.start({ inputData: 0 }), count);
    return { steps: count };
  }

  async function manyRuns(runs = 1000): Promise<Outcome> {
    await Promise.all(Array.from({ length: runs }, () => one("sequence5", 5)));
    return { steps: runs * 5 };
  }

  async function fanOut(count: number): Promise<Outcome> {
    const run = await mastra.getWorkflow("fanOut").createRun();
    const ended = await run.start({ inputData: Array.from({ length: count }, (_, index) => index) });
    check({ ...ended, result: Array.isArray(ended.result) ? ended.result.length : ended.result }, count);
    return { steps: count };
  }

  async function startToResult(): Promise<Outcome> {
    const times: number[] = [];
    for (let index = 0; index < eventCalls; index += 1) {
      const began = performance.now();
      await one("sequence1", 1);
      times.push(performance.now() - began);
    }
    return { steps: eventCalls, times };
  }

  async function signalToResult(): Promise<Outcome> {
    const times: number[] = [];
    for (let index = 1; index <= eventCalls; index += 1) {
      const run = await mastra.getWorkflow("wait").createRun();
      const { status } = await run.start({ inputData: 0 });
      if (status !== "suspended") throw new Error(`Mastra's run is ${status} instead of suspended.`);
      const began = performance.now();
      check(await run.resume({ step: "wait", resumeData: { go: index } }), index);
      times.push(performance.now() - began);
    }
    return { steps: eventCalls, times };
  }
}

/** Each step counts on, so that the result says how many there were. */
function workflowsOf({ createWorkflow, createStep }: WorkflowsPackage, { z }: ZodPackage): Record<string, object> {
  const shape = { inputSchema: z.any(), outputSchema: z.any() };
  const workflow = (id: string): Builder => createWorkflow({ id, ...shape, options: { validateInputs: false } });
  const step = (id: string, execute: (context: StepContext) => Promise<unknown>): object =>
    createStep({ id, ...shape, resumeSchema: z.any(), execute });
  const sequence = (count: number): object => {
    let built = workflow(`sequence${count}`);
    for (let index = 0; index < count; index += 1)
      built = built.then(step(`s${index}`, ({ inputData }) => Promise.resolve(Number(inputData) + 1)));
    return built.commit();
  };
  const item = step("item", ({ inputData }) => Promise.resolve(inputData));
  const wait = step("wait", async ({ resumeData, suspend }) =>
    resumeData === undefined ? suspend({}) : (resumeData as { readonly go: number }).go,
  );
  return {
    sequence1: sequence(1),
    sequence5: sequence(5),
    sequence100: sequence(100),
    sequence1000: sequence(1000),
    fanOut: workflow("fanOut").foreach(item, { concurrency: itemsAtOnce }).commit(),
    wait: workflow("wait").then(wait).commit(),
  };
}

function check({ status, result, error }: Result, expected: number): void {
  if (status === "success" && result === expected) return;
  throw new Error(`Mastra gave ${status} ${JSON.stringify(result ?? error)} instead of ${expected}.`);
}

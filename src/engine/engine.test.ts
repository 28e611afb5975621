import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLocalHost } from "../adapters/local-host/local-host.ts";
import { createMemoryStore, type MemoryStore, type StoreFault } from "../adapters/memory/memory-store.ts";
import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import { compileWorkflow } from "../language/compile.ts";
import type { Action, ActionCall, ActionResult } from "../ports/action.ts";
import type { RunRow } from "../ports/journal.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import type { Engine, StartRequest } from "./contract.ts";
import { openEngine } from "./engine.ts";

const scope = { tenant: "local", workspace: "default" } as const;
const ada = { id: "local:ada", roles: ["*"] } as const;
const bob = { id: "bob", roles: ["team"] } as const;

type Work = (call: ActionCall, signal: AbortSignal) => Promise<ActionResult>;

/** An engine over a memory store, with a clock moved by hand and functions given by the test. */
interface Stage {
  readonly clock: ManualClock;
  readonly calls: ActionCall[];
  engine: Engine;
  store: MemoryStore;
  fault: StoreFault;
  /** Lets everything run that is ready. */
  readonly settle: () => Promise<void>;
  readonly start: (yaml: string, input?: JsonObject, more?: Partial<StartRequest>) => Promise<RunKey>;
  readonly row: (key: RunKey) => Promise<RunRow>;
  /** Kills the process and opens the next over what is durable. */
  readonly crash: () => Promise<void>;
  /** Opens another engine over the store as it is. */
  readonly open: () => Promise<Engine>;
}

async function stage(work: Work = async () => ({ output: null })): Promise<Stage> {
  const clock = createManualClock(1_700_000_000_000);
  const calls: ActionCall[] = [];
  const faults = { before: (): StoreFault => made.fault };
  const action: Action = {
    run(call, signal) {
      calls.push(call);
      return work(call, signal);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const store = createMemoryStore({ faults });
  const made: Stage = {
    clock,
    calls,
    store,
    fault: "none",
    engine: await open(store),
    async settle() {
      do await new Promise((resolve) => setImmediate(resolve));
      while (clock.runSoon());
    },
    async start(yaml, input = {}, more = {}) {
      const starting = made.engine.start({ scope, principal: ada, version: versionOf(yaml), input, env: {}, ...more });
      await made.settle();
      return (await starting).row.key;
    },
    row: (key) => made.engine.row(key),
    open: () => open(made.store),
    async crash() {
      made.store = made.store.crash();
      made.engine = await open(made.store);
      await made.settle();
    },
  };
  return made;

  function open(over: MemoryStore): Promise<Engine> {
    const host = createLocalHost(clock, () => undefined);
    return openEngine({
      store: over,
      host,
      action,
      clock,
      chance: () => 0.5,
      randomBytes: () => crypto.getRandomValues(new Uint8Array(10)),
    });
  }
}

function versionOf(text: string): StartRequest["version"] {
  const { plan, diagnostics } = compileWorkflow(
    { file: "w.yml", text },
    { functions: ["work", "other"], assignments: [], roles: ["boss", "team"] },
  );
  assert.ok(plan, diagnostics.map((each) => each.message).join("\n"));
  return { digest: text, workflow: plan.workflow, draft: true, file: "w.yml", source: text, plan };
}

const forever = new AbortController().signal;
const gated = "workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss, local:ada] }, { id: act, function: work }]\n";

describe("starting", () => {
  test("a run is carried out and its output is kept", async () => {
    const { start, settle, row, engine } = await stage(async ({ input }) => ({ output: input }));
    const key = await start(
      'workflow: w\ninputs: { n: number }\nsteps: [{ id: a, function: work, with: { n: "${inputs.n + 1}" } }]\noutput: ${a.output.n}\n',
      { n: 1 },
    );
    await settle();
    assert.equal((await row(key)).summary.status, "completed");
    assert.equal((await engine.view(key)).output, 2);
  });

  test("the same dedupe key starts one run", async () => {
    const world = await stage();
    const first = await world.start(gated, {}, { dedupeKey: "mail-1" });
    const second = await world.start(gated, {}, { dedupeKey: "mail-1" });
    assert.equal(second.run, first.run);
    assert.equal((await world.engine.list(scope, { limit: 10 })).length, 1);
  });

  test("inputs that do not fit start nothing and are all named", async () => {
    const { engine } = await stage();
    const version = versionOf("workflow: w\ninputs: { n: number, who: string }\nsteps: [{ id: a, function: work }]\n");
    await assert.rejects(
      engine.start({ scope, principal: ada, version, input: { n: "x" }, env: {} }),
      (error: RunwrightError) => {
        assert.equal(error.code, "inputs.invalid");
        assert.match(error.message, /n.*who/s);
        return true;
      },
    );
  });
});

describe("effects of time", () => {
  test("an attempt that takes too long is aborted, counts as failed and is repeated", async () => {
    const world = await stage((call, signal) =>
      call.attempt === 2
        ? Promise.resolve({ output: "late is better" })
        : new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new RunwrightError("call.aborted", "stopped"))),
          ),
    );
    const key = await world.start(
      "workflow: w\nsteps: [{ id: a, function: work, timeout: 2s, retry: { max: 1, delay: 1s } }]\n",
    );
    await world.settle();
    for (let round = 0; round < 4; round += 1) {
      world.clock.runNext(60_000);
      await world.settle();
    }
    assert.equal((await world.row(key)).summary.status, "completed");
    assert.deepEqual(
      world.calls.map((call) => call.attempt),
      [1, 2],
    );
    assert.equal(world.calls[0]?.idempotencyKey, world.calls[1]?.idempotencyKey);
  });

  test("a call that ignores its abort is given up after the grace", async () => {
    const world = await stage(() => new Promise(() => undefined));
    const key = await world.start("workflow: w\nsteps: [{ id: a, function: work, timeout: 2s, retry: { max: 0 } }]\n");
    for (let round = 0; round < 3; round += 1) {
      await world.settle();
      world.clock.runNext(60_000);
    }
    await world.settle();
    assert.equal((await world.row(key)).summary.error?.code, "step.timeout");
  });

  test("a wait outlives the process and fires once, not early", async () => {
    const world = await stage();
    const key = await world.start("workflow: w\nsteps: [{ id: nap, wait: 30d }, { id: a, function: work }]\n");
    await world.settle();
    assert.equal((await world.row(key)).summary.status, "running");
    await world.crash();
    world.clock.runNext(29 * 86_400_000);
    await world.settle();
    assert.equal(world.calls.length, 0);
    for (let round = 0; round < 4; round += 1) {
      world.clock.runNext(86_400_000);
      await world.settle();
    }
    assert.deepEqual([world.calls.length, (await world.row(key)).summary.status], [1, "completed"]);
  });
});

describe("people", () => {
  test("a run waits for its gate across a crash, and a decision lets it go on", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.settle();
    assert.equal((await world.engine.settled(key, forever)).summary.status, "awaiting_approval");
    await world.crash();
    const deciding = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
    await world.settle();
    await deciding;
    await world.settle();
    assert.equal((await world.row(key)).summary.status, "completed");
  });

  test("a decision by somebody the gate does not name is refused, and nothing is lost", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.settle();
    const deciding = world.engine.decide(key, bob, { path: "ask", outcome: "accepted" });
    const refused = assert.rejects(deciding, { code: "gate.forbidden" });
    await world.settle();
    await refused;
    assert.equal((await world.row(key)).summary.status, "awaiting_approval");
  });

  test("of two decisions the first holds and the second is told so", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.settle();
    const first = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
    const second = assert.rejects(world.engine.decide(key, ada, { path: "ask", outcome: "rejected" }), {
      code: /gate.decided|run.ended/,
    });
    await world.settle();
    await Promise.all([first, second]);
  });

  test("after a cancel is acknowledged no call begins, and what runs is aborted", async () => {
    let aborted = 0;
    const world = await stage(
      (_call, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            aborted += 1;
            reject(new RunwrightError("call.aborted", "stopped"));
          }),
        ),
    );
    const key = await world.start("workflow: w\nsteps: [{ id: a, function: work }, { id: b, function: work }]\n");
    await world.settle();
    const cancelling = world.engine.cancel(key, ada, "changed my mind");
    await world.settle();
    await cancelling;
    await world.settle();
    assert.deepEqual([aborted, world.calls.length, (await world.row(key)).summary.status], [1, 1, "cancelled"]);
    await assert.rejects(world.engine.cancel(key, ada), { code: "run.ended" });
  });

  test("what is posted while a run is read from a slow store is taken in as well", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.crash();
    const { journal } = world.store;
    const answered = Promise.withResolvers<void>();
    const inbox: typeof journal.inbox = async (of) => {
      const rows = await journal.inbox(of);
      await answered.promise;
      return rows;
    };
    world.store = { ...world.store, journal: { ...journal, inbox } };
    const engine = await world.open();
    const requests = [engine.pause(key, ada)];
    await world.settle();
    requests.push(engine.cancel(key, ada));
    await world.settle();
    answered.resolve();
    await world.settle();
    assert.equal((await world.row(key)).summary.status, "cancelled");
    await Promise.all(requests);
  });

  test("a paused run starts nothing and goes on when it is resumed", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.settle();
    for (const request of [
      world.engine.pause(key, ada),
      world.engine.decide(key, ada, { path: "ask", outcome: "accepted" }),
    ]) {
      await world.settle();
      await request;
    }
    assert.deepEqual([(await world.row(key)).summary.status, world.calls.length], ["paused", 0]);
    const resuming = world.engine.resume(key, ada);
    await world.settle();
    await resuming;
    await world.settle();
    assert.equal((await world.row(key)).summary.status, "completed");
  });
});

describe("crashes and stores", () => {
  test("an attempt that a crash interrupted is continued under its number and key, not counted", async () => {
    let answer = (_result: ActionResult): void => undefined;
    const world = await stage(() => new Promise((resolve) => (answer = resolve)));
    const key = await world.start("workflow: w\nsteps: [{ id: a, function: work, retry: { max: 0 } }]\n");
    await world.settle();
    await world.crash();
    answer({ output: 1 });
    await world.settle();
    assert.deepEqual(
      world.calls.map((call) => call.attempt),
      [1, 1],
    );
    assert.equal(world.calls[0]?.idempotencyKey, world.calls[1]?.idempotencyKey);
    assert.equal((await world.row(key)).summary.status, "completed");
  });

  test("a full disk starts nothing, loses nothing, and the run goes on by itself when there is room", async () => {
    let answer = (_result: ActionResult): void => undefined;
    const world = await stage((call) =>
      call.path === "a" ? new Promise((resolve) => (answer = resolve)) : Promise.resolve({ output: null }),
    );
    const key = await world.start("workflow: w\nsteps: [{ id: a, function: work }, { id: b, function: work }]\n");
    await world.settle();
    world.fault = "full";
    answer({ output: "kept" });
    await world.settle();
    assert.deepEqual([world.calls.length, (await world.row(key)).lastSeq], [1, 3]);
    world.fault = "none";
    world.clock.runNext(10_000);
    await world.settle();
    assert.equal((await world.row(key)).summary.status, "completed");
    assert.deepEqual(
      world.calls.map((call) => call.path),
      ["a", "b"],
      "the finished call was not repeated",
    );
  });

  test("after a commit whose outcome nobody knows the engine stops, and the next start finds out", async () => {
    const world = await stage();
    const key = await world.start(gated);
    await world.settle();
    world.fault = "unanswered";
    const deciding = assert.rejects(world.engine.decide(key, ada, { path: "ask", outcome: "accepted" }), {
      code: "journal.unknown-outcome",
    });
    const stopped = assert.rejects(world.engine.failed, { code: "journal.unknown-outcome" });
    await world.settle();
    await Promise.all([deciding, stopped]);
    world.fault = "none";
    await world.crash();
    assert.equal((await world.row(key)).summary.status, "completed", "the decision had been written");
  });

  test("a store that fails in a way nobody foresaw stops the engine, and is not asked again for ever", async () => {
    const world = await stage();
    const append = (): never => {
      throw new TypeError("a fault of the store");
    };
    world.store = { ...world.store, journal: { ...world.store.journal, append: async () => append() } };
    world.engine = await world.open();
    const stopped = assert.rejects(world.engine.failed, { name: "TypeError" });
    await world.start(gated);
    await world.settle();
    await stopped;
  });

  test("a graceful stop lets a short call end and keeps its result", async () => {
    let answer = (_result: ActionResult): void => undefined;
    const world = await stage(({ path }) =>
      path === "a" ? new Promise((resolve) => (answer = resolve)) : Promise.resolve({ output: null }),
    );
    const key = await world.start("workflow: w\nsteps: [{ id: a, function: work }, { id: b, function: work }]\n");
    await world.settle();
    const stopping = world.engine.stop();
    answer({ output: "kept" });
    await world.settle();
    await stopping;
    assert.equal(world.calls.length, 1, "nothing new starts");
    await world.crash();
    await world.settle();
    assert.deepEqual(
      world.calls.map((call) => call.path),
      ["a", "b"],
    );
    assert.equal((await world.row(key)).summary.status, "completed");
  });

  test("an output that does not fit its schema, or no JSON at all, fails the step and says why", async () => {
    const world = await stage(async ({ path }) => ({ output: path === "a" ? "text" : Number.NaN }));
    const typed = await world.start("workflow: w\nsteps: [{ id: a, function: work, output: { n: number } }]\n");
    const broken = await world.start("workflow: w\nsteps: [{ id: b, function: work }]\n");
    await world.settle();
    assert.equal((await world.row(typed)).summary.error?.code, "step.output-invalid");
    assert.equal((await world.row(broken)).summary.error?.code, "function.output-invalid");
  });
});

test("a run whose journal is damaged is not driven, says so, and holds up no other", async () => {
  const world = await stage();
  const [damaged, sound] = [await world.start(gated), await world.start(gated)];
  await world.settle();
  const read = world.store.journal.read.bind(world.store.journal);
  world.store.journal.read = async function* damage(key, fromSeq) {
    for await (const segment of read(key, fromSeq)) {
      yield key.run === damaged.run ? { ...segment, events: segment.events.replace("Go?", "No?") } : segment;
    }
  };
  world.engine = await world.open();
  const refused = assert.rejects(world.engine.decide(damaged, ada, { path: "ask", outcome: "accepted" }), {
    code: "journal.damaged",
  });
  const deciding = world.engine.decide(sound, ada, { path: "ask", outcome: "accepted" });
  for (let round = 0; round < 3; round += 1) {
    await world.settle();
    world.clock.runNext(500);
  }
  await Promise.all([refused, deciding]);
  await world.settle();
  assert.equal((await world.row(sound)).summary.status, "completed");
});

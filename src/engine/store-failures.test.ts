import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ActionCall, ActionResult } from "../ports/action.ts";
import { ada, gated, stage } from "../../test/engine/stage.ts";
import { snapshotBounds } from "./snapshots.ts";

const one = "workflow: w\nsteps: [{ id: slow, function: work }]\n";

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
    await world.start(one);
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

test("a run with more events than are kept of one fails and says so, its calls are aborted, and the others go on", async () => {
  let aborted = 0;
  const work = async ({ step }: ActionCall, signal: AbortSignal): Promise<ActionResult> => {
    if (step !== "slow") return { output: null };
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error(`${(aborted += 1)}`))));
  };
  const world = await stage(work, snapshotBounds, 40);
  const many = await world.start(
    "workflow: w\ninputs: { items: [integer] }\nmode: parallel\nsteps: [{ id: slow, function: work }, { id: each, for_each: inputs.items, max_parallel: 1, function: other }]\n",
    { items: Array.from({ length: 100 }, (_, index) => index) },
  );
  const few = await world.start("workflow: w\nsteps: [{ id: a, function: other }]\n");
  await world.settle();
  const { status, error } = (await world.row(many)).summary;
  assert.deepEqual([status, error?.code, aborted], ["failed", "run.limit", 1]);
  assert.match(error?.message ?? "", /has 4\d events, which is the most that are kept of one/);
  assert.equal((await world.row(few)).summary.status, "completed");
});

test("a run that has too many events ends also where a call was interrupted and a cancel lies unread", async () => {
  const world = await stage(() => new Promise(() => undefined), snapshotBounds, 5);
  const key = await world.start(
    "workflow: w\nmode: parallel\nsteps: [{ id: slow, function: work }, { id: go, wait: { event: go } }]\n",
  );
  const told = world.engine.report(key, ada, { type: "go", data: null });
  await world.settle();
  await told;
  await world.store.journal.post(key, { kind: "cancel", body: {}, principal: ada.id, at: world.clock.now() });
  await world.crash();
  const { status, error } = (await world.row(key)).summary;
  assert.deepEqual([status, error?.code, world.calls.length], ["failed", "run.limit", 1]);
});

test("what comes to its turn while the process stops is not taken up any more", async () => {
  const world = await stage(() => new Promise(() => undefined));
  const keys = [
    await world.start(gated.replace("approve", "title: x, approve")),
    await world.start(one),
    await world.start(one),
  ];
  for (const key of keys) await world.store.journal.takeOver(key);
  const before = await Promise.all(keys.map(async (key) => (await world.row(key)).tries));
  world.store = world.store.crash();
  world.engine = await world.open();
  const stopping = world.engine.stop();
  for (let round = 0; round < 5; round += 1) {
    await world.settle();
    world.clock.runNext(10_000);
  }
  await stopping;
  await world.settle();
  const after = await Promise.all(keys.map(async (key) => (await world.store.journal.row(key))?.tries));
  assert.deepEqual([after, world.calls.length], [before, 2]);
});

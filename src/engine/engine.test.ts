import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { ada, bob, forever, gated, scope, stage, versionOf } from "../../test/engine/stage.ts";

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

  test("more runs than rest in memory may be started at once, and all are carried out", async () => {
    const { engine, settle, calls } = await stage();
    const count = 2 * limits.idleRunsMax;
    const version = versionOf("workflow: w\nsteps: [{ id: a, function: work }]\n");
    const request = { scope, principal: ada, version, input: {}, env: {} };
    const starting = Array.from({ length: count }, () => engine.start(request));
    await settle();
    const rows = await Promise.all((await Promise.all(starting)).map(({ row }) => engine.row(row.key)));
    assert.equal(calls.length, count);
    assert.equal(rows.filter(({ summary }) => summary.status === "completed").length, count);
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

  test("what falls due in a paused run, or is reached by one that is being cancelled, keeps no process awake", async () => {
    const work = Promise.withResolvers<{ readonly output: null }>();
    const world = await stage(() => work.promise);
    const waits = await world.start("workflow: w\nsteps: [{ id: pause, wait: 5s }]\n");
    const works = await world.start("workflow: w\nlimits: { runtime: 5s }\nsteps: [{ id: act, function: work }]\n");
    await world.settle();
    const requests = [world.engine.pause(waits, ada), world.engine.cancel(works, ada)];
    await world.settle();
    await Promise.all(requests);
    const end = world.clock.now() + 6000;
    let rung = 0;
    for (; world.clock.now() < end && rung < 50; rung += world.clock.runNext(end - world.clock.now()) ? 1 : 0)
      await world.settle();
    assert.ok(rung < 50, "an alarm rings again and again");
    assert.equal((await world.row(waits)).summary.status, "paused");
    assert.equal((await world.row(works)).summary.status, "running");
  });
});

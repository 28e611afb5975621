// What leaves through the door of a call: with a real engine over the memory store, and calls that are made here.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ada, scope, stage, type Stage, versionOf } from "../../test/engine/stage.ts";
import { hasCode, RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { RunEvent } from "../machine/event.ts";
import type { ActionCall, Effect, Permit } from "../ports/action.ts";
import { callOf, operationKey } from "./call-of.ts";
import { rebuild } from "./rebuild.ts";

const one = "workflow: w\nsteps: [{ id: pay, function: work }]\n";
const thrice = "workflow: w\nsteps: [{ id: pay, function: work, retry: { max: 2, backoff: fixed, delay: 1s } }]\n";
const charge: Effect = { name: "charge", class: "keyed" };

async function eventsOf(world: Stage, key: RunKey): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const segment of world.store.journal.read(key, 1))
    events.push(...(JSON.parse(segment.events) as readonly RunEvent[]));
  return events;
}

async function kindsOf(world: Stage, key: RunKey): Promise<readonly string[]> {
  return (await eventsOf(world, key)).map(({ kind }) => kind).filter((kind) => kind.startsWith("effect."));
}

/** What another attempt can help with. */
function failing(message: string): RunwrightError {
  return new RunwrightError("function.failed", message);
}

function later(world: Stage): () => Promise<void> {
  return async () => {
    world.clock.runNext(1000);
    await world.settle();
  };
}

describe("once", () => {
  test("the intent is durable before the call, and the receipt before the step has it", async () => {
    const seen: (readonly string[])[] = [];
    let world: Stage;
    let key: RunKey | undefined;
    const look = async (): Promise<void> => {
      const rows = await world.store.journal.list(scope, { limit: 1 });
      key = rows[0]?.key;
      if (key !== undefined) seen.push(await kindsOf(world, key));
    };
    world = await stage(async ({ once }) => {
      const receipt = await once(charge, async () => {
        await look();
        return { id: 7 };
      });
      await look();
      return { output: receipt };
    });
    const run = await world.start(one);
    assert.deepEqual(seen, [["effect.intended"], ["effect.intended", "effect.received"]]);
    assert.equal((await world.row(run)).summary.status, "completed");
  });

  test("a later attempt gets the receipt and calls nothing; another name, and the same a second time, are others", async () => {
    const keys: string[] = [];
    const world = await stage(async ({ once, attempt }) => {
      const call = async ({ key }: Permit): Promise<string> => {
        keys.push(key);
        return `receipt ${keys.length}`;
      };
      const given = [await once(charge, call), await once(charge, call), await once({ ...charge, name: "ship" }, call)];
      if (attempt === 1) throw failing("after all of it");
      return { output: given };
    });
    const run = await world.start(thrice);
    await later(world)();
    const [pay] = (await world.engine.view(run)).instances;
    assert.deepEqual([pay?.attempt, pay?.output], [2, ["receipt 1", "receipt 2", "receipt 3"]]);
    assert.deepEqual([keys.length, new Set(keys).size], [3, 3]);
  });

  test("an operation without a receipt is called again with its key, by the next attempt and after a crash", async () => {
    const keys: string[] = [];
    const world = await stage(async ({ once, attempt }) => {
      const receipt = await once(charge, ({ key }) => {
        keys.push(key);
        if (keys.length === 1) throw failing("the line broke");
        return keys.length === 2 ? new Promise<never>(() => undefined) : Promise.resolve(attempt);
      });
      return { output: receipt };
    });
    const run = await world.start(thrice);
    await later(world)();
    assert.equal(keys.length, 2);
    await world.crash();
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    assert.deepEqual((await world.engine.view(run)).instances[0]?.output, 2);
  });

  for (const effectClass of ["blind", "readback", "conditional"] as const) {
    test(`a ${effectClass} operation whose outcome nobody knows is not called again: people are asked`, async () => {
      let calls = 0;
      let caught = 0;
      const world = await stage(async ({ once }) => {
        const asked = once({ ...charge, class: effectClass }, () => {
          calls += 1;
          return new Promise<never>(() => undefined);
        });
        // A module that goes on all the same does not hide it.
        await asked.catch(() => (caught += 1));
        return { output: "as if nothing were" };
      });
      const run = await world.start(thrice);
      await world.crash();
      const { row, gates } = await world.engine.view(run);
      assert.deepEqual([calls, caught, row.summary.status], [1, 1, "awaiting_approval"]);
      const key = world.calls.map((call) => operationKey(call, { name: "charge", occurrence: 1 }))[0];
      const shown = gates[0]?.show as { readonly key: string } | undefined;
      assert.equal(shown?.key, key);
    });
  }

  test("what was read counts for an interrupted attempt, and is read anew by the next", async () => {
    let reads = 0;
    const seen: number[] = [];
    const world = await stage(async ({ once, attempt }) => {
      seen.push(await once({ name: "rates", class: "read" }, async () => (reads += 1)));
      if (seen.length === 1) return new Promise<never>(() => undefined);
      if (attempt === 1) throw failing("once more");
      return { output: null };
    });
    await world.start(thrice);
    await world.crash();
    await later(world)();
    assert.deepEqual([seen, reads], [[1, 1, 2], 2]);
  });

  test("an attempt that comes with other arguments is stopped, and not tried again", async () => {
    let calls = 0;
    const world = await stage(async ({ once, attempt }) => {
      const digest = String(attempt).repeat(64);
      await once({ ...charge, digest }, async () => (calls += 1));
      throw failing("after it");
    });
    const run = await world.start(thrice);
    await later(world)();
    const { summary } = await world.row(run);
    assert.deepEqual([calls, summary.error?.code, world.calls.length], [1, "effect.mismatch", 2]);
  });
});

describe("once, a cancel and a pause", () => {
  test("after an acknowledged cancel nothing begins, also when it lies unread in the inbox", async () => {
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    const world = await stage(async ({ once }) => {
      await gate.promise;
      await once(charge, async () => (calls += 1));
      return { output: null };
    });
    const run = await world.start(one);
    // Straight into the store: the driver learns of it from the refusal of its commit.
    await world.store.journal.post(run, { kind: "cancel", body: {}, principal: ada.id, at: world.clock.now() });
    gate.resolve();
    await world.settle();
    const { summary } = await world.row(run);
    assert.deepEqual([calls, summary.status, await kindsOf(world, run)], [0, "cancelled", []]);
  });

  test("while the run is paused an operation waits, and its step's time does not run", async () => {
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    const world = await stage(async ({ once }) => {
      const first = await once({ ...charge, name: "first" }, async () => null);
      await gate.promise;
      return { output: [first, await once(charge, async () => (calls += 1))] };
    });
    const run = await world.start("workflow: w\nsteps: [{ id: pay, function: work, timeout: 10s }]\n");
    const paused = world.engine.pause(run, ada);
    await world.settle();
    await paused;
    gate.resolve();
    await world.settle();
    for (let second = 0; second < 60; second += 1) await later(world)();
    assert.deepEqual([calls, (await world.row(run)).summary.counts.running], [0, 1]);
    const resumed = world.engine.resume(run, ada);
    await world.settle();
    await resumed;
    assert.deepEqual([calls, (await world.row(run)).summary.status], [1, "completed"]);
  });

  test("a pause that lies unread in the inbox holds an operation back too, also over a crash, until the run is resumed", async () => {
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    const world = await stage(async ({ once }) => {
      await gate.promise;
      return { output: await once(charge, async () => (calls += 1)) };
    });
    const run = await world.start(one);
    await world.store.journal.post(run, { kind: "pause", body: {}, principal: ada.id, at: world.clock.now() });
    gate.resolve();
    await world.settle();
    assert.deepEqual([calls, (await world.row(run)).summary.status], [0, "paused"]);
    await world.crash();
    assert.deepEqual([calls, await kindsOf(world, run)], [0, []]);
    const resumed = world.engine.resume(run, ada);
    await world.settle();
    await resumed;
    assert.deepEqual([calls, (await world.row(run)).summary.status], [1, "completed"]);
  });

  test("a receipt that comes after the time is over is kept, and the next attempt has it", async () => {
    const remote = Promise.withResolvers<string>();
    let calls = 0;
    const world = await stage(async ({ once, attempt }, signal) => {
      const asked = once(charge, () => {
        calls += 1;
        return remote.promise;
      });
      if (attempt > 1) return { output: await asked };
      asked.catch(() => undefined);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    });
    const run = await world.start(thrice.replace("function: work", "function: work, timeout: 10s"));
    world.clock.runNext(10_000);
    await world.settle();
    remote.resolve("late");
    await world.settle();
    assert.deepEqual(await kindsOf(world, run), ["effect.intended", "effect.received"]);
    await later(world)();
    assert.deepEqual([calls, (await world.engine.view(run)).instances[0]?.output], [1, "late"]);
  });

  test("a receipt that comes after the cancel is kept where the run is open", async () => {
    const remote = Promise.withResolvers<string>();
    const world = await stage(async ({ once, step }, signal) => {
      if (step === "pay") void once(charge, () => remote.promise).catch(() => undefined);
      return new Promise((_, reject) => {
        if (step === "pay") signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
    });
    const run = await world.start(
      "workflow: w\nmode: parallel\nsteps: [{ id: pay, function: work }, { id: slow, function: other }]\n",
    );
    const cancelled = world.engine.cancel(run, ada);
    await world.settle();
    await cancelled;
    remote.resolve("late");
    await world.settle();
    const events = (await eventsOf(world, run)).map(({ kind }) => kind);
    assert.ok(events.indexOf("effect.received") > events.indexOf("step.cancelled"), events.join());
    world.clock.runNext(60_000);
    await world.settle();
    assert.equal((await world.row(run)).summary.status, "cancelled");
  });
});

describe("the bounds of once", () => {
  async function failsWith(work: (call: ActionCall) => Promise<unknown>): Promise<{ code?: string; message: string }> {
    const world = await stage(async (call) => {
      await work(call);
      return { output: null };
    });
    const run = await world.start(one);
    return (await world.row(run)).summary.error ?? { message: "" };
  }

  test("a step has a bounded number of operations", async () => {
    let calls = 0;
    const { code, message } = await failsWith(async ({ once }) => {
      for (let count = 0; count <= limits.operationsMax; count += 1) await once(charge, async () => (calls += 1));
    });
    assert.deepEqual([code, calls], ["effect.too-many", limits.operationsMax]);
    assert.match(message, /has 1000 operations, which is the most/);
  });

  test("a bounded number of them is under way at once, and they are counted in the order in which they are asked for", async () => {
    const order: string[] = [];
    const some = (many: number) => (call: ActionCall) =>
      Promise.all(
        Array.from({ length: many }, (_, index) =>
          call.once(charge, async ({ key }) => {
            const operation = { name: "charge", occurrence: index + 1 };
            order.push(key === operationKey(call, operation) ? "same" : "other");
            return null;
          }),
        ),
      );
    assert.equal((await failsWith(some(limits.operationsAtOnceMax))).code, undefined);
    assert.deepEqual([order.length, new Set(order)], [limits.operationsAtOnceMax, new Set(["same"])]);
    assert.equal((await failsWith(some(limits.operationsAtOnceMax + 1))).code, "effect.too-parallel");
  });

  test("names and classes are ours, and a receipt is JSON of a size that can be kept", async () => {
    const none = async (): Promise<null> => null;
    for (const name of ["", "a".repeat(101), "a#2", "a\nb"])
      assert.equal((await failsWith(({ once }) => once({ ...charge, name }, none))).code, "effect.invalid", name);
    const odd = { name: "charge", class: "risky" } as unknown as Effect;
    assert.match(
      (await failsWith(({ once }) => once(odd, none))).message,
      /class "risky"; expected one of read, keyed/,
    );
    const date = (await failsWith(({ once }) => once(charge, async () => new Date(0) as unknown as null))).code;
    assert.equal(date, "effect.receipt-invalid");
    const large = await failsWith(({ once }) => once(charge, async () => "x".repeat(limits.valueBytesMax)));
    assert.equal(large.code, "step.value-too-large");
    const fits = await failsWith(({ once }) => once(charge, async () => "x".repeat(limits.valueBytesMax - 1000)));
    assert.equal(fits.code, undefined);
  });
});

describe("what once costs and keeps", () => {
  test("operations of one turn share a commit, and a step without any has no commit more", async () => {
    const commits = async (many: number): Promise<number> => {
      const world = await stage(async ({ once }) => {
        await Promise.all(Array.from({ length: many }, () => once(charge, async () => null)));
        return { output: null };
      });
      const run = await world.start(one);
      let segments = 0;
      for await (const _segment of world.store.journal.read(run, 1)) segments += 1;
      return segments;
    };
    assert.deepEqual([await commits(0), await commits(1), await commits(50)], [2, 4, 4]);
  });

  test("the key is that of the step with the operation in it: the same where a run inherits the effect root, another elsewhere", async () => {
    const world = await stage(async ({ once }) => ({ output: await once(charge, async ({ key }) => key) }));
    const run = await world.start(one);
    const { plan } = versionOf(one);
    const { state } = await rebuild(world.store.journal, run, plan);
    const pay = state.instances.get("pay");
    const created = state.created;
    assert.ok(pay !== undefined && created !== undefined);
    const charged = { name: "charge", occurrence: 1 };
    const keyIn = (name: string, effectRoot: string): string =>
      operationKey(
        callOf({ key: { ...run, run: name }, version: {} }, { ...state, created: { ...created, effectRoot } }, pay),
        charged,
      );
    assert.equal(pay.output, keyIn("another run", run.run));
    assert.notEqual(pay.output, keyIn(run.run, "another root"));
    const call = callOf({ key: run, version: {} }, state, pay);
    const others = [
      { ...charged, occurrence: 2 },
      { ...charged, name: "ship" },
      { ...charged, digest: "0".repeat(64) },
    ];
    assert.equal(new Set([call.idempotencyKey, pay.output, ...others.map((each) => operationKey(call, each))]).size, 5);
  });

  test("a process that stops begins nothing, and records what comes back", async () => {
    const remote = Promise.withResolvers<string>();
    let begun = 0;
    const world = await stage(async ({ once }) => {
      const receipt = await once(charge, () => remote.promise);
      await once(charge, async () => (begun += 1));
      return { output: receipt };
    });
    const run = await world.start(one);
    const stopping = world.engine.stop();
    remote.resolve("in time");
    await world.settle();
    while (world.clock.runNext(10_000)) await world.settle();
    await stopping;
    assert.deepEqual([begun, await kindsOf(world, run)], [0, ["effect.intended", "effect.received"]]);
    await world.crash();
    assert.deepEqual([begun, (await world.row(run)).summary.status], [1, "completed"]);
  });

  test("a full disk holds a receipt up and does not lose it", async () => {
    let calls = 0;
    let errors = 0;
    const world = await stage(async ({ once }) => {
      const asked = once(charge, async () => {
        world.fault = "full";
        calls += 1;
        return "kept";
      });
      asked.catch((error: unknown) => (errors += hasCode(error, "call.aborted") ? 1 : 100));
      return { output: await asked };
    });
    const run = await world.start(one);
    world.fault = "none";
    for (let round = 0; round < 5; round += 1) await later(world)();
    assert.deepEqual([calls, errors, (await world.row(run)).summary.status], [1, 0, "completed"]);
  });
});

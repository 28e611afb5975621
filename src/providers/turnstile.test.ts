import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { providerLimits } from "./limits.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";

const never = new AbortController().signal;

/** Lets calls in and tells who is inside. */
function watch(turnstile: Turnstile): {
  readonly begun: string[];
  readonly call: (name: string, signal?: AbortSignal) => Promise<Disposable>;
} {
  const begun: string[] = [];
  return {
    begun,
    async call(name, signal = never) {
      const place = await turnstile.enter(signal);
      begun.push(name);
      return place;
    },
  };
}

test("so many calls at once, and the others in the order in which they came", async () => {
  const clock = createManualClock(0);
  const { begun, call } = watch(createTurnstile("openai", { concurrent: 2, perMinute: undefined }, clock));
  const first = await call("a");
  const second = await call("b");
  const others = [call("c"), call("d")];
  await setImmediate();
  assert.deepEqual(begun, ["a", "b"]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await setImmediate();
  assert.deepEqual(begun, ["a", "b", "c"], "a place that is given back twice is one place");
  second[Symbol.dispose]();
  await Promise.all(others);
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

test("in no minute more calls begin than are allowed", async () => {
  const clock = createManualClock(0);
  const { begun, call } = watch(createTurnstile("openai", { concurrent: 100, perMinute: 2 }, clock));
  (await call("a"))[Symbol.dispose]();
  clock.jump(30_000);
  (await call("b"))[Symbol.dispose]();
  const waiting = [call("c"), call("d")];
  await setImmediate();
  assert.deepEqual(begun, ["a", "b"]);
  assert.ok(clock.runNext(30_000), "the minute of the first call is over");
  await setImmediate();
  assert.deepEqual(begun, ["a", "b", "c"]);
  assert.ok(clock.runNext(30_000));
  await Promise.all(waiting);
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

test("a call that waits can be called off, and leaves its place in the line to the next", async () => {
  const clock = createManualClock(0);
  const { begun, call } = watch(createTurnstile("openai", { concurrent: 1, perMinute: undefined }, clock));
  const first = await call("a");
  const controller = new AbortController();
  const second = call("b", controller.signal);
  const third = call("c");
  controller.abort();
  await assert.rejects(second, (error) => hasCode(error, "call.aborted"));
  first[Symbol.dispose]();
  await third;
  assert.deepEqual(begun, ["a", "c"]);
  await assert.rejects(call("d", AbortSignal.abort()), (error) => hasCode(error, "call.aborted"));
});

test("nobody waits for ever, and the line is not endless", async () => {
  const clock = createManualClock(0);
  const { begun, call } = watch(createTurnstile("openai", { concurrent: 1, perMinute: undefined }, clock));
  await call("a");
  const waiting = Array.from({ length: providerLimits.waitingMax }, (_, index) => call(`w${index}`));
  const refused = (error: unknown): boolean => hasCode(error, "model.rate-limited");
  await assert.rejects(call("too many"), refused);
  while (clock.runNext(providerLimits.waitMsMax));
  for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, "rejected");
  assert.deepEqual(begun, ["a"]);
  assert.equal(clock.pending, 0);
});

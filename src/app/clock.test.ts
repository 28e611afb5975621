import assert from "node:assert/strict";
import { test } from "node:test";
import { createRealClock } from "./clock.ts";

test("a wait that is longer than a timer of the platform holds does not fire at once", async () => {
  const clock = createRealClock();
  let fired = false;
  using _timer = clock.after(2 ** 40, () => {
    fired = true;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  using _other = clock.after(20, resolve);
  await promise;
  assert.equal(fired, false);
});

test("a wait that was called off does not fire", async () => {
  const clock = createRealClock();
  let fired = false;
  const wait = clock.after(0, () => {
    fired = true;
  });
  wait[Symbol.dispose]();
  await new Promise<void>((resolve) => void clock.after(5, resolve));
  assert.equal(fired, false);
});

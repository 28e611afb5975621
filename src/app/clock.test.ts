import assert from "node:assert/strict";
import { mock, test } from "node:test";
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

/** Clocks that are set by hand. */
function byHand(): {
  wall: number;
  counted: number;
  slept: number;
  readonly clock: ReturnType<typeof createRealClock>;
} {
  const hand = { wall: 1_000_000_000, counted: 0, slept: 500_000 };
  const clock = createRealClock({ wall: () => hand.wall, counted: () => hand.counted, slept: () => hand.slept });
  return Object.assign(hand, { clock });
}

const hourMs = 3_600_000;

function pass(hand: { wall: number; counted: number; slept: number }, ms: number): void {
  hand.wall += ms;
  hand.counted += ms;
  hand.slept += ms;
}

test("engine time goes on when the wall clock is set back", () => {
  const hand = byHand();
  pass(hand, 1000);
  hand.wall -= 5 * hourMs;
  assert.equal(hand.clock.now(), 1_000_001_000);
  pass(hand, 1000);
  assert.equal(hand.clock.now(), 1_000_002_000);
});

test("the wall clock moves engine time forward by an hour at once, no more", () => {
  const hand = byHand();
  hand.wall += hourMs - 1;
  assert.equal(hand.clock.now(), 1_000_000_000 + hourMs - 1);
  hand.wall += 3 * hourMs;
  assert.equal(hand.clock.now(), 1_000_000_000 + hourMs - 1, "three hours are not followed");
});

test("the hours in which the machine slept have passed", () => {
  const hand = byHand();
  pass(hand, 1000);
  hand.wall += 9 * hourMs;
  hand.slept += 9 * hourMs;
  assert.equal(hand.clock.now(), 1_000_001_000 + 9 * hourMs);
  hand.wall += 2 * hourMs;
  assert.equal(hand.clock.now(), 1_000_001_000 + 9 * hourMs, "a sleep explains no more than its own length");
});

test("a wait that was slept through is over within a minute of waking; one that was not slept through is not", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const hand = byHand();
    let fired = 0;
    using _timer = hand.clock.after(2 * hourMs, () => (fired += 1));
    pass(hand, 60_000);
    mock.timers.tick(60_000);
    assert.equal(fired, 0);
    hand.wall += 9 * hourMs;
    hand.slept += 9 * hourMs;
    pass(hand, 60_000);
    mock.timers.tick(60_000);
    mock.timers.tick(1);
    assert.equal(fired, 1);

    hand.wall += 9 * hourMs;
    hand.slept += 9 * hourMs;
    using _after = hand.clock.after(2 * hourMs, () => (fired += 1));
    pass(hand, 60_000);
    mock.timers.tick(60_000);
    mock.timers.tick(60_000);
    assert.equal(fired, 1, "a wait that begins right after the machine woke has not been slept through");
  } finally {
    mock.timers.reset();
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, type RunwrightError } from "../base/error.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { providerLimits } from "./limits.ts";

const { circuitFailures, circuitWindowMs, circuitOpenMs } = providerLimits;

function world(): { readonly clock: ManualClock; readonly circuit: Circuit; readonly fail: (times: number) => void } {
  const clock = createManualClock(0);
  const circuit = createCircuit("openai", clock);
  return {
    clock,
    circuit,
    fail(times) {
      for (let n = 0; n < times; n += 1) circuit.enter()("failed");
    },
  };
}

function refusal(circuit: Circuit): RunwrightError | undefined {
  try {
    circuit.look();
    return undefined;
  } catch (error) {
    assert.ok(hasCode(error, "model.unavailable"));
    return error;
  }
}

test("a provider that fails often is left alone, with when to come back", () => {
  const { circuit, fail } = world();
  fail(circuitFailures - 1);
  assert.equal(refusal(circuit), undefined);
  fail(1);
  assert.equal(refusal(circuit)?.retryAfterMs, circuitOpenMs);
  assert.match(refusal(circuit)?.message ?? "", /'openai' failed 5 times in a row within 1m and is left alone/);
});

test("failures that lie far apart, or have answers between them, do not count together", () => {
  const apart = world();
  apart.fail(circuitFailures - 1);
  apart.clock.runNext(circuitWindowMs);
  apart.fail(1);
  assert.equal(refusal(apart.circuit), undefined);

  const between = world();
  between.fail(circuitFailures - 1);
  between.circuit.enter()("answered");
  between.fail(circuitFailures - 1);
  assert.equal(refusal(between.circuit), undefined);
});

test("after a while one call tries: when it is answered all go again, when it fails the wait begins anew", () => {
  const { clock, circuit, fail } = world();
  fail(circuitFailures);
  clock.runNext(circuitOpenMs);
  const probe = circuit.enter();
  assert.ok((refusal(circuit)?.retryAfterMs ?? 0) > 0, "no second call beside the one that tries");
  probe("failed");
  assert.equal(refusal(circuit)?.retryAfterMs, circuitOpenMs);

  clock.runNext(circuitOpenMs);
  circuit.enter()("answered");
  assert.equal(refusal(circuit), undefined);
  fail(circuitFailures - 1);
  assert.equal(refusal(circuit), undefined);
});

test("a try that was called off lets the next one try", () => {
  const { clock, circuit, fail } = world();
  fail(circuitFailures);
  clock.runNext(circuitOpenMs);
  circuit.enter()("unknown");
  assert.equal(refusal(circuit), undefined);
  circuit.enter()("answered");
  fail(1);
  assert.equal(refusal(circuit), undefined);
});

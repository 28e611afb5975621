import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { planOf } from "../../test/machine/play.ts";
import { LinkedSet } from "./linked-set.ts";
import { emptyState } from "./state.ts";

const changes = fc.array(fc.tuple(fc.constantFrom("add", "delete", "clear"), fc.nat(9)), { size: "+1" });

test("a linked set is a set: the same values in the same order after any changes", () => {
  const property = fc.property(changes, (steps) => {
    const [linked, plain] = [new LinkedSet<number>(), new Set<number>()];
    for (const [change, value] of steps) {
      const [ours, theirs] = [linked, plain].map((set) => (change === "clear" ? set.clear() : set[change](value)));
      if (change === "delete") assert.equal(ours, theirs);
      assert.deepEqual([...linked], [...plain]);
      assert.deepEqual([...linked.entries()], [...plain.entries()]);
      assert.deepEqual([linked.size, linked.has(value)], [plain.size, plain.has(value)]);
    }
    assert.deepEqual(new Set(linked), plain);
  });
  fc.assert(property, { numRuns: 500 });
});

test("what is taken out or added during a walk is passed over or reached, as in a set", () => {
  const walked = [new LinkedSet<number>(), new Set<number>()].map((set) => {
    for (const value of [1, 2, 3, 4]) set.add(value);
    const seen: number[] = [];
    for (const value of set) {
      seen.push(value);
      if (value === 1) for (const gone of [1, 2, 3]) set.delete(gone);
      if (value === 4 && seen.length < 4) set.add(2);
    }
    return seen;
  });
  assert.deepEqual(walked[0], [1, 4, 2]);
  assert.deepEqual(walked[0], walked[1]);
});

test("the steps that are ready stand in one: a run looks at the first of them after every event", () => {
  const plan = planOf("workflow: w\nsteps: [{ id: a, function: work }]\n");
  assert.ok(emptyState(plan).ready instanceof LinkedSet);
});

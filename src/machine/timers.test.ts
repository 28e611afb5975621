import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Due, Timers } from "./timers.ts";

test("timers agree with a sorted list, whatever is added and removed", () => {
  const operations = fc.array(fc.record({ dueAt: fc.nat(50), removes: fc.option(fc.nat(30)), look: fc.nat(50) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(operations, (list) => {
      const timers = new Timers<Due>();
      let model: Due[] = [];
      for (const [order, { dueAt, removes, look }] of list.entries()) {
        const timer = { dueAt, order };
        timers.add(timer);
        model = [...model, timer].toSorted((left, right) => left.dueAt - right.dueAt || left.order - right.order);
        const gone = removes === null ? undefined : model[removes];
        if (gone !== undefined) {
          timers.remove(gone);
          timers.remove(gone);
          model = model.filter((each) => each !== gone);
        }
        assert.deepEqual(timers.first(), model[0]);
        assert.equal(timers.size, model.length);
        assert.deepEqual(
          timers.due(look),
          model.filter((each) => each.dueAt <= look),
        );
      }
    }),
    { numRuns: 500 },
  );
});

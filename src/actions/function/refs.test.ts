import assert from "node:assert/strict";
import { test } from "node:test";
import { lookUp } from "./refs.ts";

const outputs = {
  plan: { "create-app-plan": { title: "Plan", items: [{ id: 1 }, { id: 2 }], none: null } },
  get_issues: [10, 20],
};

test("a reference reaches a step, an action of it, and into values", () => {
  assert.deepEqual(lookUp(outputs, "#plan.create-app-plan.title"), { value: "Plan" });
  assert.deepEqual(lookUp(outputs, "plan.create-app-plan", "items[1].id"), { value: 2 });
  assert.deepEqual(lookUp(outputs, "plan", "create-app-plan.items.0.id"), { value: 1 });
  assert.deepEqual(lookUp(outputs, "plan.create-app-plan.none"), { value: null });
  assert.deepEqual(lookUp(outputs, "#get_issues"), { value: [10, 20] });
});

test("in ids - and _ are the same", () => {
  assert.deepEqual(lookUp(outputs, "#get-issues"), { value: [10, 20] });
  assert.deepEqual(lookUp(outputs, "plan.create_app_plan.title"), { value: "Plan" });
});

test("what is missing is named, with what there is", () => {
  assert.deepEqual(lookUp(outputs, "#plans"), {
    missing: "There is no '#plans'. No finished step 'plans'; seen from here: plan, get_issues.",
  });
  assert.deepEqual(lookUp(outputs, "plan.create-app-plan", "titel"), {
    missing:
      "There is no 'titel' of 'plan.create-app-plan'. 'plan.create-app-plan' has no 'titel'; it has: title, items, none.",
  });
  assert.deepEqual(lookUp(outputs, "get_issues[2]"), {
    missing: "There is no 'get_issues[2]'. 'get_issues' has no '2'; it is a list of 2.",
  });
  assert.deepEqual(lookUp({}, "a"), { missing: "There is no 'a'. No finished step 'a'; none can be seen from here." });
  assert.deepEqual(lookUp(outputs, "#"), { missing: "'#' names no step." });
});

test("nothing is read from prototypes", () => {
  for (const name of ["constructor", "__proto__", "toString", "plan.length", "get_issues.length"]) {
    assert.ok("missing" in lookUp(outputs, name), name);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsColour } from "./output.ts";

const terminal = { isTTY: true };
const pipe = {};

test("colour is for terminals, unless the environment says otherwise", () => {
  assert.equal(wantsColour(terminal, {}), true);
  assert.equal(wantsColour(pipe, {}), false);
  assert.equal(wantsColour(terminal, { TERM: "dumb" }), false);
  assert.equal(wantsColour(terminal, { NO_COLOR: "1" }), false);
  assert.equal(wantsColour(terminal, { NO_COLOR: "" }), true, "empty is not set");
  assert.equal(wantsColour(pipe, { FORCE_COLOR: "1" }), true);
  assert.equal(wantsColour(pipe, { FORCE_COLOR: "" }), true);
  assert.equal(wantsColour(terminal, { FORCE_COLOR: "0" }), false);
  assert.equal(wantsColour(terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }), false);
});

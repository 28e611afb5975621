import assert from "node:assert/strict";
import { test } from "node:test";
import { namesFor, type ToolNames } from "./tool-names.ts";

function namesOf(...names: readonly string[]): ToolNames {
  return namesFor({ tools: names.map((name) => ({ name, description: "", input: {} })), messages: [] });
}

test("a name goes out as providers take it and comes back as the file has it", () => {
  const names = namesOf("helpdesk.update_ticket", "plain", "größe.ändern", "3d.print");
  assert.equal(names.toWire("helpdesk.update_ticket"), "helpdesk_update_ticket");
  for (const name of ["helpdesk.update_ticket", "plain", "größe.ändern", "3d.print"]) {
    assert.match(names.toWire(name), /^[a-zA-Z_][\w-]{0,63}$/);
    assert.equal(names.fromWire(names.toWire(name)), name);
  }
});

test("names that would become one stay apart, whatever they are and however long", () => {
  const long = "x".repeat(80);
  const all = ["a.b", "a_b", "a/b", "a_b_2", `${long}1`, `${long}2`, long];
  const names = namesOf(...all);
  assert.equal(new Set(all.map(names.toWire)).size, all.length);
  assert.deepEqual(
    all.map((name) => names.fromWire(names.toWire(name))),
    all,
  );
  assert.ok(all.every((name) => names.toWire(name).length <= 64));
});

test("a name that nobody offered comes back as it is", () => {
  const names = namesOf("helpdesk.update_ticket");
  assert.equal(names.fromWire("helpdesk_delete_ticket"), "helpdesk_delete_ticket");
  assert.equal(names.fromWire("constructor"), "constructor");
});

test("names of a conversation that are no longer offered are kept apart, too", () => {
  const names = namesFor({
    tools: [{ name: "a.b", description: "", input: {} }],
    messages: [
      { role: "assistant", text: "", calls: [{ id: "1", name: "a_b", input: {} }] },
      { role: "tool", id: "1", name: "a_b", output: null },
    ],
  });
  assert.notEqual(names.toWire("a.b"), names.toWire("a_b"));
});

test("ten thousand names that would become one take no time", () => {
  const all = Array.from({ length: 10_000 }, (_, index) => `a${String.fromCodePoint(0x4e00 + index)}`);
  const names = namesOf(...all);
  assert.equal(new Set(all.map(names.toWire)).size, all.length);
});

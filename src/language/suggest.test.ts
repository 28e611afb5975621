import assert from "node:assert/strict";
import { test } from "node:test";
import { suggest } from "./suggest.ts";

test("a slip of the finger finds the word that was meant", () => {
  assert.equal(suggest("clasify", ["review", "classify"]), "classify");
  assert.equal(suggest("reviw", ["review", "write"]), "review");
  assert.equal(suggest("fats", ["deep", "fast"]), "fast");
  assert.equal(suggest("retyr", ["stop", "continue", "retry"]), "retry");
  assert.equal(suggest("OUTPUT", ["input", "output"]), "output");
  assert.equal(suggest("helpdesk.update_tickets", ["helpdesk.update_ticket"]), "helpdesk.update_ticket");
});

test("a word that is not near enough finds nothing", () => {
  assert.equal(suggest("lenght", ["size", "json", "first", "lower"]), undefined);
  assert.equal(suggest("ab", ["ac", "b"]), undefined);
  assert.equal(suggest("x".repeat(100), ["x".repeat(99)]), undefined);
  assert.equal(suggest("same", ["same"]), undefined);
});

test("the nearest word wins, the first of equals", () => {
  assert.equal(suggest("notes", ["votes", "note"]), "votes");
  assert.equal(suggest("subjct", ["subject", "object"]), "subject");
});

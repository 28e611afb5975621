import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, fit, widthOf } from "./width.ts";

test("wide characters take two cells, marks none", () => {
  assert.equal(widthOf("abc"), 3);
  assert.equal(widthOf("東京"), 4);
  assert.equal(widthOf("한국"), 4);
  assert.equal(widthOf("👍"), 2);
  assert.equal(widthOf("👩‍👩‍👧"), 2);
  assert.equal(widthOf("e\u0301"), 1);
  assert.equal(widthOf("Ａ"), 2);
});

test("a cut text never takes more cells than there are", () => {
  for (const text of ["documentation", "東京都庁舎", "a東b京c", "👍👍👍👍"]) {
    for (let cells = 0; cells < 14; cells += 1) {
      assert.ok(widthOf(cut(text, cells)) <= cells);
      assert.equal(widthOf(fit(text, cells)), cells);
    }
  }
});

test("what fits is not cut", () => {
  assert.equal(cut("東京", 4), "東京");
  assert.equal(cut("documentation", 5), "docu…");
});

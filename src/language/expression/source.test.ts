import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceOf } from "./source.ts";
import type { Syntax } from "./syntax.ts";

/** The source of the part between these two places of a text, which are written as `<` and `>`. */
function sourceIn(marked: string): string {
  const start = marked.indexOf("<");
  const end = marked.indexOf(">") - 1;
  return sourceOf(marked.replace(/[<>]/g, ""), { kind: "literal", value: null, start, end } satisfies Syntax);
}

test("a part takes back the brackets that its own parts need, and no others", () => {
  assert.equal(sourceIn("x * <a + b>"), "a + b");
  assert.equal(sourceIn("(<a + b) * c>"), "(a + b) * c");
  assert.equal(sourceIn("x + ((<a + b) * c)>"), "((a + b) * c)");
  assert.equal(sourceIn("<c * (a + b>) + d"), "c * (a + b)");
  assert.equal(sourceIn("<c * (d * (a + b>)) + e"), "c * (d * (a + b))");
  assert.equal(sourceIn("(<a + b>)"), "a + b");
});

test("a bracket in a text is none", () => {
  assert.equal(sourceIn('(<a + ")">)'), 'a + ")"');
  assert.equal(sourceIn("(<a + '\\'('>)"), "a + '\\'('");
});

test("a part whose brackets have no partner is given as it stands", () => {
  assert.equal(sourceIn("<a)> + b"), "a)");
  assert.equal(sourceIn("a + <(b>"), "(b");
});

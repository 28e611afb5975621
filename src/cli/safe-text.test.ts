import assert from "node:assert/strict";
import { test } from "node:test";
import { safeJson, safeLine, safeText } from "./safe-text.ts";
import { showValue } from "./show-value.ts";
import { shownPath } from "./words.ts";

/** What has been used against terminals and readers: each must come out without anything that a terminal obeys. */
const corpus: readonly string[] = [
  "\u001b[31mred\u001b[0m",
  "\u001b]0;a new title\u0007",
  "\u001b]8;;https://example.org\u001b\\a link\u001b]8;;\u001b\\",
  "\u001b]52;c;Y2xpcGJvYXJk\u0007",
  "\u001bP+q544e\u001b\\",
  "\u009b2J\u009b1;1H",
  "\u001b[2K\rsucceeded",
  "fine\u0008\u0008\u0008\u0008bad!",
  "a\u001bcb",
  "\u001b",
  "\u001b[",
  "\u001b]0;never closed",
  "abc\u202etxt.exe",
  "\u2066hidden\u2069 \u200fmarks\u200e \u061c",
  "line\u2028separator\u2029paragraph",
  "\ufefftag\u{e0041}\u{e0042}",
  "nul\u0000 del\u007f c1\u0085",
];
// eslint-disable-next-line no-control-regex -- finding them is its purpose
const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

test("nothing that a terminal obeys gets through", () => {
  for (const text of corpus) {
    for (const shown of [
      safeText(text),
      safeLine(text),
      ...showValue({ [text]: text, list: [text] }),
      shownPath(`a[${encodeURIComponent(text)}]`),
    ]) {
      assert.doesNotMatch(shown, obeyed, JSON.stringify(text));
    }
  }
});

test("control: the corpus holds what is looked for", () => {
  assert.ok(corpus.every((text) => obeyed.test(text)));
});

test("what people write stays as it is", () => {
  for (const text of ["plain", "Zürich – 東京 ☕️", "👩‍👩‍👧 family", "שלום", "a\nb", "100 %"])
    assert.equal(safeText(text), text);
});

test("JSON keeps its value and holds no raw character of the kind", () => {
  for (const text of corpus) {
    const json = safeJson({ text }, 2);
    assert.doesNotMatch(json, obeyed);
    assert.deepEqual(JSON.parse(json), { text });
  }
});

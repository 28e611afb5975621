import assert from "node:assert/strict";
import { test } from "node:test";
import { textPattern } from "./text-pattern.ts";

/** What the pattern means, said in the plainest way: slow, and right. */
function naive(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern;
  if (pattern === "") return text === "";
  if (first === "*") return naive(rest.join(""), text) || (text !== "" && naive(pattern, text.slice(1)));
  return text.startsWith(first) && naive(rest.join(""), text.slice(1));
}

function words(alphabet: string, lengthMax: number): readonly string[] {
  let longest = [""];
  const all = [""];
  for (let length = 1; length <= lengthMax; length += 1) {
    longest = longest.flatMap((word) => alphabet.split("").map((char) => word + char));
    all.push(...longest);
  }
  return all;
}

test("every short pattern fits exactly the short texts that it should", () => {
  const texts = words("ab/", 5);
  let fitting = 0;
  for (const pattern of words("ab*", 5)) {
    const fits = textPattern(pattern);
    for (const text of texts) {
      assert.equal(fits(text), naive(pattern, text), `${pattern} against ${text}`);
      if (fits(text)) fitting += 1;
    }
  }
  assert.ok(fitting > 5000, "control: many of them fit");
});

test("all characters but * stand for themselves", () => {
  for (const char of [".", "?", "[", "]", "\\", "$", "^", "(", "+", "{", "|", "/", "%", "é", "İ"]) {
    assert.ok(textPattern(`a${char}b`)(`a${char}b`));
    assert.ok(!textPattern(`a${char}b`)("axb"), char);
    assert.ok(!textPattern(`a${char}*`)("axb"), char);
  }
  assert.ok(!textPattern("zendesk@*")("Zendesk@3.2.0/get"), "case counts");
  assert.ok(!textPattern("é")("e\u0301"), "and so does how a letter is made up");
  assert.ok(textPattern("a*")("a\nb"), "an end of line is a character like any other");
});

test("a pattern of many stars looks at a long text a bounded number of times", () => {
  const pattern = `${"a*".repeat(400)}b`;
  assert.ok(!textPattern(pattern)("a".repeat(1000)));
  assert.ok(textPattern(pattern)(`${"a".repeat(1000)}b`));
});

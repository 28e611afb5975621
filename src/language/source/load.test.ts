import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../diagnostic.ts";
import { createProblems } from "../problems.ts";
import { loadSource } from "./load.ts";
import { pathAt, type SourceNode, toJson } from "./tree.ts";

interface Loaded {
  readonly root: SourceNode | undefined;
  readonly found: readonly Diagnostic[];
}

function load(text: string, file = "a.workflow.yml"): Loaded {
  const problems = createProblems(text);
  const root = loadSource({ file, text }, problems);
  return { root, found: problems.inOrder((offset) => pathAt(root, offset)) };
}

function messagesOf(text: string, file?: string): readonly string[] {
  return load(text, file).found.map(({ code, message }) => `${code} ${message}`);
}

function valueOf(text: string, file?: string): unknown {
  const { root, found } = load(text, file);
  assert.deepEqual(found, []);
  return root === undefined ? undefined : toJson(root);
}

/** Every key and scalar of a tree as it stands in the file. */
function placesIn(node: SourceNode | undefined, text: string): readonly string[] {
  if (node === undefined) return [];
  if (node.kind === "scalar") return [text.slice(node.range.start, node.range.end)];
  if (node.kind === "list") return node.items.flatMap((item) => placesIn(item, text));
  return node.entries.flatMap(({ keyRange, value }) => [
    text.slice(keyRange.start, keyRange.end),
    ...placesIn(value, text),
  ]);
}

test("YAML is read as YAML 1.2: yes, on and 012 are what they look like", () => {
  assert.deepEqual(valueOf("a: yes\nb: on\nc: 012\nd: 0x1f\ne: ~\nf: 1e3\ng: 2030-01-01\n"), {
    a: "yes",
    b: "on",
    c: 12,
    d: 31,
    e: null,
    f: 1000,
    g: "2030-01-01",
  });
});

test("a JSON file is the same document", () => {
  const text = '{"a": [1, 2.5, true, null],\n\t"b": {"c": "x\\/y \\ud83d\\ude00"}}';
  assert.deepEqual(valueOf(text, "a.json"), JSON.parse(text));
  assert.deepEqual(valueOf(text), JSON.parse(text));
});

test("a JSON file keeps to JSON", () => {
  assert.deepEqual(messagesOf('{"a": 1 "b": 2}', "a.json"), ["E001 '\"' is not expected here in JSON"]);
  assert.deepEqual(messagesOf('{"a": 1,}', "a.json"), ["E001 '}' is not expected here in JSON"]);
  assert.deepEqual(messagesOf('{"a": 1', "a.json"), ["E001 this JSON ends too early"]);
});

test("every key and value knows its place", () => {
  const text = "steps:\n  - id: a\n    with: { n: 'it''s' }\n";
  const { root } = load(text);
  assert.deepEqual(placesIn(root, text), ["steps", "id", "a", "with", "n", "'it''s'"]);
  assert.equal(pathAt(root, text.lastIndexOf("it")), "steps[0].with.n");
  assert.equal(pathAt(root, text.indexOf("id")), "steps[0].id");
});

test("aliases are put in, up to 32 of them", () => {
  assert.deepEqual(valueOf("a: &x [1, { b: 2 }]\nc: *x\n"), { a: [1, { b: 2 }], c: [1, { b: 2 }] });
  const many = (count: number) => `a: &x 1\nb: [${Array(count).fill("*x").join(", ")}]\n`;
  assert.deepEqual(messagesOf(many(32)), []);
  assert.deepEqual(messagesOf(many(33)), ["E001 this file has more than 32 aliases"]);
});

test("an alias inside what it names is refused", () => {
  assert.deepEqual(messagesOf("a: &x [*x]\n"), ["E001 alias '*x' stands inside what it names"]);
  assert.deepEqual(messagesOf("a: &x { b: { c: *x } }\n"), ["E001 alias '*x' stands inside what it names"]);
});

test("a syntax error is said once, and in words that mend it", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a: b: c", "a value that holds ': ' must be quoted, or stand on a line of its own"],
    ["a: @x", "a value cannot begin with '@' unquoted"],
    ["a:\n\t- b", "a tab cannot indent YAML"],
    ["a: [1, 2", "this has no closing ']'"],
    ['a: "x', 'this text has no closing "'],
    ['a: "\\d"', "invalid escape sequence \\d in a double-quoted text"],
    ["a: }", "this '}' closes nothing"],
    ["a: - b", "a list begins on the line below its key"],
    ["- a\nb: 1", "this line does not belong to what stands above it"],
    ["a\nb: 1", "a key needs ':' and a value"],
    ["a: 1\n---\nb: 2", "a file holds one document, but a second one begins here"],
    ["a: 1\n...\nb: 2", "a file holds one document, but a second one begins here"],
    ["%YAML 1.1\n---\na: yes", "directives such as %YAML are not allowed"],
    ["a: .nan", "'.nan' is not a number that JSON can hold"],
    ["a: 12345678901234567890", "12345678901234567890 is too large to be held exactly"],
    ["? [a]\n: b", "a key is a plain text"],
    ['a: "\\ud800"', "this text holds half a character"],
    ["a: x\ud800y", "this is half a character (U+D800)"],
    ["a: \u0007", "this control character (U+0007) is not allowed"],
  ];
  for (const [text, message] of cases) assert.deepEqual(messagesOf(text), [`E001 ${message}`], text);
});

test("an unquoted # where a value should be is a trap; a comment after a key is not", () => {
  assert.deepEqual(valueOf("a: # what follows\n  b: 1\n"), { a: { b: 1 } });
  assert.deepEqual(valueOf("a: # nothing yet\n"), { a: null });
  const { root, found } = load("a: #plan.issues\n");
  assert.deepEqual(
    found.map(({ code, fix }) => [code, fix?.text]),
    [["E017", '"#plan.issues"']],
  );
  assert.deepEqual(root === undefined ? undefined : toJson(root), { a: "#plan.issues" });
});

test("a fix for an unquoted ${} gives a file that can be read", () => {
  const text = 'a: { b: ${x ? {"c": 1} : 2}, d: 1 }\n';
  const fix = load(text).found[0]?.fix;
  assert.ok(fix !== undefined);
  const mended = text.slice(0, fix.range.start) + fix.text + text.slice(fix.range.end);
  assert.deepEqual(valueOf(mended), { a: { b: '${x ? {"c": 1} : 2}', d: 1 } });
});

test("depth ends at 32, whether it is written or put together from aliases", () => {
  assert.deepEqual(messagesOf(`a: ${"[".repeat(31)}${"]".repeat(31)}`), []);
  assert.deepEqual(messagesOf(`a: ${"[".repeat(33)}${"]".repeat(33)}`), ["E001 this is nested deeper than 32 levels"]);
  const blocks = Array.from({ length: 33 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
  assert.deepEqual(messagesOf(blocks), ["E001 this is nested deeper than 32 levels"]);
  const ladder = Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [[[[${n === 0 ? "x" : `*a${n - 1}`}]]]]`);
  assert.deepEqual(messagesOf(ladder.join("\n")), ["E001 this is nested deeper than 32 levels"]);
});

test("unquoted values inside brackets are quoted whole, up to the comma outside of their expressions", () => {
  const mended = (text: string): string => {
    const { fix } = load(text).found.find(({ code }) => code === "E003") ?? {};
    assert.ok(fix !== undefined, text);
    return text.slice(0, fix.range.start) + fix.text + text.slice(fix.range.end);
  };
  assert.equal(mended("a: { b: ${x}, c: 1 }"), 'a: { b: "${x}", c: 1 }');
  assert.equal(mended("a: { b: ${x} and ${f(y, z)} too, c: 1 }"), 'a: { b: "${x} and ${f(y, z)} too", c: 1 }');
  assert.equal(mended("a: [${x}/${f(y, z)}, 1]"), 'a: ["${x}/${f(y, z)}", 1]');
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { expressionIn, isReference, scanText } from "./scan.ts";

/** A text as its pieces, expressions in angle brackets with the place where they start. */
function pieces(text: string): readonly string[] {
  const { parts, problem } = scanText(text);
  assert.equal(problem, undefined);
  return parts.map((part) => {
    if (part.kind === "text") return part.text;
    assert.ok(text.startsWith(part.text, part.start), "the offset is that of the expression in the text");
    return `<${part.text}>`;
  });
}

test("a text is taken apart at its ${…}", () => {
  assert.deepEqual(pieces("a ${x} b ${ y.z }c"), ["a ", "<x>", " b ", "<y.z>", "c"]);
  assert.deepEqual(pieces("plain"), ["plain"]);
  assert.deepEqual(pieces(""), [""]);
  assert.deepEqual(pieces("${a}${b}"), ["<a>", "<b>"]);
  assert.deepEqual(pieces("costs $5 {x} }"), ["costs $5 {x} }"]);
});

test("an expression ends at its balanced brace, outside texts", () => {
  assert.deepEqual(pieces('${ {"a": {"b": 1}}.a.b }!'), ['<{"a": {"b": 1}}.a.b>', "!"]);
  assert.deepEqual(pieces(`\${ "}" + '}' } x`), [`<"}" + '}'>`, " x"]);
  assert.deepEqual(pieces('${ "a\\"}" }'), ['<"a\\"}">']);
  assert.deepEqual(pieces('${ """a"}""" }'), ['<"""a"}""">']);
});

test("$${ stands for the characters ${", () => {
  assert.deepEqual(pieces("$${x} ${y}"), ["${x} ", "<y>"]);
  assert.deepEqual(pieces("a$${"), ["a${"]);
  assert.deepEqual(pieces("${x}${y}$${z}"), ["<x>", "<y>", "${z}"]);
});

test("${{ x }} is another spelling of ${x}, but an object stays an object", () => {
  assert.deepEqual(pieces("${{ inputs.x }}"), ["<inputs.x>"]);
  assert.deepEqual(pieces("${{inputs.x ? 1 : 2}}"), ["<inputs.x ? 1 : 2>"]);
  assert.deepEqual(pieces('${{"a": 1}}'), ['<{"a": 1}>']);
  assert.deepEqual(pieces("${{x ? 'a' : 'b': 1}}"), ["<{x ? 'a' : 'b': 1}>"]);
  assert.deepEqual(pieces("${{}}"), ["<{}>"]);
  assert.deepEqual(pieces("${{'a: b'}}"), ["<'a: b'>"]);
  assert.deepEqual(pieces("${ {'a': 1}.a + {'b': 2}.b }"), ["<{'a': 1}.a + {'b': 2}.b>"]);
});

test("a ${ without its brace is reported on its line", () => {
  const { problem } = scanText("see ${inputs.x\nand more");
  assert.deepEqual(problem, {
    code: "E300",
    message: "'${' has no '}' that closes it",
    hint: "add }, or write $${ for the characters themselves",
    start: 4,
    end: 14,
  });
});

test("# and a dotted name is a reference, a word after # is text", () => {
  for (const text of ["#plan.issues", "#plan.create-app-plan", "#a.b.c", "#a_b.C1"])
    assert.equal(isReference(text), true, text);
  for (const text of ["#general", "#1.2", "# a.b", "#a.", "#a.b c", "a.b", "##a.b", "#a..b", "#a.1"]) {
    assert.equal(isReference(text), false, text);
  }
});

test("where the whole field is an expression, ${ } around it may be left out", () => {
  assert.deepEqual(expressionIn("a == 1"), { text: "a == 1", start: 0 });
  assert.deepEqual(expressionIn("  a == 1\n"), { text: "a == 1", start: 2 });
  assert.deepEqual(expressionIn("${ a == 1 }"), { text: "a == 1", start: 3 });
  assert.deepEqual(expressionIn(" ${{ a }} "), { text: "a", start: 5 });
  assert.deepEqual(expressionIn("${a} == ${b}"), { text: "${a} == ${b}", start: 0 });
});

// docs/language.md is what the tables of the language give, and its examples are free of mistakes.
// `UPDATE_DOCS=1 node test/language-reference.test.ts` writes it anew; read the difference before you keep it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { compileWorkflow } from "../src/language/compile.ts";
import { verbs } from "../src/language/fields/verbs.ts";
import { root } from "./house/sources.ts";
import { verbExamples, world } from "./reference/examples.ts";
import { languageReference, type Section, sections } from "./reference/reference.ts";
import { fileWithSteps } from "./reference/whole-file.ts";

const place = path.join(root, "docs", "language.md");

/** What the checker says of a file, in short. */
function said(name: string, text: string): readonly string[] {
  const { diagnostics } = compileWorkflow({ file: "x.yml", text }, world);
  return diagnostics.map(({ code, message }) => `${name}: ${code} ${message}`);
}

/** What is wrong with the examples of a section: missing, of no field, not of their field, or with mistakes under any name of the field. */
function faultsOf({ title, fields, examples, fileOf }: Section): readonly string[] {
  const here = fields.filter(({ supported }) => supported);
  const names = new Set(here.map(({ name }) => name));
  return [
    ...Object.keys(examples).flatMap((name) => (names.has(name) ? [] : [`${title}: there is no field ${name}`])),
    ...here.flatMap((field) => {
      const { name, aliases = [] } = field;
      const example = examples[name];
      if (example?.line.startsWith(`${name}: `) !== true) return [`${title}: ${name} has no example`];
      return [name, ...aliases].flatMap((key) => {
        const line = `${key}${example.line.slice(name.length)}`;
        return said(`${title}, ${key}`, fileOf(field, { ...example, line }));
      });
    }),
  ];
}

test("docs/language.md is what the tables give", () => {
  const text = languageReference();
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(place, text);
  assert.equal(readFileSync(place, "utf8").replaceAll("\r\n", "\n"), text);
});

test("every field has its example, which is free of mistakes under each of its names", () => {
  assert.deepEqual(sections.flatMap(faultsOf), []);
});

test("every verb has its example, which is free of mistakes", () => {
  const here = verbs.filter(({ supported }) => supported).map(({ name }) => name);
  assert.deepEqual(Object.keys(verbExamples).toSorted(), here.toSorted());
  assert.deepEqual(
    Object.entries(verbExamples).flatMap(([name, lines]) => said(name, fileWithSteps(lines))),
    [],
  );
});

test("what the reference calls not carried out yet is refused by name", () => {
  const steps = verbs.filter(({ supported }) => !supported).map(({ name }) => name);
  const fields = sections
    .filter(({ title }) => title === "Fields of a step")
    .flatMap((section) => section.fields)
    .filter(({ supported, on = ["function"] }) => !supported && on.includes("function"))
    .map(({ name }) => name);
  assert.ok(steps.length > 0 && fields.length > 0);
  for (const name of [...steps, ...fields]) {
    const rest = fields.includes(name) ? ["  function: audit"] : [];
    const found = said(name, fileWithSteps(["- id: example", `  ${name}: x`, ...rest]));
    assert.ok(
      found.some((line) => line.includes(`E090 '${name}'`)),
      found.join("\n"),
    );
    assert.match(languageReference(), new RegExp(`\\| \`${name}\``));
  }
});

test("control: an example that is missing, of no field, or with a mistake is found", () => {
  const [file] = sections;
  assert.ok(file !== undefined);
  const { mode: _gone, ...rest } = file.examples;
  assert.deepEqual(faultsOf({ ...file, examples: rest }), ["The file: mode has no example"]);
  assert.deepEqual(faultsOf({ ...file, examples: { ...file.examples, mood: { line: "mood: good" } } }), [
    "The file: there is no field mood",
  ]);
  assert.match(
    faultsOf({ ...file, examples: { ...file.examples, mode: { line: "mode: paralel" } } }).join("\n"),
    /^The file, mode: E015 mode is sequential or parallel/,
  );
});

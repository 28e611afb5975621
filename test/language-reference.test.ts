// docs/language.md is what the tables of the language give, and its examples are free of mistakes.
// `UPDATE_DOCS=1 node test/language-reference.test.ts` writes it anew; read the difference before you keep it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { compileWorkflow } from "../src/language/compile.ts";
import { verbs } from "../src/language/fields/verbs.ts";
import { root } from "./house/sources.ts";
import { verbExamples } from "./reference/examples.ts";
import { languageReference } from "./reference/reference.ts";
import { mapFieldsOf, type Section, sections } from "./reference/sections.ts";
import { fileWithSteps } from "./reference/whole-file.ts";
import { world } from "./reference/world.ts";

const place = path.join(root, "docs", "language.md");

/** What the checker says of a file, in short. */
function said(name: string, text: string): readonly string[] {
  const { diagnostics } = compileWorkflow({ file: "x.yml", text }, world);
  return diagnostics.map(({ code, message }) => `${name}: ${code} ${message}`);
}

/** What is wrong with the examples of a section: missing, of no field, not of their field, or with mistakes under any name of the field. */
function faultsOf({ title, fields, examples, fileOf }: Section): readonly string[] {
  const names = new Set(fields.map(({ name }) => name));
  return [
    ...Object.keys(examples).flatMap((name) => (names.has(name) ? [] : [`${title}: there is no field ${name}`])),
    ...fields.flatMap((field) => {
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
  const here = verbs.map(({ name }) => name);
  assert.deepEqual(Object.keys(verbExamples).toSorted(), here.toSorted());
  assert.deepEqual(
    Object.entries(verbExamples).flatMap(([name, lines]) => said(name, fileWithSteps(lines))),
    [],
  );
});

/** What a file is noted for as not carried out by this build. */
function noted(text: string): readonly string[] {
  return compileWorkflow({ file: "x.yml", text }, world).unsupported.map(({ message }) => message);
}

test("what the reference marks as checked only is noted by name", () => {
  const text = languageReference();
  for (const { name, supported } of verbs) {
    const isNoted = noted(fileWithSteps(verbExamples[name] ?? [])).some((each) => each.startsWith(`'${name}'`));
    // `llm` stands in every example, which has a step that gives a document.
    if (name !== "llm") assert.equal(isNoted, !supported, name);
    const section = text.split(`### \`${name}\``)[1]?.split("```")[0] ?? "";
    assert.equal(section.includes("_Checked only._"), !supported, name);
  }
  const step = sections.find(({ title }) => title === "Fields of a step");
  const later = (step?.fields ?? []).filter(
    ({ supported, on = ["function"] }) => !supported && on.includes("function"),
  );
  for (const field of later) {
    const example = step?.examples[field.name];
    const notes = step === undefined || example === undefined ? [] : noted(step.fileOf(field, example));
    assert.ok(
      notes.some((each) => each.startsWith(`'${field.name}'`)),
      field.name,
    );
  }
});

test("every map of fields in the tables has its section", () => {
  const known = new Set(sections.map(({ fields }) => fields[0]?.name));
  const missing = sections
    .flatMap(({ fields }) => fields)
    .filter((field) => mapFieldsOf(field).length > 0 && !known.has(mapFieldsOf(field)[0]?.name));
  assert.deepEqual(missing, []);
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

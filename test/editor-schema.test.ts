// schema/workflow.schema.json is what the tables of the language give, accepts what the checker accepts, and refuses plain mistakes.
// `UPDATE_SCHEMA=1 node test/editor-schema.test.ts` writes it anew; read the difference before you keep it.
import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { codeExamples } from "../src/language/code-examples.ts";
import { mended } from "../src/language/code-example.ts";
import { editorSchema } from "../src/language/editor/editor-schema.ts";
import { root } from "./house/sources.ts";
import { designFiles } from "./reference/design-files.ts";

const place = path.join(root, "schema", "workflow.schema.json");
// A text may be written as a number or true; the `required` of alternatives names fields that stand in the whole.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true });
const check = ajv.compile(editorSchema());

/** What the schema says of a file, in short. */
function said(text: string): readonly string[] {
  check(parse(text, { schema: "core", version: "1.2" }));
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

test("schema/workflow.schema.json is what the tables give", () => {
  const text = `${JSON.stringify(editorSchema(), undefined, 2)}\n`;
  if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(place, text);
  assert.equal(readFileSync(place, "utf8").replaceAll("\r\n", "\n"), text);
});

test("the schema accepts every example", () => {
  const files = globSync("examples/**/*.workflow.{yml,yaml,json}", { cwd: root });
  const others = files.filter((file) => said(readFileSync(path.join(root, file), "utf8")).length > 0);
  assert.ok(files.length > 10);
  // The schema is that of the language itself: a planner's JSON is no file that is written in an editor.
  assert.deepEqual(others, [path.join("examples", "4d-planner.workflow.json")]);
});

for (const [name, text] of Object.entries(designFiles)) {
  test(`the schema accepts a file that uses the language fully: ${name}`, () => {
    assert.deepEqual(said(text), []);
  });
}

test("the schema accepts the example of every code once it is mended", () => {
  for (const [code, example] of Object.entries(codeExamples)) assert.deepEqual(said(mended(example)), [], code);
});

/** One mistake each, and what the schema says at its place. */
const wrong: readonly (readonly [name: string, lines: string, says: RegExp])[] = [
  ["a misspelt key", "- function: audit\n  wiht: { a: 1 }", /\/steps\/0 must NOT have additional properties/],
  ["no verb", "- id: a\n  title: Nothing", /\/steps\/0 must match a schema in anyOf/],
  ["two verbs", "- id: a\n  llm: fast\n  tool: mail.send", /\/steps\/0\/tool boolean schema is false/],
  [
    "a verb and the alias of another",
    "- id: a\n  tool: x.y\n  provider: c",
    /\/steps\/0\/provider boolean schema is false/,
  ],
  ["a field of another verb", "- function: audit\n  prompt: Hello", /\/steps\/0\/prompt boolean schema is false/],
  [
    "a field under both its names",
    "- function: audit\n  needs: [a]\n  depends_on: [a]",
    /\/steps\/0\/needs boolean schema/,
  ],
  ["no id", "- approve: Ok?\n  by: [a]", /\/steps\/0 must have required property 'id'/],
  ["nobody who can accept", "- id: a\n  approve: Ok?", /must have required property 'by'/],
  [
    "a choice that is none",
    "- function: audit\n  on_failure: retyr",
    /\/on_failure must be equal to one of the allowed/,
  ],
  ["a number beyond its bounds", "- function: audit\n  retries: 5000", /\/retries must be <= 999/],
  ["an expression where a number is", '- function: audit\n  retries: "${inputs.n}"', /\/retries must be integer/],
  ["a duration without unit", "- id: a\n  wait: 2 days", /\/wait must match pattern/],
  [
    "a loop without bound",
    "- id: a\n  loop: { stop_when: x }\n  do: [{ function: b }]",
    /\/loop must have required property 'max_iters'/,
  ],
  [
    "a step inside a group",
    "- id: a\n  do:\n    - function: b\n      mood: good",
    /\/steps\/0\/do\/0 must NOT have additional/,
  ],
  ["a type that is none", "- function: audit\n  output: { n: text }", /\/steps\/0\/output/],
  [
    "a trigger without its path",
    "- function: audit\non:\n  webhook: { auth: { token: x } }",
    /\/on\/webhook must have required property 'path'/,
  ],
  [
    "an entry of a map of maps",
    "- function: audit\ndocuments:\n  plan: { scheme: string }",
    /\/documents\/plan must NOT have additional/,
  ],
];

for (const [name, lines, says] of wrong) {
  test(`control: the schema refuses ${name}`, () => {
    assert.match(said(`workflow: x\nsteps:\n${lines.replace(/^(?=[- ])/gm, "  ")}\n`).join("\n"), says);
  });
}

test("control: the schema refuses a file without id, without steps, and a file that is no map", () => {
  assert.match(said("steps: [{ function: a }]").join(), /required property 'workflow'/);
  assert.match(said("workflow: x").join(), /required property 'steps'/);
  assert.match(said("[]").join(), /must be object/);
});

test("defaults, enums, ranges and descriptions of the tables stand in the schema", () => {
  const { definitions } = editorSchema() as unknown as {
    readonly definitions: { readonly step: { readonly properties: Readonly<Record<string, object>> } };
  };
  const { on_failure, max_parallel, timeout, depends_on } = definitions.step.properties;
  assert.ok(on_failure && max_parallel && timeout && depends_on);
  assert.deepEqual(
    { ...on_failure, description: "" },
    { description: "", default: "stop", enum: ["stop", "continue", "retry"] },
  );
  assert.deepEqual(
    { ...max_parallel, description: "" },
    { description: "", default: 10, type: "integer", minimum: 1, maximum: 1000 },
  );
  assert.match(
    JSON.stringify(timeout),
    /Per attempt\. Default: llm 2m, agent 30m, tool 60s, function and assignment 5m/,
  );
  assert.match(JSON.stringify(depends_on), /Another name of `needs`/);
});

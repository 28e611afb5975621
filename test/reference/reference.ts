import { codeTable } from "../../src/language/codes.ts";
import type { Field, ValueKind, VerbName } from "../../src/language/fields/field.ts";
import { stepFields } from "../../src/language/fields/step-fields.ts";
import { verbs } from "../../src/language/fields/verbs.ts";
import * as examples from "./examples.ts";
import { type Section, sections } from "./sections.ts";
import { table } from "./table.ts";

const values: Readonly<Record<ValueKind, string>> = {
  "workflow id": "workflow id",
  "step id": "step id",
  "step ids": "step ids",
  name: "name",
  names: "names",
  labels: "map of texts",
  text: "text",
  template: "value with `${…}`",
  templates: "map of values with `${…}`",
  expression: "expression",
  duration: "duration",
  "whole number": "whole number",
  number: "number",
  "true/false": "true or false",
  choice: "choice",
  quorum: "any, all or a number",
  type: "type",
  types: "map of types",
  steps: "list of steps",
  map: "map",
};

/** The text of docs/language.md. */
export function languageReference(): string {
  const steps = sections.findIndex(({ fields }) => fields === stepFields);
  return (
    [
      intro,
      ...sections.slice(0, steps).flatMap(sectionText),
      ...verbsText(),
      ...sections.slice(steps).flatMap(sectionText),
      ...codesText(),
    ].join("\n\n") + "\n"
  );
}

const intro = `# The workflow language

<!-- Made by \`UPDATE_DOCS=1 node test/language-reference.test.ts\` from src/language/fields and src/language/codes.ts; changes belong there. -->

A workflow file is YAML 1.2 or JSON: some fields of the file, and a list of steps. A step has one verb, which says what it does, and may have the
fields below. \`runwright validate\` checks a file before anything runs, and \`runwright validate --explain CODE\` explains what it says; see
[cli.md](cli.md). What stands in \`\${…}\` is told in [expressions.md](expressions.md), what a function gets and gives in [functions.md](functions.md),
pins, triggers, limits and documents in [declarations.md](declarations.md), and what tools there are in [connectors.md](connectors.md).

- A **duration** is a number and a unit: \`250ms\`, \`30s\`, \`5m\`, \`2h\` or \`7d\`.
- A **type** is JSON Schema or its short form: \`string\`, \`number\`, \`integer\`, \`boolean\`, \`object\`, \`any\`, \`[T]\` for a list, \`{ field: T }\` for an
  object and \`{ enum: [a, b] }\` for some values only. A \`?\` behind the name of a field or input makes it optional.
- An **expression** may be written with or without \`\${ }\`; only \`show\` keeps them.
- A name in brackets is another name of the same field.

What is marked _Checked only_ belongs to the language and is checked like the rest, but this build does not carry it out yet: \`validate\` names it in one
line, and \`run\` refuses the file.

In the examples there are the inputs \`files\` and \`strict\`, a step \`plan\` that gives \`{ title, good }\`, a step \`check\` that may be skipped, and a
step \`collect\` that gives the document \`backlog\`; the models \`fast\` and \`deep\`, the connectors \`desk\` and \`mail\`, and the agent \`coder\`.`;

function sectionText({ title, fields, examples: known }: Section): readonly string[] {
  const rows = fields.map((field) => [
    namesOf(field),
    valueOf(field),
    field.default ?? "",
    `${field.doc}${onlyOn(field)}${markOf(field)}`,
    `\`${known[field.name]?.line ?? ""}\``,
  ]);
  return [`## ${title}`, table(["field", "value", "default", "what it is", "example"], rows)];
}

const mark = " _Checked only._";

/** What of a field this build does not carry out. */
function markOf({ supported, laterOn = [] }: Field): string {
  if (!supported) return mark;
  return laterOn.length === 0 ? "" : ` _Checked only on ${listed(laterOn)}._`;
}

function verbsText(): readonly string[] {
  return [
    "## Verbs",
    "A step has exactly one.",
    ...verbs.flatMap((verb) => {
      const own = stepFields.filter(({ on }) => on?.includes(verb.name) === true).map(({ name }) => `\`${name}\``);
      const names = verb.aliases === undefined ? "" : ` (also \`${verb.aliases.join("`, `")}\`)`;
      const fields = own.length === 0 ? "" : ` Own fields: ${own.join(", ")}.`;
      return [
        `### \`${verb.name}\``,
        `${verb.doc} Its value${names}: ${valueOf(verb)}.${fields}${verb.supported ? "" : mark}`,
        `\`\`\`yaml\n${(examples.verbExamples[verb.name] ?? []).join("\n")}\n\`\`\``,
      ];
    }),
  ];
}

function codesText(): readonly string[] {
  const rows = Object.entries(codeTable).map(([code, { severity, rule }]) => [code, severity, rule]);
  return [
    "## Codes",
    "What `runwright validate` says; an error keeps a file from running, a warning does not.",
    table(["code", "severity", "rule"], rows),
  ];
}

function namesOf({ name, aliases = [] }: Field): string {
  return aliases.length === 0 ? `\`${name}\`` : `\`${name}\` (${aliases.map((alias) => `\`${alias}\``).join(", ")})`;
}

function valueOf(field: Omit<Field, "name" | "doc" | "supported">): string {
  const { choices, between, kind, listable, or, entries } = field;
  const one =
    choices?.map((choice) => `\`${choice}\``).join(", ") ?? (entries === undefined ? values[kind] : "map by name");
  const bounds = between === undefined ? "" : `, ${between[0]} to ${between[1]}`;
  return `${one}${bounds}${listable === true ? ", or a list" : ""}${or === undefined ? "" : `, or ${valueOf(or)}`}`;
}

/** The verbs that a field is for, unless it is for every step. */
function onlyOn({ on }: Field): string {
  return on === undefined ? "" : ` On ${listed(on)}.`;
}

function listed(names: readonly VerbName[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

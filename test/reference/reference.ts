import { codeTable } from "../../src/language/codes.ts";
import type { Field, ValueKind } from "../../src/language/fields/field.ts";
import { defaultsFields, fileFields } from "../../src/language/fields/file-fields.ts";
import { loopFields, retryFields } from "../../src/language/fields/shared.ts";
import { stepFields } from "../../src/language/fields/step-fields.ts";
import { verbs } from "../../src/language/fields/verbs.ts";
import * as examples from "./examples.ts";
import { table } from "./table.ts";
import { fileWith, fileWithLoopField, fileWithStepField } from "./whole-file.ts";

/** The fields of one map of the language, with their examples. */
export interface Section {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly examples: examples.FieldExamples;
  /** The whole file that an example stands in. */
  readonly fileOf: (field: Field, example: examples.FieldExample) => string;
}

/** Every section of the reference that has fields. */
export const sections: readonly Section[] = [
  {
    title: "The file",
    fields: fileFields,
    examples: examples.fileExamples,
    fileOf: (_field, example) => fileWith(example),
  },
  {
    title: "`defaults`",
    fields: defaultsFields,
    examples: examples.defaultsExamples,
    fileOf: (_field, { line }) => fileWith({ line: `defaults: { ${line} }` }),
  },
  { title: "Fields of a step", fields: stepFields, examples: examples.stepExamples, fileOf: fileWithStepField },
  {
    title: "`retry`",
    fields: retryFields,
    examples: examples.retryExamples,
    fileOf: (field, { line }) => fileWithStepField({ ...field, on: ["function"] }, { line: `retry: { ${line} }` }),
  },
  {
    title: "`loop`",
    fields: loopFields,
    examples: examples.loopExamples,
    fileOf: (_field, example) => fileWithLoopField(example),
  },
];

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
  const [file, ...others] = sections;
  return (
    [
      intro,
      ...(file === undefined ? [] : sectionText(file)),
      ...verbsText(),
      ...others.flatMap(sectionText),
      ...laterText(),
      ...codesText(),
    ].join("\n\n") + "\n"
  );
}

const intro = `# The workflow language

<!-- Made by \`UPDATE_DOCS=1 node test/language-reference.test.ts\` from src/language/fields and src/language/codes.ts; changes belong there. -->

A workflow file is YAML 1.2 or JSON: some fields of the file, and a list of steps. A step has one verb, which says what it does, and may have the
fields below. \`runwright validate\` checks a file before anything runs, and \`runwright validate --explain CODE\` explains what it says; see
[cli.md](cli.md). What stands in \`\${…}\` is told in [expressions.md](expressions.md), what a function gets and gives in [functions.md](functions.md).

- A **duration** is a number and a unit: \`250ms\`, \`30s\`, \`5m\`, \`2h\` or \`7d\`.
- A **type** is JSON Schema or its short form: \`string\`, \`number\`, \`integer\`, \`boolean\`, \`object\`, \`any\`, \`[T]\` for a list, \`{ field: T }\` for an
  object and \`{ enum: [a, b] }\` for some values only. A \`?\` behind the name of a field or input makes it optional.
- An **expression** may be written with or without \`\${ }\`; only \`show\` keeps them.
- A name in brackets is another name of the same field.

In the examples there are the inputs \`files\` and \`strict\`, a step \`plan\` that gives \`{ title, good }\`, and a step \`check\` that may be skipped.`;

function sectionText({ title, fields, examples: known }: Section): readonly string[] {
  const rows = fields
    .filter(({ supported }) => supported)
    .map((field) => [
      namesOf(field),
      valueOf(field),
      field.default ?? "",
      `${field.doc}${onlyOn(field)}`,
      `\`${known[field.name]?.line ?? ""}\``,
    ]);
  return [`## ${title}`, table(["field", "value", "default", "what it is", "example"], rows)];
}

function verbsText(): readonly string[] {
  const here = verbs.filter(({ supported }) => supported);
  return [
    "## Verbs",
    "A step has exactly one.",
    ...here.flatMap((verb) => {
      const own = stepFields.filter((field) => isOn(field, verb.name)).map(({ name }) => `\`${name}\``);
      return [
        `### \`${verb.name}\``,
        `${verb.doc} Its value: ${valueOf(verb)}.${own.length === 0 ? "" : ` Own fields: ${own.join(", ")}.`}`,
        `\`\`\`yaml\n${(examples.verbExamples[verb.name] ?? []).join("\n")}\n\`\`\``,
      ];
    }),
  ];
}

function isOn({ supported, on, laterOn = [] }: Field, verb: (typeof verbs)[number]["name"]): boolean {
  return supported && on?.includes(verb) === true && !laterOn.includes(verb);
}

function laterText(): readonly string[] {
  const laterVerbs = verbs.filter(({ supported }) => !supported).map((verb) => ["step", namesOf(verb), verb.doc]);
  const laterFields = sections.flatMap(({ title, fields }) =>
    fields
      .filter(({ supported }) => !supported)
      .map((field) => [
        title.replace("Fields of a step", "step").replace("The file", "file"),
        namesOf(field),
        `${field.doc}${onlyOn(field)}`,
      ]),
  );
  const laterOn = stepFields.flatMap(({ name, laterOn: on = [], doc }) =>
    on.map((verb) => [`\`${verb}\` step`, `\`${name}\``, doc]),
  );
  return [
    "## Not carried out by this build yet",
    "These belong to the language. A file that uses them is refused with E090, by name. So are the forms of `wait` and `on_timeout` that are maps.",
    table(["where", "field", "what it is"], [...laterVerbs, ...laterFields, ...laterOn]),
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

function valueOf({ kind, choices, between }: Field): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(", ");
  return between === undefined ? values[kind] : `${values[kind]}, ${between[0]} to ${between[1]}`;
}

/** The verbs of this build that a field is for, unless it is for every step. */
function onlyOn({ on, laterOn = [], supported }: Field): string {
  const names = on?.filter((name) => !supported || (!laterOn.includes(name) && isHere(name)));
  return names === undefined ? "" : ` On ${names.map((name) => `\`${name}\``).join(", ")}.`;
}

function isHere(name: string): boolean {
  return verbs.some((verb) => verb.name === name && verb.supported);
}

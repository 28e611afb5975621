import type { JsonObject } from "../../base/json.ts";
import type { Field, Verb } from "../fields/field.ts";
import { fileFields } from "../fields/file-fields.ts";
import { stepFields } from "../fields/step-fields.ts";
import { verbs } from "../fields/verbs.ts";
import { typeDefinitions } from "./type-schema.ts";
import { aliasRules, mapSchema, propertiesOf } from "./value-schema.ts";

/**
 * The schema of workflow files for editors, made of the field tables.
 *
 * It is of draft-07: every version of the YAML language server reads it, also those that know no later draft. It is meant to say nothing
 * that the checker does not say; what needs names, types or the order of steps is left to `runwright validate`.
 */
export function editorSchema(): JsonObject {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Runwright workflow",
    description: "A workflow file of Runwright: *.workflow.yml, *.workflow.yaml or *.workflow.json.",
    ...mapSchema(fileFields),
    required: ["steps"],
    anyOf: namesOf(fieldOf(fileFields, "workflow")).map(hasKey),
    definitions: {
      text: { type: ["string", "number", "boolean"] },
      expression: { type: ["string", "number", "boolean"] },
      duration: {
        type: "string",
        pattern: "^\\s*\\d{1,9}(?:\\.\\d{1,3})?(?:ms|s|m|h|d)\\s*$",
        description: "A number and a unit: 250ms, 30s, 5m, 2h or 7d.",
      },
      values: {
        anyOf: [{ type: "object" }, { type: "string", pattern: "^(?:\\s*\\$\\{[^]*\\}\\s*|#[A-Za-z_][^\\s]*)$" }],
        description: "Values by name, or one ${…} that gives them.",
      },
      ...typeDefinitions(),
      steps: { type: "array", items: { $ref: "#/definitions/step" }, minItems: 1 },
      step: stepSchema(),
    },
  };
}

/**
 * A step: every field and verb is known, so that editors offer and explain them; then each verb rules out what does not belong beside it. A
 * list of alternatives, one a verb, would be answered with "matches no schema" where a single key is wrong.
 */
function stepSchema(): JsonObject {
  const verbKeys = verbs.flatMap(namesOf);
  return {
    type: "object",
    properties: { ...propertiesOf(verbs), ...propertiesOf(stepFields), output: outputOfAnyStep() },
    additionalProperties: false,
    ...aliasRules([...verbs, ...stepFields]),
    anyOf: verbKeys.map(hasKey),
    allOf: verbs.flatMap((verb) =>
      // eslint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema
      namesOf(verb).map((key) => ({ if: hasKey(key), then: besideVerb(verb, key, verbKeys) })),
    ),
  };
}

function besideVerb(verb: Verb, key: string, verbKeys: readonly string[]): JsonObject {
  const others = verbKeys.filter((other) => other !== key);
  const foreign = stepFields.filter(({ on }) => on?.includes(verb.name) === false).flatMap(namesOf);
  const output = foreign.includes("output") ? {} : { output: outputOf(verb) };
  const required = requiredBeside(verb).filter((field) => !foreign.includes(field));
  return {
    properties: { ...Object.fromEntries([...others, ...foreign].map((name) => [name, false])), ...output },
    ...(required.length > 0 && { required }),
  };
}

/** Functions and assignments lend the step their name; a gate names who can accept; a plan says what it may use. */
function requiredBeside({ name }: Verb): readonly string[] {
  const own = { approve: ["by"], plan: ["allow"] }[name as string] ?? [];
  return name === "function" || name === "assignment" ? own : ["id", ...own];
}

/** In a group `output` is the values that it gives, anywhere else a type. */
function outputOf(verb: Verb): JsonObject | true {
  return verb.name === "do" ? true : { $ref: "#/definitions/type" };
}

function outputOfAnyStep(): JsonObject {
  return { description: fieldOf(stepFields, "output").doc };
}

function hasKey(key: string): JsonObject {
  return { required: [key] };
}

function namesOf({ name, aliases = [] }: Field): readonly string[] {
  return [name, ...aliases];
}

function fieldOf(fields: readonly Field[], name: string): Field {
  const field = fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`The tables have no field '${name}'.`);
  return field;
}

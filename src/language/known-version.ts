import type { Json } from "../base/json.ts";
import type { Node } from "./expression/tree.ts";
import type { Plan, Schema, StepPlan, Template } from "./plan.ts";
import type { KnownWorkflow } from "./world.ts";

/** What a step that runs a published version needs to know of it: its Plan says it all. */
export function knownVersion(version: string, plan: Plan): KnownWorkflow {
  const output = plan.output === undefined ? undefined : schemaOf(plan.output, { plan, left: partsMax });
  const runs = plan.steps.flatMap(({ verb }) => (verb.kind === "workflow" ? [verb.workflow] : []));
  return {
    id: plan.workflow,
    version,
    inputs: plan.inputs,
    ...(output !== undefined && { output }),
    runs: [...new Set(runs)],
    // A version of a number was whole before the file that is checked now: no way leads from it back to this file.
    hasDepth: true,
  };
}

/** Parts of an output that are looked at; steps may read each other's in many ways, and of what is beyond nothing is said. */
const partsMax = 1000;

/** A Plan, and how many parts may still be looked at. */
interface Reading {
  readonly plan: Plan;
  left: number;
}

/** What a template will be, as far as the Plan says it for certain; undefined: anything. */
function schemaOf(template: Template, reading: Reading): Schema | undefined {
  reading.left -= 1;
  if (reading.left < 0) return undefined;
  switch (template.kind) {
    case "literal":
      return literalSchema(template.value);
    case "text":
      return { type: "string" };
    case "value":
      return nodeSchema(template.expression.tree, reading);
    case "list":
      return { type: "array" };
    case "object":
      return objectSchema(template.fields, reading);
  }
}

function objectSchema(fields: readonly (readonly [string, Template])[], reading: Reading): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(([name, each]) => [name, schemaOf(each, reading) ?? {}] as const)),
    required: fields.map(([name]) => name),
    additionalProperties: false,
  };
}

function literalSchema(value: Json): Schema | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return { type: "array" };
  return { type: typeof value === "object" ? "object" : typeof value };
}

function nodeSchema(node: Node, reading: Reading): Schema | undefined {
  if (node.kind === "literal") return literalSchema(node.value);
  if (node.kind === "name" && node.name === "inputs") return reading.plan.inputs;
  if (node.kind === "member") return memberSchema(nodeSchema(node.of, reading), node.field);
  if (node.kind !== "step" || node.field !== "output") return undefined;
  const step = reading.plan.steps[node.step];
  return step === undefined || !isCertain(step) ? undefined : outputSchema(step, reading);
}

/** A field that may be missing may be null: nothing is said of it. */
function memberSchema(schema: Schema | undefined, field: string): Schema | undefined {
  const { properties, required } = schema ?? {};
  if (!Array.isArray(required) || !required.includes(field)) return undefined;
  return isSchema(properties) && Object.hasOwn(properties, field) && isSchema(properties[field])
    ? properties[field]
    : undefined;
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a step that has run, once, and well, whenever the workflow's output is worked out. */
function isCertain({ parent, needs, runOn, if: when, elseOf, forEach, loop, onFailure }: StepPlan): boolean {
  const isPlain = parent === undefined && needs === undefined && runOn === "success" && onFailure === "stop";
  return isPlain && when === undefined && elseOf === undefined && forEach === undefined && loop === undefined;
}

/** A gate that goes on when it is rejected gives nothing, and a group gives what its steps do: of those nothing is said. */
function outputSchema({ verb, output }: StepPlan, reading: Reading): Schema | undefined {
  if (verb.kind === "set") return schemaOf(verb.value, reading);
  return ["function", "assignment", "llm", "tool"].includes(verb.kind) ? output : undefined;
}

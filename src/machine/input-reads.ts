import { isJsonObject, type Json } from "../base/json.ts";
import type { Plan, StepPlan } from "../language/plan.ts";

/** Inputs that steps may have read: their names, or all of them. */
export type InputReads = ReadonlySet<string> | "all";

/**
 * The inputs that a step, with all that stands in it, can have read. `vars` begins as the inputs, so that it counts too, and a module may read the
 * folder that an input names.
 */
export function inputReads(plan: Plan, root: StepPlan): InputReads {
  const within = new Set([root.index]);
  // A step stands behind the group that it is in.
  for (const { index, parent } of plan.steps) if (parent !== undefined && within.has(parent)) within.add(index);
  const found = new Set<string>();
  for (const index of within) {
    const step = plan.steps[index];
    if (step === undefined) continue;
    if (!gather(step as unknown as Json, found)) return "all";
    if (step.verb.kind === "function" || step.verb.kind === "assignment")
      for (const folder of folderInputs(plan)) found.add(folder);
  }
  return found;
}

/** Walks everything that a step says; false when it reads the inputs as a whole. */
function gather(value: Json | undefined, found: Set<string>): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).every((each) => gather(each, found));
  if (!isJsonObject(value) || value["kind"] === "literal") return true;
  const { kind, of, field, at, name } = value;
  if (kind === "name") return !isInputs(name);
  if ((kind === "member" || kind === "has") && isInputsNode(of)) return added(found, field);
  if (kind === "index" && isInputsNode(of))
    return isJsonObject(at) && at["kind"] === "literal" && added(found, at["value"]);
  return Object.values(value).every((each) => gather(each, found));
}

function added(found: Set<string>, name: Json | undefined): boolean {
  if (typeof name !== "string") return false;
  found.add(name);
  return true;
}

function isInputsNode(node: Json | undefined): boolean {
  return isJsonObject(node) && node["kind"] === "name" && isInputs(node["name"]);
}

function isInputs(name: Json | undefined): boolean {
  return name === "inputs" || name === "vars";
}

function folderInputs({ inputs }: Plan): readonly string[] {
  const properties = inputs["properties"];
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) =>
    isJsonObject(schema) && schema["format"] === "folder" ? [name] : [],
  );
}

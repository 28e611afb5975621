import { isJsonObject } from "../../base/json.ts";
import type { Written } from "../check/keys.ts";
import { someOf } from "../check/short.ts";
import type { Range } from "../diagnostic.ts";
import { givenTypeOf, type ObjectType, types } from "../expression/type.ts";
import type { Schema, Template } from "../plan.ts";
import { givenPart } from "./given.ts";
import type { Place, Workshop } from "./workshop.ts";

/** One trigger as it was written. */
export interface WrittenTrigger {
  readonly kind: "webhook" | "schedule" | "event" | "workflow";
  /** Where messages about the whole of it point. */
  readonly at: Range;
  readonly written: Written;
  /** What the runs that it starts need. */
  readonly runInputs: RunInputs;
}

/** The inputs of a workflow, as a trigger has to fill them. */
export interface RunInputs {
  readonly type: ObjectType;
  /** Those that nobody fills in: required, and without a default. */
  readonly required: readonly string[];
}

/** Read once per file: its triggers all fill the same inputs. */
export function runInputsOf({ inputs, file }: Workshop): RunInputs {
  // With a misspelt `inputs`, which was reported, nothing is known about them.
  if (file.meant.has("inputs")) return { type: types.object, required: [] };
  const type = givenTypeOf(inputs);
  return { type: type.kind === "object" ? type : types.object, required: requiredInputs(inputs) };
}

/** `inputs` of a trigger. E079 when an input that has no default is not among them. */
export function inputsOf(shop: Workshop, { kind, at, written, runInputs }: WrittenTrigger, place: Place): Template {
  const { type } = runInputs;
  const entry = written.get("inputs");
  const given =
    entry === undefined
      ? { template: { kind: "literal", value: {} } as const, names: new Set<string>() }
      : givenPart(shop, entry, {
          spot: { place, field: `${kind}, inputs` },
          who: "this workflow",
          noun: "input",
          type,
        });
  const { names } = given;
  // A misspelt input was told about already.
  const isMisspelt = [...(names ?? [])].some((name) => !type.open && !type.fields.has(name));
  if (names === undefined || isMisspelt || written.meant.has("inputs")) return given.template;
  const missing = runInputs.required.filter((name) => !names.has(name));
  const [first] = missing;
  if (first !== undefined) {
    const sample = `${first}: ${samples[kind]}`;
    shop.problems.report("E079", entry?.keyRange ?? at, `${kind} does not fill ${quoted(missing)}`, {
      hint: `add ${entry === undefined ? `inputs: {${sample}}` : sample}, or give it a default`,
    });
  }
  return given.template;
}

const samples = {
  webhook: "${trigger.body.…}",
  schedule: "${trigger.due}",
  event: "${trigger.data.…}",
  workflow: "${trigger.run.id}",
} as const;

function quoted(names: readonly string[]): string {
  const [first = ""] = names;
  return names.length === 1 ? `the input '${first}'` : `the inputs ${someOf(names)}`;
}

function requiredInputs({ required, properties }: Schema): readonly string[] {
  const names = Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  return names.filter((name) => {
    const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return !(isJsonObject(property) && property["default"] !== undefined);
  });
}

import type { StepDraft } from "../check/draft.ts";
import { mapIn, reportShape } from "../check/values.ts";
import { describeType, partsOf } from "../expression/type.ts";
import type { Schema } from "../plan.ts";
import { schemaOf } from "../schema/short-form.ts";
import type { SourceEntry } from "../source/tree.ts";
import { callsModule } from "../fields/verbs.ts";
import { documentSchema } from "./document-names.ts";
import { isWholeExpression, templatePart, type TypedTemplate, whoOf } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

const empty: TypedTemplate = {
  template: { kind: "literal", value: {} },
  type: { kind: "object", fields: new Map(), optional: new Set(), open: false },
};

/** The value that a step works with: `with` of a call, the map of `set`, `show` of a gate, `output` of a group. */
export function valuePart(shop: Workshop, step: StepDraft): TypedTemplate | undefined {
  return shop.once<TypedTemplate | undefined>(step, "value", undefined, () => {
    switch (step.verb) {
      case "function":
      case "assignment":
      case "tool":
      case "workflow":
        return withPart(shop, step);
      case "set":
        return fieldsPart(shop, step, step.verbEntry, "set");
      case "approve":
        return showPart(shop, step);
      case "do": {
        const entry = step.fields.get("output");
        return entry === undefined
          ? undefined
          : templatePart(shop, { place: { step, at: "after" }, field: "output" }, entry.value);
      }
      default:
        return undefined;
    }
  });
}

/** The schema of what a call gives: as `output` says, else that of its document, else what its module says. */
export function outputSchema(shop: Workshop, step: StepDraft): Schema | undefined {
  return shop.once<Schema | undefined>(step, "schema", undefined, () => {
    const entry = step.fields.get("output");
    if (entry !== undefined) return schemaOf(entry.value, shop.problems);
    return documentSchema(shop, step) ?? schemaOfModule(shop, step);
  });
}

function schemaOfModule({ world }: Workshop, { verb, verbEntry }: StepDraft): Schema | undefined {
  if (!callsModule(verb) || verbEntry.value.kind !== "scalar") return undefined;
  return world.moduleOutput?.(verb, verbEntry.value.text);
}

function withPart(shop: Workshop, step: StepDraft): TypedTemplate | undefined {
  const entry = step.fields.get("with");
  return entry === undefined ? empty : fieldsPart(shop, step, entry, "with");
}

/** A map of values, or one `${…}` that gives an object. */
function fieldsPart(shop: Workshop, step: StepDraft, entry: SourceEntry, field: string): TypedTemplate | undefined {
  const isWhole = entry.value.kind === "scalar" && isWholeExpression(entry.value.text);
  if (!isWhole && mapIn(shop.problems, entry, "a map of values") === undefined) return undefined;
  const spot = { place: { step, at: "inside" }, field } as const;
  const part = templatePart(shop, spot, entry.value);
  const parts = partsOf(part.type);
  if (isWhole && !parts.some(({ kind }) => kind === "object" || kind === "any")) {
    shop.problems.report("E303", entry.value.range, `${whoOf(spot)}this is ${describeType(part.type)}, not an object`, {
      hint: `write ${field}: {name: …}`,
    });
  }
  return part;
}

function showPart(shop: Workshop, step: StepDraft): TypedTemplate | undefined {
  const entry = step.fields.get("show");
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind !== "scalar" || !isWholeExpression(value.text)) {
    return reportShape(
      shop.problems,
      entry,
      "one whole ${…}",
      "compute the value in a set: step before, then show: ${that.output}",
    );
  }
  return templatePart(shop, { place: { step, at: "inside" }, field: "show" }, value);
}

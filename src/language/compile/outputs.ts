import type { ListDraft, StepDraft } from "../check/draft.ts";
import { listOf, type Type, types, typeOfSchema } from "../expression/type.ts";
import { gateOutput } from "./gate.ts";
import { LazyTypes } from "./lazy-types.ts";
import { outputSchema, valuePart } from "./step-values.ts";
import { waitOutput } from "./wait.ts";
import type { Workshop } from "./workshop.ts";

/** What `<step>.output` is for its readers: of a for-each, the list. */
export function outputType(shop: Workshop, step: StepDraft): Type {
  return shop.once<Type>(step, "output type", types.any, () => {
    const one = ownOutput(shop, step);
    return step.fields.has("for_each") ? listOf(one) : one;
  });
}

/** The outputs of a list's steps by id. */
export function childOutputs(shop: Workshop, list: ListDraft): Type {
  const fields = new LazyTypes(list.steps.map((step) => [step.id, () => shop.outputOf(step)]));
  return { kind: "object", fields, optional: new Set(), open: false };
}

function ownOutput(shop: Workshop, step: StepDraft): Type {
  switch (step.verb) {
    case "function":
    case "assignment": {
      const schema = outputSchema(shop, step);
      return schema === undefined ? types.any : typeOfSchema(schema);
    }
    case "set":
      return valuePart(shop, step)?.type ?? types.any;
    case "approve":
      return gateOutput(shop, step);
    case "do":
      if (step.fields.has("output")) return valuePart(shop, step)?.type ?? types.any;
      return step.body === undefined ? types.any : childOutputs(shop, step.body);
    case "wait":
      return waitOutput(shop, step);
    case "fail":
      return types.null;
    default:
      return types.any;
  }
}

import { type ListDraft, type StepDraft, writtenText } from "../check/draft.ts";
import { listOf, type Type, types, typeOfSchema } from "../expression/type.ts";
import type { Schema } from "../plan.ts";
import { knowsCandidate, picksAll } from "./candidates.ts";
import { gateOutput } from "./gate.ts";
import { LazyTypes } from "./lazy-types.ts";
import { outputSchema, valuePart } from "./step-values.ts";
import { subWorkflowOutput } from "./sub-workflow.ts";
import { toolOutput } from "./tool.ts";
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
    case "assignment":
    case "plan":
    case "tool":
    case "workflow":
      return calledOutput(shop, step);
    case "llm":
    case "agent": {
      const one = calledOutput(shop, step);
      return picksAll(step) ? listOf(one) : one;
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
    case undefined:
      return types.any;
  }
}

/** What a call gives: as `output` says, else as whoever is called says. */
function calledOutput(shop: Workshop, step: StepDraft): Type {
  const schema = outputSchema(shop, step) ?? documentSchema(shop, step);
  if (schema !== undefined) return typeOfSchema(schema);
  switch (step.verb) {
    case "llm":
    case "agent":
      return step.fields.has("document") || !knowsCandidate(shop, step) ? types.any : types.text;
    case "tool":
      return toolOutput(shop, step);
    case "workflow":
      return subWorkflowOutput(shop, step);
    default:
      return types.any;
  }
}

/** A step that gives a document gives what the document is. */
function documentSchema({ declared }: Workshop, step: StepDraft): Schema | undefined {
  return declared.documents.get(writtenText(step, "document") ?? "")?.schema;
}

/** What one candidate of several gave; undefined for a step without candidates. */
export function candidateOutput(shop: Workshop, step: StepDraft): Type | undefined {
  const isPicking = step.fields.has("pick") && (step.verb === "llm" || step.verb === "agent");
  return isPicking ? calledOutput(shop, step) : undefined;
}

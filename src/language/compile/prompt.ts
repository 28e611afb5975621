import { called, type StepDraft } from "../check/draft.ts";
import type { Template } from "../plan.ts";
import { textPart } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** A text of a step with holes, such as its prompt; undefined when it was not written, or after E015. */
export function textField(shop: Workshop, step: StepDraft, field: string): Template | undefined {
  const entry = step.fields.get(field);
  return entry === undefined ? undefined : textPart(shop, { place: { step, at: "inside" }, field }, entry);
}

/** The text that says what is to be done. E025 where there is none. */
export function orderOf(shop: Workshop, step: StepDraft, field: "prompt" | "goal"): Template {
  const { fields, verb = "", verbEntry } = step;
  if (!fields.has(field) && !fields.meant.has(field)) {
    shop.problems.report("E025", verbEntry.value.range, `${called(step, `${verb} step`)} has no ${field}`, {
      hint: field === "goal" ? "add goal: what the plan is for" : "add prompt: what is to be done",
    });
  }
  return textField(shop, step, field) ?? { kind: "literal", value: "" };
}

import type { StepDraft } from "../check/draft.ts";
import { objectOf, type Type, types, unionOf } from "../expression/type.ts";
import type { Template, ToolPlan } from "../plan.ts";
import { acceptsBlind, toolOf, toolsOf } from "./actions.ts";
import { checkInputs } from "./call-inputs.ts";
import { defined } from "./optional.ts";
import { textField } from "./prompt.ts";
import { heldType } from "./schema-types.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

const codes = { unknown: "E053", type: "E054", missing: "E055" } as const;
const nothing: Template = { kind: "literal", value: {} };

/** One action of a connector. E050, E053-E055, E071, E081. */
export function toolPlan(shop: Workshop, step: StepDraft): ToolPlan {
  const action = toolOf(shop, step);
  const part = valuePart(shop, step);
  acceptsBlind(shop, step, toolsOf(shop, step).actions);
  if (action?.descriptor !== undefined)
    checkInputs(shop, step, { name: action.name, inputs: action.descriptor.input, codes });
  return defined({
    kind: "tool" as const,
    connector: action?.connector ?? "",
    action: action?.action ?? "",
    with: part?.template ?? nothing,
    idempotencyKey: textField(shop, step, "idempotency_key"),
  });
}

/** What an action gives. */
export function toolOutput(shop: Workshop, step: StepDraft): Type {
  const schema = toolOf(shop, step)?.descriptor?.output;
  return schema === undefined ? types.any : heldType(schema);
}

/** What any write leaves behind, unless its connector says more: what it was, where it is, and what stood there before. */
const receiptDefault: Type = objectOf({
  remote_id: unionOf([types.text, types.null]),
  url: unionOf([types.text, types.null]),
  before: types.any,
});

/** What a write leaves behind; undefined for an action that only reads. */
export function receiptType(shop: Workshop, step: StepDraft): Type | undefined {
  const action = toolOf(shop, step);
  if (action?.descriptor === undefined) return types.any;
  const { effect, receipt } = action.descriptor;
  if (effect === "read") return undefined;
  return receipt === undefined ? receiptDefault : heldType(receipt);
}

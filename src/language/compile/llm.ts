import type { StepDraft } from "../check/draft.ts";
import { reportShape } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import { type Misfit, misfitOf } from "../expression/assignable.ts";
import { listOf, objectOf, type Type, types, unionOf } from "../expression/type.ts";
import { stepFields } from "../fields/step-fields.ts";
import type { LlmPlan, Template } from "../plan.ts";
import { acceptsBlind, toolsOf } from "./actions.ts";
import { askPlan } from "./ask.ts";
import { candidatesOf } from "./candidates.ts";
import { numberField } from "./numbers.ts";
import { defined } from "./optional.ts";
import { isWholeExpression, templatePart, whoOf } from "./parts.ts";
import { orderOf, textField } from "./prompt.ts";
import type { Workshop } from "./workshop.ts";

/** One call of a model, or of each of several. E025, E046, E050, E051, E065, E071, E078, E081. */
export function llmPlan(shop: Workshop, step: StepDraft): LlmPlan {
  const { problems } = shop;
  const { fields } = step;
  const tools = toolsOf(shop, step);
  acceptsBlind(shop, step, tools.actions);
  return defined({
    kind: "llm" as const,
    models: candidatesOf(shop, step, "model"),
    // A conversation says itself what is to be done.
    prompt: fields.has("messages") ? textField(shop, step, "prompt") : orderOf(shop, step, "prompt"),
    system: textField(shop, step, "system"),
    messages: messagesOf(shop, step),
    tools: tools.names,
    temperature: numberField(problems, fields, stepFields, "temperature"),
    tokensMax: numberField(problems, fields, stepFields, "max_tokens"),
    ask: askPlan(shop, step),
  });
}

const message: Type = objectOf({
  role: { kind: "text", enum: ["system", "user", "assistant"] },
  content: unionOf([types.text, types.list]),
});

/** `messages`: a list of {role, content}, or one `${…}` that gives one. */
function messagesOf(shop: Workshop, step: StepDraft): Template | undefined {
  const entry = step.fields.get("messages");
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind === "map" || (value.kind === "scalar" && !isWholeExpression(value.text)))
    return reportShape(shop.problems, entry, "a list of {role, content}, or one ${…} that gives one");

  const part = templatePart(shop, { place: { step, at: "inside" }, field: "messages" }, value);
  if (value.kind === "scalar") reportMisfit(shop, step, misfitOf(part.type, listOf(message)), value.range);
  else
    for (const [index, item] of value.items.entries())
      reportMisfit(shop, step, misfitOf(part.parts?.[index]?.type ?? types.any, message), item.range);
  return part.template;
}

function reportMisfit(shop: Workshop, step: StepDraft, misfit: Misfit | undefined, range: Range): void {
  if (misfit === undefined) return;
  const path = misfit.path.filter((part) => part !== "[]").join(".");
  const where = whoOf({ place: { step, at: "inside" }, field: "messages" });
  shop.problems.report("E303", range, `${where}${path === "" ? "" : `${path} `}${misfit.message}`, {
    hint: "write - { role: user, content: … }",
  });
}

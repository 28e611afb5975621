import { digestJson } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json } from "../../base/json.ts";
import type { LlmPlan } from "../../language/plan.ts";
import type { ActionCall, Effect } from "../../ports/action.ts";
import type { ModelMessage, ModelReply, ModelRequest, ModelTool } from "../../ports/model.ts";

/** The part of a call that a conversation is made of. */
export type LlmCaller = Pick<ActionCall, "definition" | "declared" | "input" | "step" | "name">;

/** What a step asks its model: the first request of its conversation. Throws `machine.illegal` and `model.not-configured`. */
export function firstRequest(call: LlmCaller, tools: readonly ModelTool[]): ModelRequest {
  const { definition, declared, name, step } = call;
  const verb = llmPlanOf(call);
  const pin = declared.models?.[name];
  if (pin === undefined)
    throw new RunwrightError(
      "model.not-configured",
      `Step ${step} calls the model '${name}', which the file does not pin.`,
    );
  const { system, messages } = opening(call.input);
  return {
    pin,
    ...(system !== undefined && { system }),
    messages,
    ...(tools.length > 0 && { tools }),
    ...(definition.output !== undefined && { output: definition.output }),
    ...(verb.temperature !== undefined && { temperature: verb.temperature }),
    ...(verb.tokensMax !== undefined && { tokensMax: verb.tokensMax }),
  };
}

/** The `llm` of a step. */
export function llmPlanOf({ definition, step }: Pick<LlmCaller, "definition" | "step">): LlmPlan {
  if (definition.verb.kind === "llm") return definition.verb;
  throw new RunwrightError("machine.illegal", `Step ${step} calls no model.`);
}

/** One call of a model, for the door. It changes nothing, but what it said is kept: no model is asked the same twice. */
export function modelEffect(request: ModelRequest): Effect {
  return {
    name: "model",
    class: "read",
    digest: digestJson(request as unknown as Json),
    ordered: true,
    target: { kind: "model", name: request.pin, arguments: request as unknown as Json },
    usage: (receipt) => (receipt as unknown as ModelReply).usage,
  };
}

/** What the file says before the model does. Standing orders may come as `system` and as messages of that role: all of them hold. */
function opening(input: Json): { readonly system?: string; readonly messages: readonly ModelMessage[] } {
  const { system, prompt, messages } = isJsonObject(input) ? input : {};
  const orders = typeof system === "string" ? [system] : [];
  const said: ModelMessage[] = [];
  for (const each of Array.isArray(messages) ? messages : []) {
    if (!isJsonObject(each)) continue;
    const text = textOf(each["content"]);
    if (each["role"] === "system") orders.push(text);
    else said.push(each["role"] === "assistant" ? { role: "assistant", text } : { role: "user", content: text });
  }
  if (typeof prompt === "string") said.push({ role: "user", content: prompt });
  return { ...(orders.length > 0 && { system: orders.join("\n\n") }), messages: said };
}

/** Text of a message; of a list of parts the texts, one after the other. */
function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content ?? "");
  return content
    .map((part: Json) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : JSON.stringify(part)))
    .join("\n");
}

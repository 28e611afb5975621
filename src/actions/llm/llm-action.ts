import { digestJson } from "../../base/digest.ts";
import { type ErrorCode, hasCode, RunwrightError } from "../../base/error.ts";
import { equalJson, isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import type { Action, ActionCall, ActionResult, Effect } from "../../ports/action.ts";
import type { ModelMessage, ModelReply, ModelRequest, Models, ModelTool, ModelToolCall } from "../../ports/model.ts";
import type { Tool } from "../tool/tool.ts";
import { replyIn, type Tools } from "../tool/tools.ts";
import { answerOf, assertWhole, repairOrder } from "./answer.ts";
import { firstRequest, llmPlanOf, modelEffect } from "./conversation.ts";

/** What a model may call, under the names that the file has for it. */
type Allowed = ReadonlyMap<string, Tool>;

/**
 * Carries out `llm` steps: a conversation in which every call of the model and every call of a tool is an operation of its own, with its own
 * receipt. A crash in the middle repeats none of them.
 */
export function createLlmAction(models: Models, tools: Tools): Action {
  return {
    run: (call) => converse(call, { models, tools }),
    opening(call) {
      assertPinned(call, models);
      const allowed = allowedTools(tools, { ...call, log: () => undefined });
      return { effect: modelEffect(firstRequest(call, toolsFor(allowed))) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

interface Parties {
  readonly models: Models;
  readonly tools: Tools;
}

async function converse(call: ActionCall, parties: Parties): Promise<ActionResult> {
  const { step, definition } = call;
  assertPinned(call, parties.models);
  const allowed = allowedTools(parties.tools, call);
  let request = firstRequest(call, toolsFor(allowed));
  let isRepaired = false;
  for (let turn = 1; turn <= limits.modelTurnsMax; turn += 1) {
    const reply = await ask(call, parties.models, request);
    if (reply.calls.length > 0) {
      request = answered(request, [
        assistantTurn(reply),
        ...(await callTools(call, parties.tools, allowed, reply.calls)),
      ]);
      continue;
    }
    assertWhole(reply, step);
    const answer = answerOf(reply, definition.output);
    if ("output" in answer) return { output: answer.output, ...scriptedNote(reply, request.pin) };
    if (isRepaired || definition.output === undefined)
      throw new RunwrightError("model.output-invalid", `Step ${step}: ${answer.problem} It was asked twice.`);
    isRepaired = true;
    const order: ModelMessage = { role: "user", content: repairOrder(answer.problem, definition.output) };
    request = answered(request, [assistantTurn(reply), order]);
  }
  throw new RunwrightError(
    "model.too-many-turns",
    `The model of step ${step} called tools for ${limits.modelTurnsMax} turns without an answer, which is the most.`,
  );
}

/** A published version calls the model at the provider that it was published with, and no other under its name. */
function assertPinned(
  { lock, declared, name, step }: Pick<ActionCall, "lock" | "declared" | "name" | "step">,
  models: Models,
): void {
  const pin = declared.models?.[name] ?? "";
  const pinned = lock?.models[pin];
  if (pinned === undefined || equalJson(pinned, models.describe(pin))) return;
  throw new RunwrightError(
    "version.drift",
    `Step ${step} calls ${pin}, whose provider is not set up as it was when the version was published (kind, address, model). Put it back, or publish again.`,
  );
}

async function ask(call: ActionCall, models: Models, request: ModelRequest): Promise<ModelReply> {
  const receipt = await call.once(modelEffect(request), async ({ signal }) => {
    const reply = await models.call(request, signal);
    for (const warning of reply.warnings ?? []) call.log("warn", warning);
    return reply as unknown as Json;
  });
  return receipt as unknown as ModelReply;
}

/** An answer that no model gave is never taken for one that a model gave. */
function scriptedNote({ scripted }: ModelReply, pin: string): Pick<ActionResult, "warnings"> {
  return scripted === true ? { warnings: [`${pin} was answered from a file (scripted): no model was called`] } : {};
}

function assistantTurn({ text, calls }: ModelReply): ModelMessage {
  return { role: "assistant", text, ...(calls.length > 0 && { calls }) };
}

function answered(request: ModelRequest, messages: readonly ModelMessage[]): ModelRequest {
  return { ...request, messages: [...request.messages, ...messages] };
}

/** One after the other, in the order in which the model asked: the next may need what the one before has done. */
async function callTools(
  call: ActionCall,
  tools: Tools,
  allowed: Allowed,
  asked: readonly ModelToolCall[],
): Promise<readonly ModelMessage[]> {
  if (asked.length > limits.modelToolCallsMax)
    throw new RunwrightError(
      "model.too-many-turns",
      `The model of step ${call.step} asked for ${asked.length} tools at once; ${limits.modelToolCallsMax} is the most.`,
    );
  const messages: ModelMessage[] = [];
  for (const each of asked) messages.push(await callTool(call, tools, allowed.get(each.name), each));
  return messages;
}

/** What the model did wrong it is told, and may do better; what went wrong on the other side is the step's own failure. */
const toldToModel: ReadonlySet<ErrorCode> = new Set([
  "tool.not-allowed",
  "tool.input-invalid",
  "tool.failed",
  "tool.conflict",
]);

async function callTool(
  call: ActionCall,
  tools: Tools,
  tool: Tool | undefined,
  asked: ModelToolCall,
): Promise<ModelMessage> {
  const told = { role: "tool", id: asked.id, name: asked.name } as const;
  try {
    const { effect, input, listed } = await fitting(call, tools, tool, asked);
    const receipt = await call.once(effect, (permit) => tools.carryOut(call, listed, input, permit));
    return { ...told, output: replyIn(receipt).output };
  } catch (error) {
    if (!(error instanceof RunwrightError) || !toldToModel.has(error.code)) throw error;
    return { ...told, output: { error: error.code, message: error.message }, failed: true };
  }
}

/** A call that may go to the door: of a tool that the file gives this step, with arguments that fit it. Throws `tool.*` once the denial is journaled. */
async function fitting(
  call: ActionCall,
  tools: Tools,
  listed: Tool | undefined,
  asked: ModelToolCall,
): Promise<{ readonly effect: Effect; readonly input: JsonObject; readonly listed: Tool }> {
  if (listed === undefined) {
    const outside = `the file gives step ${call.step} no tool of this name`;
    return await refuse(call, asked, outside, new RunwrightError("tool.not-allowed", `Step ${call.step}: ${outside}.`));
  }
  try {
    const input = argumentsOf(asked);
    return { effect: tools.effect(call, listed, input, true), input, listed };
  } catch (error) {
    if (!hasCode(error, "tool.input-invalid")) throw error;
    return await refuse(call, asked, "its arguments do not fit", error);
  }
}

/** A model that has no arguments to give may give nothing; whatever else is no map is not taken for none. */
function argumentsOf({ name, input }: ModelToolCall): JsonObject {
  if (input === null) return {};
  if (isJsonObject(input)) return input;
  throw new RunwrightError("tool.input-invalid", `The input of ${name} is no JSON object.`);
}

/** What is never called: the door says no, so that the journal and the audit log tell of it. */
async function refuse(
  call: ActionCall,
  { name, input }: ModelToolCall,
  outside: string,
  error: RunwrightError,
): Promise<never> {
  const target = { kind: "tool", name: shownName(name), arguments: input, byModel: true, outside } as const;
  const effect = { name: "refused tool", class: "blind", digest: digestJson(input), target } as const;
  try {
    await call.once(effect, () => Promise.reject(error));
  } catch (denied) {
    if (!hasCode(denied, "tool.not-allowed")) throw denied;
  }
  throw error;
}

/** A name that a model made up, as books can keep it. */
function shownName(name: string): string {
  return name
    .slice(0, limits.operationNameMax)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
}

/** The tools of a step; `desk.*` stands for every action of that connector. */
function allowedTools(tools: Tools, call: Parameters<Tools["effect"]>[0]): Allowed {
  const found = llmPlanOf(call).tools.flatMap((name) => {
    if (!name.endsWith(".*")) return [tools.find(call, name)];
    const alias = name.slice(0, -2);
    return tools.actionsOf(call, alias).map((action) => tools.find(call, `${alias}.${action}`));
  });
  return new Map(found.map((tool) => [tool.name, tool]));
}

function toolsFor(allowed: Allowed): readonly ModelTool[] {
  return Array.from(allowed, ([name, { descriptor }]) => ({
    name,
    description: descriptor.title,
    input: descriptor.input,
  }));
}

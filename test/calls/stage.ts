// The real actions of `llm` and `tool` steps in a real engine; the model and the other side of the connectors do what the test says.
import { createLlmAction } from "../../src/actions/llm/llm-action.ts";
import { createToolAction } from "../../src/actions/tool/tool-action.ts";
import { createTools, type Tools } from "../../src/actions/tool/tools.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { desk, mail } from "../../src/language/example-connectors.ts";
import type { Action } from "../../src/ports/action.ts";
import type { Connector, ToolCall, ToolReply, ToolSurroundings } from "../../src/ports/connector.ts";
import type { ModelReply, ModelRequest, Models } from "../../src/ports/model.ts";
import type { Policy } from "../../src/ports/policy.ts";
import type { Vault } from "../../src/ports/vault.ts";
import { policyOf } from "../engine/effects.ts";
import { stage, type Stage } from "../engine/stage.ts";

/** What the two other sides do, and what may be asked of them. */
export interface CallParts {
  /** The model: gets the request, and how often it was asked before. */
  readonly answer?: (request: ModelRequest, before: number, signal: AbortSignal) => Said | Promise<Said>;
  /** The other side of every connector. */
  readonly carryOut?: (call: ToolCall, around: ToolSurroundings) => Json | Promise<Json>;
  readonly find?: (call: ToolCall) => ToolReply | undefined;
  readonly policy?: Policy;
  readonly descriptors?: readonly ConnectorDescriptor[];
  readonly secret?: Vault["secret"];
  /** Stands between the action and the tools, to take a guard away. */
  readonly through?: (tools: Tools) => Tools;
}

/** What a model says; what is left out is as usual. */
export type Said = Partial<ModelReply> | string;

/** A stage on which models and tools are called. */
export interface CallStage extends Stage {
  /** What models were asked, in order. */
  readonly requests: ModelRequest[];
  /** What reached the other side, in order. */
  readonly toolCalls: ToolCall[];
  readonly settings: JsonObject[];
}

/** What one call uses up. */
export const usage = { calls: 1, tokensIn: 60, tokensCached: 0, tokensOut: 30, tokensReasoning: 0, costUsd: 0.5 };

export async function callStage(parts: CallParts = {}): Promise<CallStage> {
  const requests: ModelRequest[] = [];
  const toolCalls: ToolCall[] = [];
  const settings: JsonObject[] = [];
  const { answer = () => "done", carryOut = () => ({ ok: true }), find, descriptors = [desk, mail] } = parts;
  const policy = parts.policy ?? policyOf(() => ({}));
  const models: Models = {
    async call(request, signal) {
      requests.push(request);
      return replyOf(await answer(request, requests.length - 1, signal));
    },
    describe: () => ({}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const connector: Connector = {
    async call(_descriptor, call, around) {
      toolCalls.push(call);
      settings.push(around.settings);
      const output = await carryOut(call, around);
      return { v: 1, output, receipt: { remote_id: `r${toolCalls.length}`, url: null, before: null } };
    },
    find: (_descriptor, call) => Promise.resolve(find?.(call)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const bare = createTools({
    descriptor: (pin) => descriptors.find((each) => `${each.name}@${each.version}` === pin),
    connector,
    vault: { secret: parts.secret ?? ((name) => Promise.resolve(`value of ${name}`)) },
    policy,
  });
  const tools = parts.through?.(bare) ?? bare;
  const byVerb: Readonly<Record<string, Action>> = {
    llm: createLlmAction(models, tools),
    tool: createToolAction(tools),
  };
  const world = await stage(
    (call, signal) => byVerb[call.verb]?.run(call, signal) ?? Promise.resolve({ output: call.input }),
    undefined,
    undefined,
    { policy, opening: (call) => byVerb[call.verb]?.opening?.(call) },
  );
  return Object.assign(world, { requests, toolCalls, settings });
}

function replyOf(said: Said): ModelReply {
  const given = typeof said === "string" ? { text: said } : said;
  const calls = given.calls ?? [];
  return { text: "", calls, end: calls.length > 0 ? "tools" : "stop", served: "fast-1", usage, latencyMs: 5, ...given };
}

/** A turn in which the model asks for tools. */
export function asksFor(...calls: readonly (readonly [name: string, input: Json])[]): Said {
  return { calls: calls.map(([name, input], index) => ({ id: `c${index}-${Math.random()}`, name, input })) };
}

export const pins = "models: { fast: anthropic/claude-haiku-4-5-20251001 }\nconnectors: { desk: zendesk@3.2.0 }\n";

/** A file of one `llm` step `ask` with these tools and whatever else it says. */
export function asking(tools: readonly string[], more = "", head = ""): string {
  const list = tools.length === 0 ? "" : `, tools: [${tools.join(", ")}]`;
  return `workflow: w\n${pins}${head}steps:\n  - { id: ask, llm: fast, prompt: Look at it${list}${more} }\n`;
}

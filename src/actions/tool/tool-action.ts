import { isJsonObject, type JsonObject } from "../../base/json.ts";
import type { Action } from "../../ports/action.ts";
import type { Tool, ToolCaller } from "./tool.ts";
import { replyIn, type Tools } from "./tools.ts";

/** Carries out `tool` steps: one action of a connector, once. */
export function createToolAction(tools: Tools): Action {
  return {
    async run(call) {
      const { tool, input } = askedFor(tools, call);
      const reply = replyIn(
        await call.once(tools.effect(call, tool, input), (permit) => tools.carryOut(call, tool, input, permit)),
      );
      const { output, receipt } = reply;
      return { output, ...(receipt !== undefined && { receipt }) };
    },
    opening(call) {
      const asked = askedFor(tools, { ...call, log: () => undefined });
      return { effect: tools.effect({ ...call, log: () => undefined }, asked.tool, asked.input) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function askedFor(tools: Tools, call: ToolCaller): { readonly tool: Tool; readonly input: JsonObject } {
  return { tool: tools.find(call, call.name), input: isJsonObject(call.input) ? call.input : {} };
}

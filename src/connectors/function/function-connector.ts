import { type ErrorCode, messageOf, RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { FunctionActionPart } from "../../language/connector-kinds.ts";
import type { Action, ActionResult, FunctionCall } from "../../ports/action.ts";
import type { Connector, ToolCall, ToolReceipt, ToolReply, ToolSurroundings } from "../../ports/connector.ts";
import { withoutValues } from "../without-values.ts";

/**
 * Connectors of kind `function`: each action is a module of the project, carried out where functions are, in a process of its own with the
 * permissions of one. `modules` carries them out, and is its owner's to close.
 */
export function createFunctionConnector(modules: Action<FunctionCall>): Connector {
  return {
    async call(descriptor, call, surroundings) {
      const { module } = partOf(descriptor, call);
      const result = await run(module, call, surroundings);
      return replyOf(result, call);
    },
    async find(descriptor, call, surroundings) {
      const { find } = partOf(descriptor, call);
      if (find === undefined)
        throw new RunwrightError(
          "tool.failed",
          `${nameOf(call)} has no find: nobody can look whether it was carried out.`,
        );
      const result = await run(find, call, surroundings);
      return result.output === null && result.receipt === undefined ? undefined : replyOf(result, call);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  async function run(module: string, call: ToolCall, surroundings: ToolSurroundings): Promise<ActionResult> {
    try {
      return await modules.run(moduleCall(module, call, surroundings), surroundings.signal);
    } catch (error) {
      throw withoutValues(toolError(error), surroundings.settings);
    }
  }
}

function moduleCall(module: string, call: ToolCall, { settings, log }: ToolSurroundings): FunctionCall {
  const { tenant, workspace, run, workflow, version, path, attempt, principal, key, input } = call;
  return {
    key: { tenant, workspace, run },
    workflow,
    version,
    path,
    step: stepOf(path),
    attempt,
    principal,
    idempotencyKey: key,
    verb: "tool",
    name: module,
    input,
    refs: () => ({}),
    env: {},
    log: log ?? (() => undefined),
    once: () =>
      Promise.reject(
        new RunwrightError(
          "effect.invalid",
          "A connector's module is one operation already; it has no ctx.once of its own.",
        ),
      ),
    tool: { call, settings },
  };
}

const toolCodes: Partial<Record<ErrorCode, ErrorCode>> = {
  "function.not-found": "connector.not-configured",
  "function.failed": "tool.failed",
  "function.crashed": "tool.unavailable",
  "function.invalid": "tool.failed",
  "function.refused": "tool.failed",
  "function.output-invalid": "tool.bad-answer",
  "function.busy": "tool.unavailable",
};

/** What a module's failure is for those who call a tool. */
function toolError(error: unknown): unknown {
  const code = error instanceof RunwrightError ? toolCodes[error.code] : undefined;
  return code === undefined ? error : new RunwrightError(code, messageOf(error), { cause: error });
}

function replyOf({ output, receipt }: ActionResult, call: ToolCall): ToolReply {
  if (call.effect === "read") return { v: 1, output };
  return { v: 1, output, receipt: receiptOf(receipt ?? null) };
}

function receiptOf(given: Json): ToolReceipt {
  const receipt = isJsonObject(given) ? given : {};
  return {
    ...receipt,
    remote_id: wordOf(receipt["remote_id"]),
    url: wordOf(receipt["url"]),
    before: receipt["before"] ?? null,
  };
}

function wordOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function partOf({ actions }: ConnectorDescriptor, call: ToolCall): FunctionActionPart {
  const action = Object.hasOwn(actions, call.action) ? actions[call.action] : undefined;
  if (action?.function !== undefined) return action.function;
  throw new RunwrightError("tool.not-allowed", `${call.connector} has no action '${call.action}'.`);
}

/** The step of an instance path: `file` of `each[3]/file@2`. */
function stepOf(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/[[@].*$/, "");
}

function nameOf({ connector, action }: ToolCall): string {
  return `${connector}/${action}`;
}

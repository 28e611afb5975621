import { digestJson } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ActionDescriptor, ConnectorDescriptor } from "../../language/connector.ts";
import { validateValue } from "../../language/schema/validate.ts";
import type { Effect, Permit } from "../../ports/action.ts";
import type { Connector, ToolCall, ToolReply, ToolSurroundings } from "../../ports/connector.ts";
import type { Policy } from "../../ports/policy.ts";
import type { Vault } from "../../ports/vault.ts";
import { settingsOf } from "./settings.ts";
import type { Tool, ToolCaller } from "./tool.ts";

/** What tools stand on. */
export interface ToolsOptions {
  /** The connector of a pin, where it is installed. */
  readonly descriptor: (pin: string) => ConnectorDescriptor | undefined;
  /** Carries out the actions of all of them. */
  readonly connector: Connector;
  readonly vault: Pick<Vault, "secret">;
  /** Asked for every secret that a call needs. */
  readonly policy: Policy;
}

/** The tools of a project: found by the names that files have for them, and carried out once each. */
export interface Tools {
  /** Throws `tool.not-allowed` for a name that the file does not declare, `connector.not-configured` and `connector.drift`. */
  find(call: Pick<ToolCaller, "declared" | "lock" | "step">, name: string): Tool;
  /** Names of all actions of a connector that the file declares. Throws the same. */
  actionsOf(call: Pick<ToolCaller, "declared" | "lock" | "step">, alias: string): readonly string[];
  /** What calling it is, for the door. Throws `tool.input-invalid`: what does not fit is neither journaled nor shown to people as a call. */
  effect(call: ToolCaller, tool: Tool, input: JsonObject, byModel?: true): Effect;
  carryOut(call: ToolCaller, tool: Tool, input: JsonObject, permit: Permit): Promise<Json>;
}

/** Tools over connectors. Settings and their secrets are put together at the moment of a call, and kept nowhere. */
export function createTools(options: ToolsOptions): Tools {
  const { descriptor: installed, connector } = options;
  return {
    find(caller, name) {
      const dot = name.indexOf(".");
      const [alias, action] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
      const { pin, found } = connectorOf(caller, alias, name);
      const descriptor = Object.hasOwn(found.actions, action) ? found.actions[action] : undefined;
      if (descriptor === undefined) throw unknownTool(caller.step, name);
      return { name, alias, pin, action, connector: found, descriptor };
    },
    actionsOf: (caller, alias) => Object.keys(connectorOf(caller, alias, `${alias}.*`).found.actions),
    effect(call, tool, input, byModel) {
      const { pin, action, descriptor } = tool;
      const [problem] = validateValue(descriptor.input, input);
      if (problem !== undefined) throw misfit(tool, problem);
      const canFind = descriptor.effect === "readback" || descriptor.effect === "conditional";
      return {
        name: tool.name,
        class: descriptor.effect,
        digest: digestJson({ pin, action, input }),
        ordered: true,
        target: {
          kind: "tool",
          name: `${pin}/${action}`,
          arguments: input,
          ...(isIrreversible(call, descriptor) && { irreversible: true as const }),
          ...(byModel === true && { byModel }),
        },
        ...(canFind && { find: async (permit: Permit) => asJson(await look(call, tool, input, permit)) }),
      };
    },
    async carryOut(call, tool, input, permit) {
      const around = await surroundingsOf(call, tool, permit);
      return asJson(await connector.call(tool.connector, envelopeOf(call, tool, input, permit), around)) ?? null;
    },
  };

  function connectorOf(
    { declared: { connectors = {} }, lock, step }: Pick<ToolCaller, "declared" | "lock" | "step">,
    alias: string,
    name: string,
  ): { readonly pin: string; readonly found: ConnectorDescriptor } {
    const pin = Object.hasOwn(connectors, alias) ? connectors[alias]?.use : undefined;
    if (pin === undefined) throw unknownTool(step, name);
    const found = installed(pin);
    if (found === undefined) throw notInstalled(step, pin);
    assertPinned(step, found, lock?.connectors[pin]);
    return { pin, found };
  }

  async function look(call: ToolCaller, tool: Tool, input: JsonObject, permit: Permit): Promise<ToolReply | undefined> {
    const around = await surroundingsOf(call, tool, permit);
    return await connector.find(tool.connector, envelopeOf(call, tool, input, permit), around);
  }

  async function surroundingsOf(call: ToolCaller, tool: Tool, { signal }: Permit): Promise<ToolSurroundings> {
    return { settings: await settingsOf(options, call, tool), signal, log: call.log };
  }
}

/**
 * What a call gave, read from what stands in the journal. Where people settled a call whose answer nobody has, that is what they saw in the other
 * system: the call's receipt, as far as they know it, and no output.
 */
export function replyIn(kept: Json): ToolReply {
  if (isJsonObject(kept) && kept["v"] === 1 && kept["output"] !== undefined) return kept as unknown as ToolReply;
  const seen = isJsonObject(kept) ? kept : {};
  return { v: 1, output: null, receipt: { remote_id: null, url: null, before: null, ...seen } };
}

/** The call as it leaves: the same bytes wherever it goes. */
function envelopeOf(call: ToolCaller, { pin, action, descriptor }: Tool, input: JsonObject, permit: Permit): ToolCall {
  const { key, workflow, version, path, attempt, principal } = call;
  const { deadline, policy } = permit;
  return {
    v: 1,
    tenant: key.tenant,
    workspace: key.workspace,
    workflow,
    version,
    run: key.run,
    path,
    attempt,
    principal,
    connector: pin,
    action,
    effect: descriptor.effect,
    key: permit.key,
    ...(deadline !== undefined && { deadline }),
    policy: { rules: policy.rules, version: policy.version },
    input,
  };
}

/** A write that neither its connector nor its step can undo. */
function isIrreversible({ definition }: ToolCaller, { effect, undo }: ActionDescriptor): boolean {
  return effect !== "read" && undo === undefined && definition.undo === undefined;
}

function asJson(reply: ToolReply | undefined): Json | undefined {
  return reply as unknown as JsonObject | undefined;
}

/** A published version calls what it was published with, and nothing else of that name. */
function assertPinned(step: string, found: ConnectorDescriptor, pinned: string | undefined): void {
  if (pinned === undefined || pinned === digestOf(found)) return;
  throw new RunwrightError(
    "connector.drift",
    `Step ${step} calls ${found.name}@${found.version}, whose descriptor is not the one that the version was published with. Put it back, or publish again.`,
  );
}

const digests = new WeakMap<ConnectorDescriptor, string>();

function digestOf(found: ConnectorDescriptor): string {
  const digest = digests.get(found) ?? digestJson(found as unknown as Json);
  digests.set(found, digest);
  return digest;
}

function unknownTool(step: string, name: string): RunwrightError {
  return new RunwrightError("tool.not-allowed", `Step ${step} has no tool '${name.slice(0, 200)}'.`);
}

function notInstalled(step: string, pin: string): RunwrightError {
  return new RunwrightError(
    "connector.not-configured",
    `Step ${step} calls ${pin}, which is not installed: there is no connectors/${pin}.json.`,
  );
}

function misfit({ name }: Tool, problem: { readonly path: string; readonly message: string }): RunwrightError {
  const what = problem.path === "" ? "The input" : `The input '${problem.path}'`;
  return new RunwrightError("tool.input-invalid", `${what} of ${name} ${problem.message}.`);
}

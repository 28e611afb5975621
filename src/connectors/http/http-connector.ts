import { digestText } from "../../base/digest.ts";
import { reworded, RunwrightError, undoneBy } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import { evaluate } from "../../language/expression/evaluate.ts";
import type { Template } from "../../language/plan.ts";
import { applyDefaults } from "../../language/schema/defaults.ts";
import { validateValue } from "../../language/schema/validate.ts";
import type { Connector, ToolCall, ToolReceipt, ToolReply, ToolSurroundings } from "../../ports/connector.ts";
import { createAgent, type Resolve, systemResolve } from "./agent.ts";
import { httpBounds, type HttpBounds } from "./bounds.ts";
import type { Exchange } from "./exchange.ts";
import { fill, namesOf } from "./fill.ts";
import { type AllowedHosts, createGuard } from "./guard.ts";
import { mapped } from "./mapped.ts";
import { type CallPlan, planOf } from "./plans.ts";
import { type Asking, send } from "./send.ts";
import { type CallSettings, missingSettings, redactor, settingsOf } from "./settings.ts";
import { createSignIn } from "./sign-in.ts";

/** What connectors over HTTP are made with. */
export interface HttpConnectorOptions {
  /** `connectors.allow_hosts` of the configuration. */
  readonly allowHosts: AllowedHosts;
  readonly now: () => number;
  readonly resolve?: Resolve;
  readonly bounds?: Partial<HttpBounds>;
}

/** Carries out the actions of connectors of kind `http`. */
export function createHttpConnector(options: HttpConnectorOptions): Connector {
  const { now } = options;
  const bounds = { ...httpBounds, ...options.bounds };
  const agent = createAgent(createGuard(options.allowHosts), options.resolve ?? systemResolve, bounds);
  const on: Exchange = { dispatcher: agent, bounds };
  const signIn = createSignIn(on, now);

  return {
    call: async (descriptor, call, surroundings) =>
      await named({ descriptor, call, surroundings }, async () => {
        const { at, headers } = await readied(descriptor, call, surroundings);
        const { plan, asking, values } = at;
        const { request, keyHeader } = plan.action;
        values["response"] = await send(asking, request, { values, headers, isKeyed: keyHeader !== undefined });
        return replyOf(at, plan.action);
      }),
    find: async (descriptor, call, surroundings) =>
      await named({ descriptor, call, surroundings }, async () => {
        const at = prepare(descriptor, call, surroundings);
        const { plan, asking, values } = at;
        const { find } = plan.action;
        if (find === undefined) return undefined;
        await readFirst(at);
        const response = await send(asking, find.request, { values, headers: {}, isKeyed: false });
        values["response"] = response;
        const found = mapped(() => evaluate(find.found, namesOf(values)));
        if (found === null) return undefined;
        Object.assign(values, { found, response: { ...response, body: found } });
        return replyOf(at, { ...plan.action, ...find });
      }),
    [Symbol.asyncDispose]: async () => await agent.destroy(),
  };

  /** Whatever fails here fails before the call itself is sent. */
  async function readied(
    ...called: Parameters<Connector["call"]>
  ): Promise<{ readonly at: At; readonly headers: Readonly<Record<string, string>> }> {
    const [, { key }] = called;
    try {
      const at = prepare(...called);
      await readFirst(at);
      const { keyHeader, ifMatch } = at.plan.action;
      const headers = {
        ...(keyHeader !== undefined && { [keyHeader.toLowerCase()]: key }),
        ...(ifMatch !== undefined && { "if-match": textOf(at, ifMatch) }),
      };
      return { at, headers };
    } catch (error) {
      throw undoneBy(error);
    }
  }

  function prepare(descriptor: ConnectorDescriptor, call: ToolCall, { settings: given, signal }: ToolSurroundings): At {
    const plan = planOf(descriptor, call.action);
    const settings = settingsOf(descriptor, given);
    const input = inputOf(plan, call.input);
    const values = { input, settings: settings.plain, key: call.key, now: now(), tables: plan.connector.tables };
    const asking: Asking = { on, plan, settings, signIn, signal, now, trace: traceOf(call) };
    return { plan, settings, asking, values: { ...values, before: {}, values: {} } };
  }
}

/** What was called. */
interface Called {
  readonly descriptor: ConnectorDescriptor;
  readonly call: ToolCall;
  readonly surroundings: ToolSurroundings;
}

/** A call under way. */
interface At {
  readonly plan: CallPlan;
  readonly settings: CallSettings;
  readonly asking: Asking;
  /** What expressions see. */
  readonly values: Record<string, Json>;
}

/** Reads what was there before, and works out values. */
async function readFirst({ plan, asking, values }: At): Promise<void> {
  for (const [name, request] of plan.action.before) {
    const response: JsonObject = await send(asking, request, { values, headers: {}, isKeyed: false });
    values["before"] = { ...asObject(values["before"]), [name]: response };
  }
  for (const [name, template] of plan.action.values) {
    const value = mapped(() => fill(template, namesOf(values)));
    values["values"] = { ...asObject(values["values"]), [name]: value };
  }
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf({ settings, values }: At, template: Template): string {
  const value = mapped(() => fill(template, namesOf(values)));
  if (typeof value === "string") return value;
  const missing = missingSettings(template, settings.plain);
  throw new RunwrightError(
    missing.length > 0 ? "connector.not-configured" : "tool.bad-answer",
    "What was read before says nothing of its version, so that it cannot be changed on condition.",
  );
}

/** Arguments as the action takes them: its defaults filled in. */
function inputOf({ descriptor }: CallPlan, given: JsonObject): JsonObject {
  const input = asObject(applyDefaults(descriptor.input, given));
  const [problem] = validateValue(descriptor.input, input);
  if (problem === undefined) return input;
  throw new RunwrightError(
    "tool.input-invalid",
    `${problem.path === "" ? "The input" : `The input '${problem.path}'`} ${problem.message}.`,
  );
}

/** What is made of an answer. What does not fit what the descriptor says of it is no answer. */
function replyOf(
  { plan, values }: At,
  { output, receipt }: { readonly output?: Template; readonly receipt?: Template },
): ToolReply {
  const { descriptor } = plan;
  const names = namesOf(values);
  const given =
    output === undefined ? (asObject(values["response"])["body"] ?? null) : mapped(() => fill(output, names));
  fits(descriptor.output ?? {}, given, "answer");
  if (descriptor.effect === "read") return { v: 1, output: given };

  const left = receipt === undefined ? {} : asObject(mapped(() => fill(receipt, names)));
  const whole: ToolReceipt = {
    before: null,
    ...left,
    remote_id: textOrNull(left["remote_id"]),
    url: textOrNull(left["url"]),
  };
  // Nobody knows what stood there when a call is found after a crash: its receipt may say null there.
  const known =
    whole.before === null ? Object.fromEntries(Object.entries(whole).filter(([name]) => name !== "before")) : whole;
  fits(withoutNeed(descriptor.receipt ?? {}, whole), known, "receipt");
  return { v: 1, output: given, receipt: whole };
}

/** A schema that does not ask for what a receipt has as null: that it is there is what counts. */
function withoutNeed(schema: JsonObject, receipt: JsonObject): JsonObject {
  const required = schema["required"];
  if (receipt["before"] !== null || !Array.isArray(required)) return schema;
  return { ...schema, required: (required as readonly Json[]).filter((name) => name !== "before") };
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function fits(schema: JsonObject, value: Json, what: string): void {
  const [problem] = validateValue(schema, value);
  if (problem !== undefined)
    throw new RunwrightError(
      "tool.bad-answer",
      `The ${what} is not what the descriptor says: ${problem.path === "" ? "it" : `'${problem.path}'`} ${problem.message}.`,
    );
}

/**
 * A number that the other side can write into its logs, made of what is random or a digest already: it leads back to the run for those who
 * have it, and tells others nothing.
 */
function traceOf({ run, key }: ToolCall): string {
  return `00-${digestText(run).slice(0, 32)}-${digestText(key).slice(0, 16)}-01`;
}

/** Every failure names what was called, and nothing that is secret: neither in its message nor in a cause behind it. */
async function named<T>(at: Called, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RunwrightError)) throw error;
    const redact = redactor(at.descriptor, at.surroundings.settings);
    throw reworded(error, `${at.call.connector} ${at.call.action}: ${redact(error.message)}`);
  }
}

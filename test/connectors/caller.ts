// Calls the actions of a connector as the engine would, and holds every call and reply against the published schemas.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { digestText } from "../../src/base/digest.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { builtInConnectors } from "../../src/connectors/built-in.ts";
import { createHttpConnector, type HttpConnectorOptions } from "../../src/connectors/http/http-connector.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import type { ToolCall, ToolReply } from "../../src/ports/connector.ts";
import { root } from "../house/sources.ts";

const ajv = new Ajv2020({ strict: false });
const callFits = schemaOf("tool-call.v1.json");
const replyFits = schemaOf("tool-reply.v1.json");

function schemaOf(name: string): ValidateFunction {
  return ajv.compile(JSON.parse(readFileSync(path.join(root, "schema", name), "utf8")) as JsonObject);
}

/** Throws unless a value is what a published schema says. */
export function fitsSchema(kind: "call" | "reply", value: unknown): void {
  const fits = kind === "call" ? callFits : replyFits;
  assert.ok(fits(JSON.parse(JSON.stringify(value))), `${kind}: ${ajv.errorsText(fits.errors)}`);
}

/** One connector with its settings. */
export interface Caller extends AsyncDisposable {
  /** Calls an action; `key` tells operations apart. */
  call(action: string, input: JsonObject, key?: string): Promise<ToolReply>;
  /** Looks whether it was carried out under this key. */
  find(action: string, input: JsonObject, key?: string): Promise<ToolReply | undefined>;
  /** Actions that were called so far. */
  readonly called: ReadonlySet<string>;
}

/** A caller of a built-in connector, or of another descriptor. */
export function callerOf(
  connector: string | ConnectorDescriptor,
  settings: JsonObject,
  options: Partial<HttpConnectorOptions> = {},
): Caller {
  const descriptor = typeof connector === "string" ? builtIn(connector) : connector;
  const http = createHttpConnector({
    allowHosts: ["127.0.0.1"],
    now: () => Date.parse("2026-03-01T09:30:00Z"),
    ...options,
  });
  const called = new Set<string>();
  const around = { settings, signal: new AbortController().signal };

  return {
    called,
    async call(action, input, key = "one") {
      called.add(action);
      const reply = await http.call(descriptor, callOf(descriptor, { action, input, key }), around);
      fitsSchema("reply", reply);
      return reply;
    },
    async find(action, input, key = "one") {
      const reply = await http.find(descriptor, callOf(descriptor, { action, input, key }), around);
      if (reply !== undefined) fitsSchema("reply", reply);
      return reply;
    },
    [Symbol.asyncDispose]: async () => await http[Symbol.asyncDispose](),
  };
}

/** A connector that comes along. */
export function builtIn(name: string): ConnectorDescriptor {
  const found = builtInConnectors.find((each) => each.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

/** A call as the engine makes it. */
export function callOf(
  { name, version, actions }: ConnectorDescriptor,
  { action, input, key }: { readonly action: string; readonly input: JsonObject; readonly key: string },
): ToolCall {
  const call: ToolCall = {
    v: 1,
    tenant: "acme-tenant",
    workspace: "acme-workspace",
    workflow: "acme-workflow",
    version: digestText("version"),
    run: "r01",
    path: "cycle@2/write",
    attempt: 1,
    principal: "local:ada",
    connector: `${name}@${version}`,
    action,
    effect: actions[action]?.effect ?? "blind",
    key: digestText(key),
    policy: { rules: ["r1"], version: digestText("policy") },
    input,
  };
  fitsSchema("call", call);
  return call;
}

import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ActionDescriptor, ConnectorDescriptor } from "../../language/connector.ts";
import { createProblems } from "../../language/problems.ts";
import type { SourceEntry, SourceNode } from "../../language/source/tree.ts";
import type { HttpActionPlan, HttpConnectorPlan } from "../http-plan.ts";
import { createMapper } from "../mapper.ts";
import { readHttpAction, readHttpConnector } from "../read-http.ts";

/** What a call of one action needs to know. */
export interface CallPlan {
  readonly connector: HttpConnectorPlan;
  readonly action: HttpActionPlan;
  readonly descriptor: ActionDescriptor;
}

// A descriptor is plain JSON, pinned by its digest; what is made of it goes with it.
const known = new WeakMap<ConnectorDescriptor, Map<string, CallPlan>>();

/** The plan of one action, made when it is first called. Throws `connector.invalid` and `tool.not-allowed`. */
export function planOf(descriptor: ConnectorDescriptor, name: string): CallPlan {
  const plans = known.get(descriptor) ?? new Map<string, CallPlan>();
  known.set(descriptor, plans);
  const plan = plans.get(name) ?? make(descriptor, name);
  plans.set(name, plan);
  return plan;
}

function make(connector: ConnectorDescriptor, name: string): CallPlan {
  const pin = `${connector.name}@${connector.version}`;
  const descriptor = Object.hasOwn(connector.actions, name) ? connector.actions[name] : undefined;
  if (descriptor === undefined) throw new RunwrightError("tool.not-allowed", `${pin} has no action '${name}'.`);

  const problems = createProblems("");
  const mapper = createMapper("", problems);
  const { settings } = connector;
  const whole = readHttpConnector(mapper, entryOf(connector.http), settings);
  const action = whole && readHttpAction(mapper, entryOf(descriptor.http), { name, descriptor, connector: whole });
  if (problems.errors === 0 && whole !== undefined && action !== undefined)
    return { connector: whole, action, descriptor };
  const [first] = problems.inOrder(() => "");
  throw new RunwrightError(
    "connector.invalid",
    `The action '${name}' of ${pin} cannot be carried out over HTTP: ${first?.message ?? "it is not described"}.`,
  );
}

const nowhere = { start: 0, end: 0 } as const;

function entryOf(section: JsonObject | undefined): SourceEntry {
  return { key: "http", keyRange: nowhere, value: nodeOf(section ?? {}) };
}

/** A JSON value as the tree that the reader takes. It has no places: whoever published it has seen every problem there was. */
function nodeOf(value: Json): SourceNode {
  if (Array.isArray(value)) return { kind: "list", range: nowhere, items: value.map((item: Json) => nodeOf(item)) };
  if (!isJsonObject(value)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return { kind: "scalar", range: nowhere, value: value as string, text, style: "double", origin: () => 0 };
  }
  const entries = Object.entries(value).map(([key, part]) => ({ key, keyRange: nowhere, value: nodeOf(part) }));
  return { kind: "map", range: nowhere, entries };
}

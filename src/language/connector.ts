import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { ConnectorKind, FunctionActionPart, McpAction, McpServer } from "./connector-kinds.ts";
import type { Schema } from "./plan.ts";

export type { ConnectorKind } from "./connector-kinds.ts";

/**
 * What happens when a call was interrupted and nobody knows whether it was done: `read` changes nothing; `keyed` sends a key that the remote
 * side recognises; `readback` can look; `conditional` writes only over what it saw; `idempotent` may be repeated; `blind` none of these.
 */
export type EffectClass = "read" | "keyed" | "readback" | "conditional" | "idempotent" | "blind";

/** All of them. */
export const effectClasses: readonly EffectClass[] = [
  "read",
  "keyed",
  "readback",
  "conditional",
  "idempotent",
  "blind",
];

/** One action of a connector. */
export interface ActionDescriptor {
  readonly title: string;
  readonly effect: EffectClass;
  /** JSON Schema of an object. */
  readonly input: Schema;
  /** JSON Schema; undefined: anything. */
  readonly output?: Schema;
  /** JSON Schema of what a write leaves behind: `remote_id`, `before` … */
  readonly receipt?: Schema;
  /**
   * The action of the same connector that undoes it when it is called with the receipt's `before`; undefined: it cannot be undone, unless a
   * step says how.
   */
  readonly undo?: string;
  /** Inputs that say who or where: data from outside may not choose them without a gate. */
  readonly targets?: readonly string[];
  /** Nothing from outside the organisation is in what it gives: it does not make a write need a gate. */
  readonly trusted?: true;
  /** Of a connector of kind `http`: the requests and what is made of their answers, as written. */
  readonly http?: JsonObject;
  /** Of connectors of kind `mcp`. */
  readonly mcp?: McpAction;
  /** Of connectors of kind `function`. */
  readonly function?: FunctionActionPart;
}

/** A version of a connector, as data: what it can do, without the code that does it. */
export interface ConnectorDescriptor {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** Of kind `mcp`. */
  readonly mcp?: McpServer;
  /** JSON Schema of an object: what `connectors.<alias>.with` takes. A setting of format `password`, or that is `writeOnly`, is a secret. */
  readonly settings?: Schema;
  /** Undefined: it is described only, and carried out by code that knows its name. */
  readonly kind?: ConnectorKind;
  /** Of kind `http`: where it is and how it is signed in to, as written. */
  readonly http?: JsonObject;
  readonly actions: Readonly<Record<string, ActionDescriptor>>;
}

/** True for the schema of a setting that is a secret: it is `writeOnly`, or of format `password`. */
export function isSecretSetting(property: Json | undefined): boolean {
  return isJsonObject(property) && (property["writeOnly"] === true || property["format"] === "password");
}

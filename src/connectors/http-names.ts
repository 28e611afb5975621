import { isJsonObject, type JsonObject } from "../base/json.ts";
import { isSecretSetting } from "../language/connector.ts";
import { listOf, objectOf, type Type, types, typeOfSchema } from "../language/expression/type.ts";
import type { Schema } from "../language/plan.ts";
import type { Spot } from "./mapper.ts";

/** The type of an answer: `response` and `before.<name>`. */
export const answerType: Type = objectOf({
  status: types.integer,
  headers: types.object,
  body: types.any,
  items: listOf(types.any),
});

/** Names of the settings that are secrets. */
export function secretsOf(settings: Schema | undefined): ReadonlySet<string> {
  const properties = isJsonObject(settings?.["properties"]) ? settings["properties"] : {};
  return new Set(Object.keys(properties).filter((name) => isSecretSetting(properties[name])));
}

/**
 * What the settings are for expressions. None of them counts as missing: which are needed is known when a connector is used, and then the
 * one that is not there is named.
 */
function settingsType(settings: Schema | undefined, hidden: ReadonlySet<string>): Type {
  const type = settings === undefined ? types.object : typeOfSchema(settings);
  if (type.kind !== "object") return types.object;
  return objectOf(new Map([...type.fields].filter(([name]) => !hidden.has(name))), { open: settings === undefined });
}

const noSecrets: ReadonlySet<string> = new Set();

/** What can be read where a connector signs in: all of its settings. */
export function authSpot(field: string, settings: Schema | undefined): Spot {
  return { field, names: new Map([["settings", settingsType(settings, noSecrets)]]), secrets: noSecrets };
}

/** What can be read everywhere in a connector: its settings without the secrets, and its tables, of which only the names are known. */
export function plainSpot(field: string, settings: Schema | undefined, tables: JsonObject): Spot {
  const secrets = secretsOf(settings);
  const names = new Map<string, Type>([
    ["settings", settingsType(settings, secrets)],
    ["tables", objectOf(new Map(Object.keys(tables).map((name) => [name, types.any])))],
  ]);
  return { field, names, secrets };
}

/** A place where more can be read. */
export function withNames(spot: Spot, more: Readonly<Record<string, Type>>, field: string = spot.field): Spot {
  return { ...spot, field, names: new Map([...spot.names, ...Object.entries(more)]) };
}

import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { secretsOf } from "../http-names.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import { applyDefaults } from "../../language/schema/defaults.ts";
import { validateValue } from "../../language/schema/validate.ts";
import { settingsRead } from "./fill.ts";

/** The settings of one call. */
export interface CallSettings {
  /** All of them: for what signs in. */
  readonly all: JsonObject;
  /** Those that are no secrets: for everything else. */
  readonly plain: JsonObject;
  /** A text without the secrets, in any of their usual spellings. */
  redact(text: string): string;
}

/** Takes the secrets of a connector out of a text, in any of their usual spellings. */
export function redactor({ settings: schema }: ConnectorDescriptor, given: JsonObject): (text: string) => string {
  const secrets = [...secretsOf(schema)].flatMap((key) => spellings(given[key] ?? null));
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "••••"), text);
}

/** Sorts the settings of a call. Throws `connector.not-configured` for what the connector does not take. */
export function settingsOf(descriptor: ConnectorDescriptor, given: JsonObject): CallSettings {
  const { settings: schema, name, version } = descriptor;
  const filled = schema === undefined ? given : applyDefaults(schema, given);
  const all = isJsonObject(filled) ? filled : {};
  const [problem] = schema === undefined ? [] : validateValue(schema, all);
  if (problem !== undefined)
    throw new RunwrightError(
      "connector.not-configured",
      `The settings of ${name}@${version} cannot be used: ${problem.path === "" ? "they" : `'${problem.path}'`} ${problem.message}.`,
    );

  const hidden = secretsOf(schema);
  const plain = Object.fromEntries(Object.entries(all).filter(([key]) => !hidden.has(key)));
  return { all, plain, redact: redactor(descriptor, all) };
}

/** A secret as it may stand in what another server says. */
function spellings(value: Json): readonly string[] {
  if (typeof value !== "string" || value.length < secretCharsMin) return [];
  const encoded = Buffer.from(value);
  return [
    ...new Set([
      value,
      encodeURIComponent(value.toWellFormed()),
      JSON.stringify(value).slice(1, -1),
      encoded.toString("base64"),
      encoded.toString("base64url"),
      encoded.toString("hex"),
    ]),
  ];
}

/** A shorter text would blot out words that have nothing to do with it. */
const secretCharsMin = 4;

/** The settings that something reads and that are not given. */
export function missingSettings(part: unknown, settings: JsonObject): readonly string[] {
  return [...settingsRead(part)].filter((name) => (settings[name] ?? null) === null);
}

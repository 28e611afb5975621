import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { Schema } from "../language/plan.ts";

/** A value typed on a command line: text where a text is expected, else JSON where it is JSON, else text. */
export function valueOfText(text: string, isText: boolean): Json {
  if (isText) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The parts of `name=value`. Throws `usage.invalid`. */
export function splitPair(pair: string, option: string): readonly [string, string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new RunwrightError("usage.invalid", `${option} takes name=value, not '${pair}'.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/**
 * The inputs that `--input name=value` give, each as its schema asks for. Names that the workflow does not have are refused by their name, unless
 * it says that it takes others.
 */
export function inputsOfPairs(pairs: readonly string[], schema: Schema): JsonObject {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const others = schema["additionalProperties"] ?? false;
  const inputs: Record<string, Json> = {};
  for (const pair of pairs) {
    const [name, text] = splitPair(pair, "--input");
    const known = Object.keys(properties);
    if (!Object.hasOwn(properties, name) && others === false) {
      const hint = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
      throw new RunwrightError("usage.invalid", `The workflow has no input '${name}': ${hint}.`);
    }
    const wanted = Object.hasOwn(properties, name) ? properties[name] : others;
    inputs[name] = valueOfText(text, isJsonObject(wanted) && wanted["type"] === "string");
  }
  return inputs;
}

import path from "node:path";
import { isJsonObject, type JsonObject } from "../base/json.ts";
import type { Schema } from "../language/plan.ts";

/**
 * Inputs of `format: folder` with their full paths: a relative one is meant from `cwd`, where the command was typed; a default too.
 *
 * A run may be carried on from anywhere, so that what is stored must not depend on where it was started.
 */
export function resolveFolders(inputs: Schema, given: JsonObject, cwd: string): JsonObject {
  const resolved = folderInputs(inputs).flatMap(([name, schema]) => {
    const folder = given[name] ?? schema["default"];
    return typeof folder === "string" ? [[name, path.resolve(cwd, folder)] as const] : [];
  });
  return { ...given, ...Object.fromEntries(resolved) };
}

/** The folders that a run's input names: its functions may read them, because whoever started it pointed at them. */
export function namedFolders(inputs: Schema, input: JsonObject): readonly string[] {
  return folderInputs(inputs).flatMap(([name]) => {
    const folder = input[name];
    return typeof folder === "string" && path.isAbsolute(folder) ? [folder] : [];
  });
}

function folderInputs(inputs: Schema): readonly (readonly [string, JsonObject])[] {
  const properties = inputs["properties"];
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) =>
    isJsonObject(schema) && schema["format"] === "folder" ? [[name, schema] as const] : [],
  );
}

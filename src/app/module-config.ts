import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";

/** What modules of a project are told as `ctx.config`; the file is the project's own. */
const moduleConfigName = "orchestrator.config.json";

/** Reads what the modules of a project are told; a project without the file tells them nothing. Throws `config.invalid`. */
export function readModuleConfig(root: string): JsonObject {
  const file = path.join(root, moduleConfigName);
  if (!existsSync(file)) return {};
  const { size } = statSync(file);
  if (size > limits.sourceBytesMax) {
    throw invalid(
      `has ${size} bytes, and ${limits.sourceBytesMax} are read; keep data that modules need in its own file`,
    );
  }
  const config = parsed(readFileSync(file, "utf8"));
  if (!isJsonObject(config)) throw invalid('holds no JSON object; write it as {"region": "eu"}');
  return config;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw invalid(`is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function invalid(what: string): RunwrightError {
  return new RunwrightError("config.invalid", `${moduleConfigName} ${what}.`);
}

import { existsSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../base/error.ts";
import { installCommand, isInstalled } from "../providers/load-model.ts";
import type { ProviderSettings } from "../providers/settings.ts";
import type { Config } from "./config.ts";
import type { Check } from "./check.ts";
import { createScriptReader } from "./script-file.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What can be said of the providers of models without a call: whether their keys are there, never what they are. */
export function providerChecks({ root, providers }: Pick<Config, "root" | "providers">, env: Env): readonly Check[] {
  const all = Object.entries(providers);
  const written = all.filter(([, { place }]) => place !== undefined);
  const usual = all.filter(([, { place }]) => place === undefined);
  return [
    ...written.map(([name, settings]) => writtenCheck(name, settings, root, env)),
    { name: "providers", ok: true, found: usualWords(usual, root, env) },
  ];
}

/** Those that are always there: a key that is missing is no fault, for nobody may ever call them. */
function usualWords(usual: readonly (readonly [string, ProviderSettings])[], root: string, env: Env): string {
  const ready: string[] = [];
  const others: string[] = [];
  for (const [name, settings] of usual) {
    const isReady = keyOf(settings, root, env).isThere;
    const needs = isReady && settings.kind !== "scripted" && !isInstalled(settings.kind);
    if (isReady) ready.push(needs ? `${name} (after ${installCommand(settings.kind)})` : name);
    else others.push(`${name} (set ${settings.key?.replace("env:", "") ?? ""})`);
  }
  const parts = [
    `ready: ${ready.join(", ") || "none"}`,
    ...(others.length > 0 ? [`no key: ${others.join(", ")}`] : []),
  ];
  return parts.join("; ");
}

function writtenCheck(name: string, settings: ProviderSettings, root: string, env: Env): Check {
  const { kind, baseUrl, resource, place = "" } = settings;
  const check = { name: `provider ${name}`, origin: place };
  if (kind === "scripted") return { ...check, ...scriptCheck(settings, root) };
  const key = keyOf(settings, root, env);
  const found = `${kind} at ${baseUrl ?? resource ?? "no address"}, ${key.words}`;
  if (!key.isThere) return { ...check, ok: false, found, fix: `provide ${settings.key}, or name another place` };
  if (baseUrl === undefined && resource === undefined)
    return { ...check, ok: false, found, fix: `write providers.${name}.resource, or set AZURE_RESOURCE_NAME` };
  if (!isInstalled(kind))
    return { ...check, ok: false, found: `${found}, without its package`, fix: installCommand(kind) };
  return { ...check, ok: true, found: `${found}${goesInTheClear(settings) ? ", unencrypted" : ""}` };
}

function scriptCheck({ file = "" }: ProviderSettings, root: string): Pick<Check, "ok" | "found" | "fix"> {
  try {
    const { rules } = createScriptReader(root)(file);
    return { ok: true, found: `scripted, no model: ${rules.length} answers in ${file}` };
  } catch (error) {
    return { ok: false, found: messageOf(error).split("\n")[0] ?? "", fix: `mend ${file}` };
  }
}

function keyOf(
  { key, kind }: ProviderSettings,
  root: string,
  env: Env,
): { readonly isThere: boolean; readonly words: string } {
  if (kind === "scripted" || key === undefined) return { isThere: true, words: "no key needed" };
  const [scheme = "", rest = ""] = split(key);
  if (scheme === "exec") return { isThere: true, words: "key from a command, asked at each call" };
  const isThere = scheme === "env" ? Boolean(env[rest]) : existsSync(path.resolve(root, rest));
  return { isThere, words: `key ${key} ${isThere ? "is there" : "is missing"}` };
}

function split(reference: string): readonly string[] {
  const colon = reference.indexOf(":");
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

/** A key that travels over a network as it is can be read on its way. */
function goesInTheClear({ key, baseUrl }: ProviderSettings): boolean {
  if (key === undefined || baseUrl === undefined || !baseUrl.startsWith("http:")) return false;
  return !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseUrl).hostname);
}

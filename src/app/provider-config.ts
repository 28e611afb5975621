import { RunwrightError } from "../base/error.ts";
import { defined } from "../language/compile/optional.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceEntry, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import { providerLimits } from "../providers/limits.ts";
import type { Price } from "../providers/prices.ts";
import { type ProviderKind, providerKinds, type ProviderSettings } from "../providers/settings.ts";
import { kindOfName } from "../providers/well-known.ts";
import { entriesUnder, reportUnknownKeys } from "./checked-file.ts";
import { type SettingFields, settingFields } from "./setting-fields.ts";

/** Providers as they stand in the configuration, by name; undefined without `providers`. */
export function readProviders(
  root: SourceMap,
  problems: Problems,
): Readonly<Record<string, ProviderSettings>> | undefined {
  const wanted = { what: "providers by name", example: "work: { kind: openai, key: env:WORK_OPENAI_KEY }" };
  const entries = entriesUnder(root, "providers", wanted, problems);
  if (entries === undefined) return undefined;
  return Object.fromEntries(entries.map((entry) => [entry.key, readProvider(entry, problems)]));
}

const providerKeys = [
  "kind",
  "key",
  "base_url",
  "api",
  "resource",
  "api_version",
  "deployment_urls",
  "structured_outputs",
  "headers",
  "file",
  "limits",
  "timeout",
];

/** Fields that only some kinds have. */
const kindsOfField: Readonly<Record<string, readonly ProviderKind[]>> = {
  key: ["openai", "azure", "anthropic", "google", "xai", "openai-compatible"],
  base_url: ["openai", "azure", "anthropic", "google", "xai", "openai-compatible"],
  headers: ["openai", "azure", "anthropic", "google", "xai", "openai-compatible"],
  api: ["openai", "azure"],
  resource: ["azure"],
  api_version: ["azure"],
  deployment_urls: ["azure"],
  structured_outputs: ["openai-compatible"],
  file: ["scripted"],
};

function readProvider({ key: name, keyRange, value }: SourceEntry, problems: Problems): ProviderSettings {
  const place = `runwright.config.yaml:${problems.lineOf(keyRange.start)}`;
  if (!/^[a-z][\w.-]*$/i.test(name))
    problems.report(
      "E012",
      keyRange,
      "the name of a provider begins with a letter, then letters, digits, '_', '.' and '-'",
    );
  if (value.kind !== "map") {
    const hint = `write ${name}: { kind: openai, key: env:OPENAI_API_KEY }`;
    problems.report("E015", value.range, `a provider is a map of settings, not ${kindOf(value)}`, { hint });
    return { kind: "openai", place };
  }
  refuseSecrets(name, value, problems);
  reportUnknownKeys(value, providerKeys, `in provider '${name}'`, problems);
  const fields = settingFields(value, problems);
  const kind = fields.choice("kind", providerKinds) ?? kindOfName(name);
  if (kind === undefined && entryOf(value, "kind") === undefined)
    problems.report("E015", keyRange, `provider '${name}' does not say its kind`, {
      hint: `write kind: ${providerKinds.join(" | ")}`,
    });
  if (kind !== undefined) {
    reportForeign(kind, value, problems);
    reportMissing(name, kind, value, problems);
  }
  return { kind: kind ?? "openai", place, ...readSettings(fields, value, problems) };
}

function readSettings(
  fields: SettingFields,
  map: SourceMap,
  problems: Problems,
): Omit<ProviderSettings, "kind" | "place"> {
  const some = (text: string): boolean => text !== "";
  return defined({
    key: fields.text("key", isReference, "a reference such as env:NAME, file:/path or exec:command"),
    baseUrl: fields.text("base_url", isAddress, "an address such as https://host/v1")?.replace(/\/+$/, ""),
    api: fields.choice("api", ["responses", "chat"]),
    resource: fields.text("resource", (text) => /^[a-z\d][a-z\d-]{0,62}$/i.test(text), "the name of an Azure resource"),
    apiVersion: fields.text("api_version", (text) => /^[\w.-]{1,40}$/.test(text), "a version such as 2024-10-21"),
    deploymentUrls: fields.flag("deployment_urls"),
    structuredOutputs: fields.flag("structured_outputs"),
    headers: readHeaders(map, problems),
    file: fields.text("file", some, "the name of a file of answers"),
    limits: readLimits(map, problems),
    timeoutMs: fields.duration("timeout", providerLimits.callMsMax),
  });
}

/** What a kind cannot do without. */
function reportMissing(name: string, kind: ProviderKind, map: SourceMap, problems: Problems): void {
  const missing =
    kind === "openai-compatible" && name !== "ollama" && entryOf(map, "base_url") === undefined
      ? "base_url: http://127.0.0.1:8000/v1"
      : kind === "scripted" && entryOf(map, "file") === undefined
        ? "file: answers.yaml"
        : undefined;
  if (missing === undefined) return;
  const field = missing.slice(0, missing.indexOf(":"));
  problems.report("E015", map.range, `a provider of kind ${kind} needs '${field}'`, { hint: `write ${missing}` });
}

function reportForeign(kind: ProviderKind, map: SourceMap, problems: Problems): void {
  for (const { key, keyRange } of map.entries) {
    const kinds = Object.hasOwn(kindsOfField, key) ? kindsOfField[key] : undefined;
    if (kinds === undefined || kinds.includes(kind)) continue;
    problems.report("E010", keyRange, `'${key}' is no setting of a provider of kind ${kind}`, {
      hint: `it belongs to ${kinds.join(", ")}`,
    });
  }
}

function readLimits(map: SourceMap, problems: Problems): ProviderSettings["limits"] {
  const node = mapUnder(map, "limits", "limits: { concurrent: 4, per_minute: 60 }", problems);
  if (node === undefined) return undefined;
  reportUnknownKeys(node, ["concurrent", "per_minute"], "in limits", problems);
  const fields = settingFields(node, problems);
  return defined({
    concurrent: fields.count("concurrent", providerLimits.concurrentMax),
    perMinute: fields.count("per_minute", providerLimits.perMinuteMax),
  });
}

function readHeaders(map: SourceMap, problems: Problems): ProviderSettings["headers"] {
  const node = mapUnder(map, "headers", "headers: { x-team: support }", problems);
  if (node === undefined) return undefined;
  const pairs = node.entries.map(({ key, keyRange, value }) => {
    const ok = /^[\w-]+$/.test(key) && value.kind === "scalar" && /^[\x20-\x7e]*$/.test(value.text);
    if (!ok) problems.report("E015", keyRange, "a header is a name and a text of plain characters");
    return [key.toLowerCase(), value.kind === "scalar" ? value.text : ""] as const;
  });
  return Object.fromEntries(pairs);
}

function mapUnder(map: SourceMap, key: string, example: string, problems: Problems): SourceMap | undefined {
  const node = entryOf(map, key)?.value;
  if (node === undefined || node.kind === "map") return node;
  problems.report("E015", node.range, `'${key}' is a map, not ${kindOf(node)}`, { hint: `write ${example}` });
  return undefined;
}

/**
 * A key that stands in the file is refused at once, and without the excerpt that other problems have: the excerpt would show it, in a terminal
 * or in the log of a build.
 */
function refuseSecrets(name: string, map: SourceMap, problems: Problems): void {
  for (const { key, value } of map.entries) {
    const found =
      (key === "key" && isText(value) && !isReference(value.text)) ||
      (key === "base_url" && isText(value) && /^[a-z]+:\/\/[^/]*@/i.test(value.text)) ||
      (key === "headers" && value.kind === "map" && value.entries.some((header) => isSecretHeader(header.key)));
    if (!found) continue;
    const line = problems.lineOf(value.range.start);
    throw new RunwrightError(
      "config.invalid",
      `runwright.config.yaml:${line}: providers.${name}.${key} would hold a secret itself, and whoever reads the file knew it. Store it outside, and write key: env:NAME, file:/path or exec:command.`,
    );
  }
}

function isText(node: SourceNode): node is SourceNode & { readonly kind: "scalar" } {
  return node.kind === "scalar" && node.value !== null;
}

function isReference(text: string): boolean {
  return /^(?:env:[a-z_]\w*|file:.+|exec:.+)$/i.test(text);
}

function isSecretHeader(name: string): boolean {
  return /authorization|cookie|api-?key|token|secret|password/i.test(name);
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && search === "" && hash === "";
}

/** Prices as they stand in the configuration; undefined without `prices`. */
export function readPrices(root: SourceMap, problems: Problems): readonly Price[] | undefined {
  const node = entryOf(root, "prices")?.value;
  if (node === undefined) return undefined;
  if (node.kind === "list") return node.items.map((item) => readPrice(item, problems));
  problems.report("E015", node.range, `'prices' is a list, not ${kindOf(node)}`, { hint: priceHint });
  return undefined;
}

const priceHint = "write - { model: openai/gpt-5*, since: 2026-01-01, in: 1.25, cached: 0.125, out: 10 }";

function readPrice(node: SourceNode, problems: Problems): Price {
  const none = { model: "", since: "", in: 0, out: 0 };
  if (node.kind !== "map") {
    problems.report("E015", node.range, `a price is a map, not ${kindOf(node)}`, { hint: priceHint });
    return none;
  }
  reportUnknownKeys(node, ["model", "since", "in", "cached", "out", "source"], "in a price", problems);
  for (const key of ["model", "since", "in", "out"]) {
    if (entryOf(node, key) === undefined)
      problems.report("E015", node.range, `a price needs '${key}'`, { hint: priceHint });
  }
  const fields = settingFields(node, problems);
  return {
    model:
      fields.text("model", (text) => /^[^/*\s]+\/[^*\s]*\*?$/.test(text), "provider/model, with '*' at its end only") ??
      "",
    since: fields.text("since", isDay, "a day such as 2026-01-01") ?? "",
    in: fields.amount("in") ?? 0,
    out: fields.amount("out") ?? 0,
    ...defined({ cached: fields.amount("cached"), source: fields.text("source", () => true, "a text") }),
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

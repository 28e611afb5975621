import { isJsonObject, type Json } from "../../base/json.ts";
import { short, someOf } from "../check/short.ts";
import { isSecretSetting } from "../connector.ts";
import { givenTypeOf, types } from "../expression/type.ts";
import type { Schema, Template } from "../plan.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { DeclaredConnector } from "./declared.ts";
import { givenPart } from "./given.ts";
import { reportLiteral } from "./literal-secret.ts";
import type { Workshop } from "./workshop.ts";

/** The settings of a connector, checked against what it takes. E070, E302, E303; E015 for one that is missing. */
export function settingsPart(shop: Workshop, alias: string, connector: DeclaredConnector): Template | undefined {
  const { descriptor, with: entry } = connector;
  const schema = descriptor?.settings;
  if (entry === undefined) {
    reportMissing(shop, connector, new Set());
    return undefined;
  }
  const type = schema === undefined ? types.object : givenTypeOf(schema);
  const given = givenPart(shop, entry, {
    spot: { place: { step: undefined, at: "settings" }, field: `connector '${short(alias)}', with` },
    who: descriptor?.name ?? "it",
    noun: "setting",
    type: type.kind === "object" ? type : types.object,
  });
  if (readsSecretsWhole(given.template))
    shop.problems.report("E070", entry.value.range, "secrets are read one by one, each by its name", {
      hint: "write ${secrets.NAME}",
    });
  if (schema !== undefined) reportValues(shop, entry, schema);
  if (given.names !== undefined) reportMissing(shop, connector, given.names);
  return given.template;
}

function reportMissing(shop: Workshop, connector: DeclaredConnector, names: ReadonlySet<string>): void {
  const { entry, descriptor, with: settings } = connector;
  const required = descriptor?.settings?.["required"];
  // Without a version, which was reported, nobody knows which settings that version will need.
  const isPinned = descriptor !== undefined && connector.pin === `${descriptor.name}@${descriptor.version}`;
  if (entry === undefined || !isPinned || !Array.isArray(required)) return;
  const missing = (required as readonly Json[])
    .filter((name) => typeof name === "string")
    .filter((name) => !names.has(name));
  const [first] = missing;
  if (first === undefined) return;
  const what = missing.length === 1 ? `the setting '${first}'` : `the settings ${someOf(missing)}`;
  shop.problems.report("E015", (settings ?? entry).keyRange, `connector '${short(entry.key)}' needs ${what}`, {
    hint: `add it under with: {use: ${connector.pin}, with: {${first}: …}}`,
  });
}

/** E070 for the value of a setting that its connector calls secret: `writeOnly`, or of format `password`. */
function reportValues(shop: Workshop, entry: SourceEntry, schema: Schema): void {
  const properties = schema["properties"];
  if (entry.value.kind !== "map" || !isJsonObject(properties)) return;
  for (const { key, value } of entry.value.entries) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isSecretSetting(property) && value.kind === "scalar" && value.text.trim() !== "" && !value.text.includes("${"))
      reportLiteral(shop, key, value);
  }
}

/** True when an expression takes `secrets` for anything but one of its fields: nobody could say which of them it needs. */
function readsSecretsWhole(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(readsSecretsWhole);
  if (typeof part !== "object" || part === null) return false;
  const node = part as Readonly<Record<string, unknown>>;
  if (isSecrets(node)) return true;
  const isField = node["kind"] === "member" || node["kind"] === "has";
  return Object.entries(node).some(
    ([name, value]) => !(isField && name === "of" && isSecrets(value)) && readsSecretsWhole(value),
  );
}

function isSecrets(node: unknown): boolean {
  return (
    typeof node === "object" &&
    node !== null &&
    "kind" in node &&
    node.kind === "name" &&
    "name" in node &&
    node.name === "secrets"
  );
}

import { RunwrightError } from "../base/error.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { WireModel } from "./digests.ts";
import { type Party, placeOf } from "./party.ts";
import type { Script } from "./scripted.ts";

/** What a version pins of a provider beside the model's name. It holds no secret, and no reference of one either: keys may move. */
export function described(party: Party, model: WireModel, readScript: (file: string) => Script): JsonObject {
  const { kind, api, apiVersion, baseUrl, deploymentUrls, resource, structuredOutputs, headers } = party.settings;
  const facts: Readonly<Record<string, Json | undefined>> = {
    provider: party.name,
    kind,
    model: model.name,
    digest: model.digest,
    address: baseUrl ?? resource,
    api,
    apiVersion,
    deploymentUrls,
    structuredOutputs,
    // Their values may be confidential.
    headers: headers === undefined ? undefined : Object.keys(headers).toSorted(),
    script: kind === "scripted" ? scriptFacts(scriptOf(party, readScript)) : undefined,
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => (fact === undefined ? [] : [[name, fact]])),
  );
}

/** The answers of a scripted provider. Throws `model.not-configured` and `config.invalid`. */
export function scriptOf(party: Party, readScript: (file: string) => Script): Script {
  const { file } = party.settings;
  if (file !== undefined) return readScript(file);
  const message = `Provider '${party.name}' is scripted and has no answers. Write ${placeOf(party, "file")}.`;
  throw new RunwrightError("model.not-configured", message);
}

function scriptFacts({ file, digest }: Script): JsonObject {
  return { file, digest };
}

import type * as Sdk from "ai";
import { RunwrightError } from "../base/error.ts";
import { type Party, placeOf } from "./party.ts";
import type { ProviderKind } from "./settings.ts";

/** A model as the SDK knows it. */
export type SdkModel = Parameters<typeof Sdk.wrapLanguageModel>[0]["model"];

/** What a model of a provider is made with at the moment of a call. */
export interface ModelMaterials {
  readonly party: Party;
  /** The model's name, as the provider knows it. */
  readonly model: string;
  /** The key itself. Left out, none is sent. */
  readonly key: string | undefined;
  readonly fetch: typeof fetch;
}

/** Kinds that are reached through the SDK. */
export type SdkKind = Exclude<ProviderKind, "scripted">;

/** The package `ai`, loaded on first use. Throws `package.missing`. */
export async function loadSdk(kind: SdkKind): Promise<typeof Sdk> {
  return await loaded(kind, "ai", () => import("ai"));
}

/**
 * Makes a model; the package of its kind is loaded on first use. Throws `package.missing`.
 *
 * Address and key are always given: the packages would look for what is missing in variables of their own, which no version pins.
 */
export async function loadModel(kind: SdkKind, materials: ModelMaterials): Promise<SdkModel> {
  return await makers[kind](materials);
}

const makers: Readonly<Record<SdkKind, (materials: ModelMaterials) => Promise<SdkModel>>> = {
  async openai({ party, model, key = "", fetch }) {
    const { createOpenAI } = await loaded("openai", "@ai-sdk/openai", () => import("@ai-sdk/openai"));
    const provider = createOpenAI({ ...common(party), baseURL: baseUrlOf(party), apiKey: key, fetch });
    return party.settings.api === "chat" ? provider.chat(model) : provider.responses(model);
  },
  async azure({ party, model, key = "", fetch }) {
    const { createAzure } = await loaded("azure", "@ai-sdk/azure", () => import("@ai-sdk/azure"));
    const { apiVersion, deploymentUrls, api } = party.settings;
    const provider = createAzure({
      ...common(party),
      ...azureAddress(party),
      apiKey: key,
      fetch,
      ...(apiVersion !== undefined && { apiVersion }),
      ...(deploymentUrls !== undefined && { useDeploymentBasedUrls: deploymentUrls }),
    });
    return api === "chat" ? provider.chat(model) : provider.responses(model);
  },
  async anthropic({ party, model, key = "", fetch }) {
    const { createAnthropic } = await loaded("anthropic", "@ai-sdk/anthropic", () => import("@ai-sdk/anthropic"));
    return createAnthropic({ ...common(party), baseURL: baseUrlOf(party), apiKey: key, fetch })(model);
  },
  async google({ party, model, key = "", fetch }) {
    const { createGoogle } = await loaded("google", "@ai-sdk/google", () => import("@ai-sdk/google"));
    return createGoogle({ ...common(party), baseURL: baseUrlOf(party), apiKey: key, fetch })(model);
  },
  async xai({ party, model, key = "", fetch }) {
    const { createXai } = await loaded("xai", "@ai-sdk/xai", () => import("@ai-sdk/xai"));
    return createXai({ ...common(party), baseURL: baseUrlOf(party), apiKey: key, fetch })(model);
  },
  async "openai-compatible"({ party, model, key, fetch }) {
    const { createOpenAICompatible } = await loaded(
      "openai-compatible",
      "@ai-sdk/openai-compatible",
      () => import("@ai-sdk/openai-compatible"),
    );
    const provider = createOpenAICompatible({
      ...common(party),
      name: "compatible",
      baseURL: baseUrlOf(party),
      fetch,
      supportsStructuredOutputs: party.settings.structuredOutputs !== false,
      ...(key !== undefined && { apiKey: key }),
    });
    return provider.chatModel(model);
  },
};

function common({ settings }: Party): { readonly headers?: Record<string, string> } {
  return settings.headers === undefined ? {} : { headers: { ...settings.headers } };
}

function baseUrlOf(party: Party): string {
  const { baseUrl } = party.settings;
  if (baseUrl !== undefined) return baseUrl;
  throw new RunwrightError(
    "model.not-configured",
    `Provider '${party.name}' has no address. Write ${placeOf(party, "base_url")}, for example http://127.0.0.1:8000/v1.`,
  );
}

function azureAddress(party: Party): { readonly baseURL: string } | { readonly resourceName: string } {
  const { baseUrl, resource } = party.settings;
  if (baseUrl !== undefined) return { baseURL: baseUrl };
  if (resource !== undefined) return { resourceName: resource };
  throw new RunwrightError(
    "model.not-configured",
    `Provider '${party.name}' has no address. Write ${placeOf(party, "resource")}, the name of your Azure resource, or set AZURE_RESOURCE_NAME.`,
  );
}

async function loaded<T>(kind: SdkKind, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    const message = `Models of kind ${kind} need the package \`${name}\`. Install it beside runwright: ${installCommand(kind)}.`;
    throw new RunwrightError("package.missing", message, { cause: error });
  }
}

const majors: Readonly<Record<SdkKind, number>> = {
  openai: 4,
  azure: 4,
  anthropic: 4,
  google: 4,
  xai: 5,
  "openai-compatible": 3,
};

/** What installs the packages of a kind. */
export function installCommand(kind: SdkKind): string {
  return `npm install ai@7 @ai-sdk/${kind}@${majors[kind]}`;
}

/** True when the packages of a kind can be found. Loads nothing. */
export function isInstalled(kind: SdkKind): boolean {
  try {
    for (const name of ["ai", `@ai-sdk/${kind}`]) import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

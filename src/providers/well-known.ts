import type { ProviderKind, ProviderSettings } from "./settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Providers that are there without a configuration, with what they speak. */
const kindsByName: Readonly<Record<string, ProviderKind>> = {
  openai: "openai",
  azure: "azure",
  anthropic: "anthropic",
  google: "google",
  xai: "xai",
  ollama: "openai-compatible",
};

/** Variables that the makers' own documentation tells people to set; the first that is set counts. */
const keyVariables: Readonly<Partial<Record<ProviderKind, readonly string[]>>> = {
  openai: ["OPENAI_API_KEY"],
  azure: ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"],
  anthropic: ["ANTHROPIC_API_KEY"],
  google: ["GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GOOGLE_API_KEY"],
  xai: ["XAI_API_KEY"],
};

/** Where each kind is reached when nothing else is said. The SDK would look into variables of its own, which no version pins. */
const baseUrls: Readonly<Partial<Record<ProviderKind, string>>> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  xai: "https://api.x.ai/v1",
};

const ollamaUrl = "http://127.0.0.1:11434/v1";

/** What a provider of this name speaks when its settings do not say. */
export function kindOfName(name: string): ProviderKind | undefined {
  return Object.hasOwn(kindsByName, name) ? kindsByName[name] : undefined;
}

/** A provider with what was left out: the usual address, and the variable in which people keep its key. */
export function withDefaults(name: string, written: ProviderSettings, env: Env): ProviderSettings {
  const { kind } = written;
  const key = written.key ?? keyOf(kind, env);
  const resource =
    written.resource ?? (kind === "azure" && written.baseUrl === undefined ? env["AZURE_RESOURCE_NAME"] : undefined);
  const baseUrl = written.baseUrl ?? (name === "ollama" && kind === "openai-compatible" ? ollamaUrl : baseUrls[kind]);
  return {
    ...written,
    ...(key !== undefined && { key }),
    ...(resource !== undefined && resource !== "" && { resource }),
    ...(baseUrl !== undefined && { baseUrl }),
  };
}

/** The providers that whoever has a key can use without a configuration. */
export function wellKnownProviders(env: Env): Readonly<Record<string, ProviderSettings>> {
  return Object.fromEntries(
    Object.entries(kindsByName).map(([name, kind]) => [name, withDefaults(name, { kind }, env)]),
  );
}

function keyOf(kind: ProviderKind, env: Env): string | undefined {
  const names = keyVariables[kind];
  const name = names?.find((each) => env[each]) ?? names?.[0];
  return name === undefined ? undefined : `env:${name}`;
}

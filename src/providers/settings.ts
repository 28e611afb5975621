/** What a provider speaks. */
export const providerKinds = [
  "openai",
  "azure",
  "anthropic",
  "google",
  "xai",
  "openai-compatible",
  "scripted",
] as const;

export type ProviderKind = (typeof providerKinds)[number];

/** One provider, as the configuration has it. It holds no secret: `key` says where one is. */
export interface ProviderSettings {
  readonly kind: ProviderKind;
  /** Reference of the key: `env:OPENAI_API_KEY`, `file:/run/secrets/openai`. Left out, none is sent. */
  readonly key?: string;
  /** With its version part: `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  /** Of `openai` and `azure`; `responses` when left out. */
  readonly api?: "responses" | "chat";
  /** Of `azure`: the name of the resource, in place of `baseUrl`. */
  readonly resource?: string;
  readonly apiVersion?: string;
  /** Of `azure`: the older addresses, with the deployment in them. */
  readonly deploymentUrls?: boolean;
  /** Of `openai-compatible`: false for servers that take no JSON Schema. */
  readonly structuredOutputs?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of `scripted`: the file of answers. */
  readonly file?: string;
  readonly limits?: { readonly concurrent?: number; readonly perMinute?: number };
  readonly timeoutMs?: number;
  /** Where it stands, for messages: `runwright.config.yaml:4`. A well-known provider stands nowhere. */
  readonly place?: string;
}

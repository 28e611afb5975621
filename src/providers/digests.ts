import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { providerLimits } from "./limits.ts";
import type { Party } from "./party.ts";
import type { Wire } from "./wire.ts";

/** A model's name on the wire, and the digest that its pin names. */
export interface WireModel {
  readonly name: string;
  readonly digest?: string;
}

/** `llama3.2:3b@sha256:a80c…` is asked for as `llama3.2:3b`: no server takes the digest. */
export function wireModel(model: string): WireModel {
  const match = /^(.+)@(sha256:[0-9a-f]{12,64})$/i.exec(model);
  return match?.[1] === undefined || match[2] === undefined
    ? { name: model }
    : { name: match[1], digest: match[2].toLowerCase() };
}

/** Compares pinned digests with what servers have. */
export interface DigestChecks {
  /** A warning when the server does not tell digests; throws `model.refused` when it has another model under the name. */
  check(party: Party, model: WireModel, signal: AbortSignal): Promise<string | undefined>;
}

/** Checks that remember what a server said for `digestKeptMs`. */
export function createDigestChecks(wire: Wire): DigestChecks {
  const told = new Map<string, { readonly at: number; readonly digests: Digests | undefined }>();

  return {
    async check(party, { name, digest }, signal) {
      if (digest === undefined) return undefined;
      const digests = await digestsOf(party, signal);
      const found = digests?.get(name) ?? digests?.get(`${name}:latest`);
      if (found === undefined)
        return `The digest of '${name}' is recorded only: provider '${party.name}' does not tell it.`;
      const [pinned, served] = [digest.slice("sha256:".length), found.replace(/^sha256:/, "").toLowerCase()];
      if (served.startsWith(pinned)) return undefined;
      throw new RunwrightError(
        "model.refused",
        `Provider '${party.name}' has '${name}' with sha256:${served.slice(0, 12)}, and sha256:${pinned.slice(0, 12)} is pinned. Pull that one again, or pin the other.`,
      );
    },
  };

  async function digestsOf(party: Party, signal: AbortSignal): Promise<Digests | undefined> {
    const { baseUrl } = party.settings;
    if (party.settings.kind !== "openai-compatible" || baseUrl === undefined) return undefined;
    const known = told.get(party.name);
    const now = party.clock.now();
    if (known !== undefined && now - known.at < providerLimits.digestKeptMs) return known.digests;
    const digests = await ask(party, new URL("/api/tags", baseUrl).href, signal);
    told.set(party.name, { at: now, digests });
    return digests;
  }

  /** What Ollama answers; undefined for every other server. No key goes along. */
  async function ask(party: Party, url: string, signal: AbortSignal): Promise<Digests | undefined> {
    const enough = new AbortController();
    const alarm = party.clock.after(providerLimits.digestMsMax, () => enough.abort());
    try {
      const response = await wire.fetchFor(party)(url, { signal: AbortSignal.any([signal, enough.signal]) });
      return read((await response.json()) as Json);
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    } finally {
      alarm[Symbol.dispose]();
    }
  }
}

type Digests = ReadonlyMap<string, string>;

const modelsMax = 1000;

function read(body: Json): Digests | undefined {
  const models = isJsonObject(body) ? body["models"] : undefined;
  if (!Array.isArray(models)) return undefined;
  const pairs = (models as readonly Json[]).slice(0, modelsMax).flatMap((model) => {
    const { name, digest } = isJsonObject(model) ? model : {};
    return typeof name === "string" && typeof digest === "string" ? [[name, digest] as const] : [];
  });
  return new Map(pairs);
}

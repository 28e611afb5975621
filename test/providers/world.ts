import { setImmediate } from "node:timers/promises";
import { RunwrightError } from "../../src/base/error.ts";
import type { ModelRequest, Models } from "../../src/ports/model.ts";
import type { Vault } from "../../src/ports/vault.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { createModels, type ModelsOptions } from "../../src/providers/models.ts";
import type { ProviderKind, ProviderSettings } from "../../src/providers/settings.ts";

/** The key that no message, reply or description may hold. */
export const canary = "sk-canary-4711-0815-4711";

/** Hands out the canary for `env:KEY`, and keeps it out of texts. */
export const vault: Vault = {
  secret: (name) => vault.resolve(`env:${name}`),
  async resolve(reference) {
    if (reference !== "env:KEY") throw new RunwrightError("secret.missing", `${reference} is not set.`);
    return canary;
  },
  redact: (text) => text.replaceAll(canary, "••••"),
};

/** One provider of each kind that has a wire, all of them at one address. */
export function providersAt(origin: string): Readonly<Record<string, ProviderSettings>> {
  return Object.fromEntries(
    wireKinds.map((kind) => [kind, { kind, key: "env:KEY", baseUrl: `${origin}${basePaths[kind]}` }]),
  );
}

/** Kinds that are reached over the network. */
export const wireKinds = ["openai", "azure", "anthropic", "google", "xai", "openai-compatible"] as const;

export type WireKind = Exclude<ProviderKind, "scripted">;

const basePaths: Readonly<Record<WireKind, string>> = {
  openai: "/v1",
  azure: "/openai",
  anthropic: "/v1",
  google: "/v1beta",
  xai: "/v1",
  "openai-compatible": "/v1",
};

/** A model of each kind, as a pin names it. */
export const pins: Readonly<Record<WireKind, string>> = {
  openai: "openai/gpt-4.1-mini-2025-04-14",
  azure: "azure/gpt-4.1-mini-2025-04-14",
  anthropic: "anthropic/claude-haiku-4-5-20251001",
  google: "google/gemini-2.5-flash-001",
  xai: "xai/grok-4-0709",
  "openai-compatible": "openai-compatible/llama3.2:3b",
};

/** Models with the given providers, real time and no prices of a user. */
export function modelsOf(
  providers: ModelsOptions["providers"],
  more: Partial<Omit<ModelsOptions, "providers">> = {},
): Models {
  return createModels({
    providers,
    vault,
    prices: [],
    clock: createRealClock(),
    readScript: (file) => {
      throw new RunwrightError("config.invalid", `There is no ${file}.`);
    },
    ...more,
  });
}

/** A request of one sentence. */
export function say(pin: string, content: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { pin, messages: [{ role: "user", content }], ...more };
}

/** A signal that never fires. */
export const never: AbortSignal = new AbortController().signal;

/** What a call threw, as ours. */
export async function errorOf(call: Promise<unknown>): Promise<RunwrightError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RunwrightError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

/** Lets everything happen that is ready to. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

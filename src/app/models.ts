import type { Clock } from "../base/clock.ts";
import { RunwrightError } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import type { Models } from "../ports/model.ts";
import type { Vault } from "../ports/vault.ts";
import { createModels } from "../providers/models.ts";
import { createRealClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createScriptReader } from "./script-file.ts";

/** The models of a project, as its configuration has them. */
export function openModels(config: Pick<Config, "root" | "providers" | "prices">, vault: Vault, clock: Clock): Models {
  const { providers, prices, root } = config;
  return createModels({ providers, prices, vault, clock, readScript: createScriptReader(root) });
}

/** Says what a version pins of a model's provider: it is told without a key, and nobody is called. Throws `model.not-configured`. */
export function modelDescriber(config: Pick<Config, "root" | "providers" | "prices">): (pin: string) => JsonObject {
  const noKeys = (): Promise<never> =>
    Promise.reject(new RunwrightError("secret.missing", "A model is described without its key."));
  const vault: Vault = { secret: noKeys, resolve: noKeys, redact: (text) => text };
  const models = openModels(config, vault, createRealClock());
  return (pin) => models.describe(pin);
}

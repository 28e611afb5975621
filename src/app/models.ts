import type { Clock } from "../base/clock.ts";
import type { Models } from "../ports/model.ts";
import type { Vault } from "../ports/vault.ts";
import { createModels } from "../providers/models.ts";
import type { Config } from "./config.ts";
import { createScriptReader } from "./script-file.ts";

/** The models of a project, as its configuration has them. */
export function openModels(config: Pick<Config, "root" | "providers" | "prices">, vault: Vault, clock: Clock): Models {
  const { providers, prices, root } = config;
  return createModels({ providers, prices, vault, clock, readScript: createScriptReader(root) });
}

import type { Clock } from "../base/clock.ts";
import type { Vault } from "../ports/vault.ts";
import type { ProviderSettings } from "./settings.ts";

/** A provider, as everything that speaks with it or of it knows it. */
export interface Party {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** Scheme and host, for messages. */
  readonly address: string;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Where somebody looks who wants to change a setting of a provider: `providers.work.key (runwright.config.yaml:4)`. */
export function placeOf({ name, settings }: Party, field: string): string {
  return settings.place === undefined
    ? `providers.${name}.${field} in runwright.config.yaml`
    : `providers.${name}.${field} (${settings.place})`;
}

import type { Clock } from "../base/clock.ts";
import type { Vault } from "../ports/vault.ts";
import { referenceOf } from "../vault/reference.ts";
import { createVault } from "../vault/vault.ts";
import type { Config } from "./config.ts";

/** The vault of a project: its secrets are where the configuration says, and none has been read. */
export function projectVault(
  { root, secrets }: Pick<Config, "root" | "secrets" | "providers">,
  env: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, "now">,
): Vault {
  return createVault({ secrets, env, root, clock, platform: process.platform, uid: process.getuid?.() });
}

/**
 * The same with every secret read once, so that all are known to whoever takes them out of texts: the other side may answer with what an
 * earlier process gave it, before this one has given it anything. A secret that is not there is said when somebody needs it.
 */
export async function openVault(...given: Parameters<typeof projectVault>): Promise<Vault> {
  const vault = projectVault(...given);
  const [{ secrets, providers }] = given;
  const named = Object.keys(secrets).map((name) => vault.secret(name));
  await Promise.allSettled([...named, ...keysOf(providers).map((key) => vault.resolve(key))]);
  return vault;
}

/** The environment variables that hold secrets, keys of providers too: what a workflow declares under `env` never has their values. */
export function secretVariables({ secrets, providers }: Pick<Config, "secrets" | "providers">): ReadonlySet<string> {
  const references = [...Object.values(secrets), ...keysOf(providers)].map((text) => referenceOf(text));
  return new Set(references.flatMap((reference) => (reference?.kind === "env" ? [reference.name] : [])));
}

function keysOf(providers: Config["providers"]): readonly string[] {
  return Object.values(providers).flatMap(({ key }) => (key === undefined ? [] : [key]));
}

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Price } from "../providers/prices.ts";
import type { ProviderSettings } from "../providers/settings.ts";
import { wellKnownProviders, withDefaults } from "../providers/well-known.ts";
import type { AuditConfig } from "./audit-config.ts";
import type { ConfigFile } from "./config-file.ts";
import type { PolicySetting } from "./policy-setting.ts";
import type { ConnectorConfig } from "./connector-config.ts";

/** The name of the one optional file that makes a folder a project. */
export const configFileName = "runwright.config.yaml";

/** Where a value in force came from. */
export type Origin = "default" | typeof configFileName | "RUNWRIGHT_DATA";

/** What is in force for one project, every value resolved. */
export interface Config {
  /** The project's folder: all relative names of the configuration are meant from here. */
  readonly root: string;
  /** The configuration file, when there is one. */
  readonly file: string | undefined;
  /** The data folder. */
  readonly data: string;
  /** Who may decide: role names with the people who have them. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Providers of models by name: the well-known ones, and those of the file. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  /** Prices of the user's own. */
  readonly prices: readonly Price[];
  /** Where the rules lie, or the rules themselves; undefined: where they usually lie. */
  readonly policy: PolicySetting | undefined;
  /** Where secrets come from: references by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where checkpoints of the audit log are written besides the data folder, absolute. */
  readonly audit?: AuditConfig;
  /** What the connectors that come along may do on this machine. */
  readonly connectors: ConnectorConfig;
  readonly origins: Readonly<Record<"data" | "roles", Origin>>;
}

/**
 * Reads the configuration that holds for a folder. Throws `config.invalid` with every problem of the file.
 *
 * The project is the nearest folder at or above `cwd` with a `runwright.config.yaml`, and `cwd` itself when there is none: every command that is
 * given in one place finds the same runs, wherever the workflow file lies.
 */
export async function loadConfig(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const root = projectRoot(cwd);
  const file = path.join(root, configFileName);
  const found = existsSync(file);
  const written = found ? await readConfigFile(file) : {};

  const fromEnv = env["RUNWRIGHT_DATA"];
  const data = fromEnv ? path.resolve(cwd, fromEnv) : path.resolve(root, written.data ?? ".runwright");
  return {
    root,
    file: found ? file : undefined,
    data,
    ...partsOf(written, root),
    providers: providersOf(written, env),
    origins: {
      data: fromEnv ? "RUNWRIGHT_DATA" : written.data === undefined ? "default" : configFileName,
      roles: written.roles === undefined ? "default" : configFileName,
    },
  };
}

function providersOf({ providers = {} }: ConfigFile, env: Parameters<typeof loadConfig>[1]): Config["providers"] {
  const written = Object.entries(providers).map(
    ([name, settings]) => [name, withDefaults(name, settings, env)] as const,
  );
  return { ...wellKnownProviders(env), ...Object.fromEntries(written) };
}

/** What the file says, each part with its default. */
function partsOf(
  { roles = {}, prices = [], policy, secrets = {}, audit, connectors }: ConfigFile,
  root: string,
): Pick<Config, "roles" | "prices" | "policy" | "secrets" | "audit" | "connectors"> {
  return {
    roles,
    prices,
    policy,
    secrets,
    ...(audit !== undefined && { audit: { checkpoints: audit.checkpoints.map((place) => path.resolve(root, place)) } }),
    connectors: connectors ?? { shellCommands: [], fileRoots: [], allowHosts: [] },
  };
}

/** The checker is loaded only when there is something to check: most projects have no such file, and every command starts here. */
async function readConfigFile(file: string): Promise<ConfigFile> {
  const { parseConfigFile } = await import("./config-file.ts");
  return parseConfigFile({ file: configFileName, text: readFileSync(file, "utf8") });
}

function projectRoot(cwd: string): string {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, configFileName))) return folder;
    if (folder === path.dirname(folder)) return path.resolve(cwd);
  }
}

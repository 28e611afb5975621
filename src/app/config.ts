import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ConfigFile } from "./config-file.ts";

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
  /** Where connectors may connect to beyond the public internet; undefined: nowhere. */
  readonly allowHosts?: readonly string[];
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
    roles: written.roles ?? {},
    ...(written.allowHosts !== undefined && { allowHosts: written.allowHosts }),
    origins: {
      data: fromEnv ? "RUNWRIGHT_DATA" : written.data === undefined ? "default" : configFileName,
      roles: written.roles === undefined ? "default" : configFileName,
    },
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

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * Installs the other engines into `bench/peers`, without running their scripts, and lets the built bench in `built` find them. False when that
 * cannot be done, for example without a network: then their rows stay empty.
 */
export function installPeers(root: string, built: string): boolean {
  const place = path.join(root, "bench", "peers");
  const packages = path.join(place, "node_modules");
  if (!isInstalled(place)) {
    const npm = process.env["npm_execpath"];
    if (npm === undefined) return false;
    // What npm tells its scripts about this package would make it install this package again.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^npm_(?:config_local|package)/.test(name)),
    );
    const command = [npm, "ci", "--ignore-scripts", "--no-workspaces", "--prefix", place];
    const { status } = spawnSync(process.execPath, command, {
      cwd: place,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) return false;
  }
  const link = path.join(built, "bench", "peers", "node_modules");
  rmSync(link, { force: true });
  symlinkSync(packages, link, "junction");
  return true;
}

/** True when every package is there in the version that is asked for. */
function isInstalled(place: string): boolean {
  const versionOf = (name: string): string | undefined => {
    try {
      return manifestOf(path.join(place, "node_modules", name)).version;
    } catch {
      return undefined;
    }
  };
  return Object.entries(manifestOf(place).dependencies).every(([name, version]) => versionOf(name) === version);
}

function manifestOf(folder: string): {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as ReturnType<typeof manifestOf>;
}

import { hash } from "node:crypto";
import { type BigIntStats, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import { placeIn, slashedPath } from "../../base/paths.ts";
import type { LockedModule } from "../../ports/catalog.ts";
import { type ExecutorKind, findExecutor } from "./find.ts";
import { namedFiles, namesOthers } from "./imports.ts";

/** A module, as a step names it, and the folder in which it is looked for. */
export interface ModuleName {
  readonly root: string;
  readonly kind: ExecutorKind;
  readonly name: string;
}

/** What modules are made of. */
export interface ModuleLocks {
  /**
   * A module as it is now, with the files of its folder that it imports. What has not been touched since is not read again.
   *
   * Throws `function.not-found`, and `function.invalid` for one with more files, or more in them, than are looked at.
   */
  lockOf(module: ModuleName): LockedModule;
}

/** Folders in which modules write: what lies there is no part of them. */
const written = /^(?:reports|logs)\//;
const knownMax = 1000;

interface Known {
  readonly stamp: string;
  readonly places: readonly string[];
  readonly locked: LockedModule;
}

/** Looks at modules; files are named from the folder `project`. */
export function createModuleLocks(project: string): ModuleLocks {
  const known = new Map<string, Known>();

  return {
    lockOf({ root, kind, name }) {
      const { file } = findExecutor(root, kind, name);
      const before = known.get(file);
      if (before !== undefined && stampOf(before.places) === before.stamp) return before.locked;
      const found = lock(file, root, project);
      known.delete(file);
      known.set(file, found);
      for (const old of known.keys()) {
        if (known.size <= knownMax) break;
        known.delete(old);
      }
      return found.locked;
    },
  };
}

/** Stamps are taken before anything is read: what changes meanwhile is read again the next time. */
function lock(entry: string, root: string, project: string): Known {
  const real = { root: realpathSync.native(root), project: realpathSync.native(project) };
  const files = new Set([entry]);
  const places = new Map<string, string>();
  const digests = new Map<string, string>();
  let bytes = 0;
  let names = 0;
  // The set grows while it is walked, by each file once.
  for (const file of files) {
    for (const place of [file, path.dirname(file)]) take(places, place);
    const content = contentOf(file, limits.moduleBytesMax - bytes, entry);
    bytes += content.length;
    digests.set(slashedPath(real.project, file, path), hash("sha256", content, "hex"));
    if (!namesOthers(file)) continue;
    const named = namedFiles(file, content.toString("utf8"), limits.moduleNamesMax - names);
    if (named === undefined) throw tooLarge(entry, `names more than ${limits.moduleNamesMax} files`);
    names += named.names;
    for (const folder of named.folders) take(places, folder);
    for (const other of named.files) {
      const place = realpathSync.native(other);
      if (isOwn(place, real.root)) files.add(place);
    }
    if (files.size > limits.moduleFilesMax) throw tooLarge(entry, `imports more than ${limits.moduleFilesMax} files`);
  }
  const file = slashedPath(real.project, entry, path);
  const imports = Object.fromEntries([...digests].filter(([place]) => place !== file).toSorted(byPlace));
  const locked = {
    file,
    digest: digests.get(file) ?? "",
    ...(Object.keys(imports).length > 0 && { imports }),
  };
  return { stamp: [...places.values()].join("\n"), places: [...places.keys()], locked };
}

function take(places: Map<string, string>, place: string): void {
  if (!places.has(place)) places.set(place, stampOf([place]));
}

function byPlace([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

/** What a child process may load of its project, without the packages that lie in it. */
function isOwn(file: string, root: string): boolean {
  const place = placeIn(root, file, path);
  return place !== undefined && !written.test(place) && !`/${place}`.includes("/node_modules/");
}

function contentOf(file: string, bytesMax: number, entry: string): Buffer {
  if (statSync(file).size > bytesMax)
    throw tooLarge(entry, `has more than ${limits.moduleBytesMax / 1_048_576} MiB with what it imports`);
  return readFileSync(file);
}

function tooLarge(entry: string, what: string): RunwrightError {
  return new RunwrightError("function.invalid", `${entry} ${what}, so that it cannot be told whether it has changed.`);
}

/** What changes when a file does; of one that is gone it is nothing. A file that was put back with its old time has another `ctime`. */
function stampOf(places: readonly string[]): string {
  return places.map((place) => stampIn(statSync(place, { bigint: true, throwIfNoEntry: false }))).join("\n");
}

function stampIn(stat: BigIntStats | undefined): string {
  return stat === undefined ? "" : `${stat.mtimeNs}-${stat.ctimeNs}-${stat.size}-${stat.ino}`;
}

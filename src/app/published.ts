import { existsSync } from "node:fs";
import path from "node:path";
import { createMemoryStore } from "../adapters/memory/memory-store.ts";
import { openSqliteReader, type StoreReader } from "../adapters/sqlite/sqlite-store.ts";
import { hasCode } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { knownVersion } from "../language/known-version.ts";
import type { KnownWorkflow } from "../language/world.ts";
import type { CatalogReader, Release } from "../ports/catalog.ts";
import type { Config } from "./config.ts";
import { localScope } from "./principal.ts";

/** Versions of one workflow that messages know of, and versions that one file may name: it has no more steps. */
const releasesKnownMax = 20;
const namedMax = limits.stepsMax;

/** How a step names another workflow, wherever it stands; group 1: what stands before it in its line. */
const naming =
  /(?:^|([\s{,"'-]))workflow["']?[ \t]{0,20}:[ \t]{0,20}["']?([A-Za-z0-9][\w-]{0,99})(?:@([\w.-]{1,20}))?/gm;

/**
 * What steps may know of the published workflows that a text names. Of a number that it names there are the types of inputs and output; the
 * others serve to say what there is.
 */
export async function publishedIn(text: string, catalog: CatalogReader): Promise<readonly KnownWorkflow[]> {
  const named = new Map<string, Set<string>>();
  let count = 0;
  for (const [, before, id = "", version] of text.matchAll(naming)) {
    // The file's own id, or a draft.
    if (version === "draft" || (version === undefined && before === undefined)) continue;
    const versions = named.get(id) ?? new Set();
    if (versions.has(version ?? "")) continue;
    if (count >= namedMax) break;
    count += 1;
    named.set(id, versions.add(version ?? ""));
  }
  const found = await Promise.all(Array.from(named, ([id, versions]) => knownOf(id, versions, catalog)));
  return found.flat();
}

async function knownOf(
  id: string,
  versions: ReadonlySet<string>,
  catalog: CatalogReader,
): Promise<readonly KnownWorkflow[]> {
  const releases = await catalog.versions(localScope, id, { limit: releasesKnownMax });
  const listed = new Map(releases.map((release) => [String(release.number), stub(release)] as const));
  for (const version of versions) {
    const number = numberIn(version);
    if (number === undefined) continue;
    const known = await knownNumber(id, number, catalog);
    if (known !== undefined) listed.set(version, known);
  }
  return [...listed.values()].toSorted((left, right) => Number(left.version) - Number(right.version));
}

async function knownNumber(id: string, number: number, catalog: CatalogReader): Promise<KnownWorkflow | undefined> {
  try {
    return knownVersion(String(number), (await catalog.numbered(localScope, id, number)).plan);
  } catch (error) {
    if (hasCode(error, "version.not-found")) return undefined;
    throw error;
  }
}

/** Enough to be listed: no step of the text names it. */
function stub({ workflow, number }: Release): KnownWorkflow {
  return { id: workflow, version: String(number), inputs: {}, runs: [], hasDepth: true };
}

/** The number of a published version, as it is written: `3`, and not `03`. */
export function numberIn(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** The catalog of a project beside whoever holds its data folder; it is opened when it is first asked. */
export interface OpenedCatalog extends Disposable {
  readonly catalog: CatalogReader;
}

/** Opens the catalog of a project for reading. Where nothing was ever run or published nothing is in it. */
export function openCatalog(config: Config): OpenedCatalog {
  let opened: StoreReader | undefined;
  let reader: CatalogReader | undefined;
  return {
    catalog: {
      get: async (scope, digest) => open().get(scope, digest),
      numbered: async (scope, workflow, number) => open().numbered(scope, workflow, number),
      versions: async (scope, workflow, query) => open().versions(scope, workflow, query),
      workflows: async (scope, after) => open().workflows(scope, after),
      releasesOf: async (scope, digests) => open().releasesOf(scope, digests),
    },
    [Symbol.dispose]: () => opened?.[Symbol.dispose](),
  };

  function open(): CatalogReader {
    if (reader !== undefined) return reader;
    if (existsSync(path.join(config.data, "journal.db"))) opened = openSqliteReader(config.data);
    reader = opened?.catalog ?? createMemoryStore().catalog;
    return reader;
  }
}

import type { Scope } from "../../base/ids.ts";
import { limits } from "../../base/limits.ts";
import { bodyOf, releaseNotFound, versionIn, versionNotFound } from "../../ports/catalog-rows.ts";
import type { CatalogReader, Release, Signature, Version } from "../../ports/catalog.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import { type MemoryData, scopedText } from "./memory-data.ts";

/** `Catalog.put`, at once. */
export function putVersion(data: MemoryData, scope: Scope, version: Version): void {
  const key = scopedText(scope, version.digest);
  if (!data.versions.has(key)) data.versions.set(key, bodyOf(version));
}

/** `Catalog.publish`, at once. */
export function publishVersion(data: MemoryData, scope: Scope, version: Version, { by, at }: Signature): Release {
  const { workflow, digest } = version;
  const known = data.releaseOfDigest.get(scopedText(scope, digest));
  if (known !== undefined) return known;
  putVersion(data, scope, version);
  const all = releasesOf(data, scope, workflow);
  const release = { workflow, number: all.length + 1, digest, at, by };
  data.releases.set(scopedText(scope, workflow), [...all, release]);
  data.releaseOfDigest.set(scopedText(scope, digest), release);
  return release;
}

/** Reads the versions of what `data` gives: each time anew, since a store may be closed. */
export function createVersionReader(data: () => MemoryData): CatalogReader {
  return {
    async get(scope, digest) {
      return versionOf(data(), scope, digest);
    },
    async numbered(scope, workflow, number) {
      const all = releasesOf(data(), scope, workflow);
      const found = number === "latest" ? all.at(-1) : all.find((each) => each.number === number);
      if (found === undefined) throw releaseNotFound(workflow, number);
      return versionOf(data(), scope, found.digest);
    },
    async versions(scope, workflow, { before = Infinity, limit }) {
      const all = releasesOf(data(), scope, workflow).filter(({ number }) => number < before);
      return all.toReversed().slice(0, pageRows(limit));
    },
    async workflows(scope, after = "") {
      const latest = Array.from(data().releases, ([key, all]) => [key, all.at(-1)] as const);
      return latest
        .flatMap(([key, release]) =>
          release !== undefined && key === scopedText(scope, release.workflow) && release.workflow > after
            ? [release]
            : [],
        )
        .toSorted((left, right) => (left.workflow < right.workflow ? -1 : 1))
        .slice(0, limits.pageRowsMax);
    },
    async releasesOf(scope, digests) {
      const asked = [...new Set(digests)].slice(0, limits.pageRowsMax);
      return asked.flatMap((digest) => data().releaseOfDigest.get(scopedText(scope, digest)) ?? []);
    },
  };
}

function releasesOf(data: MemoryData, scope: Scope, workflow: string): readonly Release[] {
  return data.releases.get(scopedText(scope, workflow)) ?? [];
}

function versionOf(data: MemoryData, scope: Scope, digest: string): Version {
  const key = scopedText(scope, digest);
  const body = data.versions.get(key);
  if (body === undefined) throw versionNotFound(digest);
  return versionIn(body, data.releaseOfDigest.get(key));
}

import type { Scope } from "../../base/ids.ts";
import { limits } from "../../base/limits.ts";
import {
  bodyOf,
  releaseColumns,
  releaseIn,
  releaseNotFound,
  versionIn,
  versionNotFound,
} from "../../ports/catalog-rows.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import type { Catalog, CatalogReader, Release, Signature, Version } from "../../ports/catalog.ts";
import type { Columns } from "../../ports/journal-rows.ts";
import type { Database } from "./database.ts";
import type { TurnCommit } from "./turn-commit.ts";

const inScope = "tenant = ? AND workspace = ?";

/** Reads versions from the journal's own file. */
export function createVersionReader(database: Database): CatalogReader {
  const body = database.prepare(`SELECT body FROM version WHERE ${inScope} AND digest = ?`);
  const ofDigest = createReleaseOf(database);
  const page = database.prepare(
    `SELECT ${releaseColumns} FROM release WHERE ${inScope} AND workflow = ? AND number < ? ORDER BY number DESC LIMIT ?`,
  );
  const exact = database.prepare(
    `SELECT ${releaseColumns} FROM release WHERE ${inScope} AND workflow = ? AND number = ?`,
  );
  // Of each workflow the row of the highest number: its key ends with the number, so that each is one look-up.
  const latest = database.prepare(
    `SELECT ${releaseColumns} FROM release AS r WHERE ${inScope} AND workflow > ? AND number =
       (SELECT max(number) FROM release WHERE tenant = r.tenant AND workspace = r.workspace AND workflow = r.workflow)
     ORDER BY workflow LIMIT ?`,
  );

  return {
    async get(scope, digest) {
      return database.reading(() => versionOf(scope, digest, ofDigest(scope, digest)));
    },
    async numbered(scope, workflow, number) {
      const { tenant, workspace } = scope;
      return database.reading(() => {
        const found =
          number === "latest"
            ? page.get(tenant, workspace, workflow, Number.MAX_SAFE_INTEGER, 1)
            : exact.get(tenant, workspace, workflow, number);
        if (found === undefined) throw releaseNotFound(workflow, number);
        const release = releaseIn(found);
        return versionOf(scope, release.digest, release);
      });
    },
    async versions({ tenant, workspace }, workflow, { before = Number.MAX_SAFE_INTEGER, limit }) {
      return database.reading(() => rows(page.iterate(tenant, workspace, workflow, before, pageRows(limit))));
    },
    async workflows({ tenant, workspace }, after = "") {
      return database.reading(() => rows(latest.iterate(tenant, workspace, after, limits.pageRowsMax)));
    },
    async releasesOf(scope, digests) {
      const asked = [...new Set(digests)].slice(0, limits.pageRowsMax);
      return database.reading(() => asked.flatMap((digest) => ofDigest(scope, digest) ?? []));
    },
  };

  function versionOf({ tenant, workspace }: Scope, digest: string, release: Release | undefined): Version {
    const found = body.get(tenant, workspace, digest);
    if (found === undefined) throw versionNotFound(digest);
    return versionIn(String(found[0]), release);
  }
}

/** Keeps versions in the journal's own file. */
export function createCatalog(database: Database, commit: TurnCommit): Catalog {
  const insert = database.prepare(
    "INSERT INTO version (tenant, workspace, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const ofDigest = createReleaseOf(database);
  const release = database.prepare(
    `INSERT INTO release (tenant, workspace, ${releaseColumns})
     SELECT ?1, ?2, ?3, coalesce(max(number), 0) + 1, ?4, ?5, ?6 FROM release
     WHERE tenant = ?1 AND workspace = ?2 AND workflow = ?3
     RETURNING ${releaseColumns}`,
  );

  return {
    ...createVersionReader(database),
    async put(scope, version) {
      await commit.soon(() => keep(scope, version));
    },
    async publish(scope, version, signature) {
      return commit.soon(() => publishOne(scope, version, signature));
    },
  };

  function keep({ tenant, workspace }: Scope, version: Version): void {
    insert.run(tenant, workspace, version.digest, bodyOf(version));
  }

  function publishOne(scope: Scope, version: Version, { at, by }: Signature): Release {
    const known = ofDigest(scope, version.digest);
    if (known !== undefined) return known;
    keep(scope, version);
    const made = release.get(scope.tenant, scope.workspace, version.workflow, version.digest, at, by);
    return releaseIn(made ?? []);
  }
}

function createReleaseOf(database: Database): (scope: Scope, digest: string) => Release | undefined {
  const ofDigest = database.prepare(`SELECT ${releaseColumns} FROM release WHERE ${inScope} AND digest = ?`);
  return ({ tenant, workspace }, digest) => {
    const found = ofDigest.get(tenant, workspace, digest);
    return found === undefined ? undefined : releaseIn(found);
  };
}

function rows(found: Iterable<Columns>): readonly Release[] {
  return Array.from(found, releaseIn);
}

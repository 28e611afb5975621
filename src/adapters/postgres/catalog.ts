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
import type { Send, Server } from "./server.ts";

const inScope = "tenant = $1 AND workspace = $2";

/** Keeps versions in the schema `name`. */
export function createCatalog(server: Server, name: string): Catalog {
  return {
    ...createReader(server, name),
    async put(scope, version) {
      await server.transact((send) => keep(send, name, scope, version));
    },
    async publish(scope, version, signature) {
      return server.transact((send) => publishOne(send, name, { scope, version, signature }));
    },
  };
}

function createReader({ read }: Server, name: string): CatalogReader {
  const releases = `SELECT ${releaseColumns} FROM ${name}.release WHERE ${inScope}`;

  return {
    async get(scope, digest) {
      return versionOf(scope, digest, await releaseOf(read, name, scope, digest));
    },
    async numbered(scope, workflow, number) {
      const [release] = await page(scope, workflow, number === "latest" ? undefined : number + 1, 1);
      if (release === undefined || (number !== "latest" && release.number !== number))
        throw releaseNotFound(workflow, number);
      return versionOf(scope, release.digest, release);
    },
    versions: (scope, workflow, { before, limit }) => page(scope, workflow, before, limit),
    async workflows({ tenant, workspace }, after = "") {
      const found = await read(
        `SELECT DISTINCT ON (workflow) ${releaseColumns} FROM ${name}.release WHERE ${inScope} AND workflow > $3
         ORDER BY workflow, number DESC LIMIT $4`,
        [tenant, workspace, after, limits.pageRowsMax],
      );
      return found.map(releaseIn);
    },
    async releasesOf({ tenant, workspace }, digests) {
      const asked = [...new Set(digests)].slice(0, limits.pageRowsMax);
      const found = await read(`${releases} AND digest = ANY($3::text[])`, [tenant, workspace, asked]);
      return found.map(releaseIn);
    },
  };

  async function page(
    { tenant, workspace }: Scope,
    workflow: string,
    before = Number.MAX_SAFE_INTEGER,
    limit = 1,
  ): Promise<readonly Release[]> {
    const found = await read(`${releases} AND workflow = $3 AND number < $4 ORDER BY number DESC LIMIT $5`, [
      tenant,
      workspace,
      workflow,
      before,
      pageRows(limit),
    ]);
    return found.map(releaseIn);
  }

  async function versionOf(
    { tenant, workspace }: Scope,
    digest: string,
    release: Release | undefined,
  ): Promise<Version> {
    const [row] = await read(`SELECT body FROM ${name}.version WHERE ${inScope} AND digest = $3`, [
      tenant,
      workspace,
      digest,
    ]);
    if (row === undefined) throw versionNotFound(digest);
    return versionIn(String(row[0]), release);
  }
}

async function releaseOf(
  send: Send,
  name: string,
  { tenant, workspace }: Scope,
  digest: string,
): Promise<Release | undefined> {
  const [row] = await send(`SELECT ${releaseColumns} FROM ${name}.release WHERE ${inScope} AND digest = $3`, [
    tenant,
    workspace,
    digest,
  ]);
  return row === undefined ? undefined : releaseIn(row);
}

async function keep(send: Send, name: string, { tenant, workspace }: Scope, version: Version): Promise<void> {
  await send(
    `INSERT INTO ${name}.version (tenant, workspace, digest, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [tenant, workspace, version.digest, bodyOf(version)],
  );
}

interface Publishing {
  readonly scope: Scope;
  readonly version: Version;
  readonly signature: Signature;
}

/** Publishers of one store take turns: two of them must not read the same highest number. */
async function publishOne(send: Send, name: string, { scope, version, signature }: Publishing): Promise<Release> {
  await send(`LOCK TABLE ${name}.release IN SHARE ROW EXCLUSIVE MODE`);
  const known = await releaseOf(send, name, scope, version.digest);
  if (known !== undefined) return known;
  await keep(send, name, scope, version);
  const [made = []] = await send(
    `INSERT INTO ${name}.release (tenant, workspace, ${releaseColumns})
     SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6 FROM ${name}.release
     WHERE ${inScope} AND workflow = $3
     RETURNING ${releaseColumns}`,
    [scope.tenant, scope.workspace, version.workflow, version.digest, signature.at, signature.by],
  );
  return releaseIn(made);
}

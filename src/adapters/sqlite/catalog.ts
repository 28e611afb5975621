import { RunwrightError } from "../../base/error.ts";
import type { Catalog, Version } from "../../ports/catalog.ts";
import type { Database } from "./database.ts";
import type { TurnCommit } from "./turn-commit.ts";

/** Reads versions from the journal's own file. */
export function createVersionReader(database: Database): Pick<Catalog, "get"> {
  const body = database.prepare("SELECT body FROM version WHERE tenant = ? AND workspace = ? AND digest = ?");

  return {
    async get({ tenant, workspace }, digest) {
      const found = database.reading(() => body.get(tenant, workspace, digest));
      if (found === undefined) throw new RunwrightError("version.not-found", `There is no version ${digest}.`);
      return JSON.parse(String(found[0])) as Version;
    },
  };
}

/** Keeps versions in the journal's own file. */
export function createCatalog(database: Database, commit: TurnCommit): Catalog {
  const insert = database.prepare(
    "INSERT INTO version (tenant, workspace, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );

  return {
    ...createVersionReader(database),
    async put({ tenant, workspace }, version) {
      const body = JSON.stringify(version);
      await commit.soon(() => insert.run(tenant, workspace, version.digest, body));
    },
  };
}

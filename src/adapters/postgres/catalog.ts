import { RunwrightError } from "../../base/error.ts";
import type { Catalog, Version } from "../../ports/catalog.ts";
import type { Server } from "./server.ts";

/** Keeps versions in the schema `name`. */
export function createCatalog(server: Server, name: string): Catalog {
  return {
    async put({ tenant, workspace }, version) {
      const values = [tenant, workspace, version.digest, JSON.stringify(version)];
      await server.transact((send) =>
        send(
          `INSERT INTO ${name}.version (tenant, workspace, digest, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
          values,
        ),
      );
    },
    async get({ tenant, workspace }, digest) {
      const [row] = await server.read(
        `SELECT body FROM ${name}.version WHERE tenant = $1 AND workspace = $2 AND digest = $3`,
        [tenant, workspace, digest],
      );
      if (row === undefined) throw new RunwrightError("version.not-found", `There is no version ${digest}.`);
      return JSON.parse(String(row[0])) as Version;
    },
  };
}

import { blobMissing } from "../../ports/journal-rules.ts";
import type { Blob, Journal } from "../../ports/journal.ts";
import type { Database } from "./database.ts";

/** Reads blobs of a tenant. */
export function createBlobReader(database: Database): Journal["blobs"] {
  const bodyOfDigest = database.prepare("SELECT body FROM blob WHERE tenant = ? AND digest = ?");

  return async ({ tenant }, digests) =>
    database.reading(() => new Map(digests.map((digest) => [digest, bodyOf(tenant, digest)])));

  function bodyOf(tenant: string, digest: string): string {
    const found = bodyOfDigest.get(tenant, digest);
    if (found === undefined) throw blobMissing(digest);
    return String(found[0]);
  }
}

/** Keeps blobs of a tenant, within a transaction; one that is there already stays. */
export function createAddBlobs(database: Database): (tenant: string, blobs: readonly Blob[]) => void {
  const insert = database.prepare("INSERT INTO blob (tenant, digest, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return (tenant, blobs) => {
    for (const { digest, body } of blobs) insert.run(tenant, digest, body);
  };
}

import type { Blob } from "../../ports/journal.ts";
import type { Send } from "./server.ts";
import { lists } from "./statements.ts";

/** A blob, and whose it is. */
export interface TenantBlob {
  readonly tenant: string;
  readonly blob: Blob;
}

/**
 * Keeps blobs; one that is there already stays.
 *
 * It must be the last statement of a transaction that takes locks: an insert waits for another transaction that is about to keep the same
 * blob, all wait in one order, and who waits here holds nothing up that the other still wants.
 */
export async function insertBlobs(send: Send, name: string, blobs: readonly TenantBlob[]): Promise<void> {
  if (blobs.length === 0) return;
  await send(
    `INSERT INTO ${name}.blob (tenant, digest, body)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS made (tenant, digest, body)
     ORDER BY tenant, digest ON CONFLICT DO NOTHING`,
    lists(blobs, ({ tenant, blob: { digest, body } }) => [tenant, digest, body]),
  );
}

import { assertFirst, assertTakesEntries, runNotFound } from "../../ports/journal-rules.ts";
import { headIn } from "../../ports/journal-rows.ts";
import type { JournalWriter } from "../../ports/journal.ts";
import { appendAll } from "./appending.ts";
import { blobsOfMade, createAll } from "./creating.ts";
import { addEntry } from "./inbox.ts";
import { insertBlobs } from "./blobs.ts";
import type { Server } from "./server.ts";
import { lockHeads } from "./statements.ts";

const ofRun = "tenant = $1 AND workspace = $2 AND run = $3";

/** Writes the journal in the schema `name`: each call is one transaction. */
export function createWriter(server: Server, name: string): JournalWriter {
  return {
    async create(batch) {
      for (const run of batch) assertFirst(run);
      if (batch.length === 0) return [];
      return server.transact(async (send) => {
        const results = await createAll(send, name, batch);
        await insertBlobs(send, name, blobsOfMade(batch, results));
        return results;
      });
    },
    async takeOver(key) {
      const values = [key.tenant, key.workspace, key.run];
      const [raised] = await server.transact((send) =>
        send(
          `UPDATE ${name}.run SET epoch = epoch + 1, tries = tries + 1 WHERE ${ofRun} RETURNING epoch, tries`,
          values,
        ),
      );
      if (raised === undefined) throw runNotFound(key.run);
      return { key, epoch: Number(raised[0]), tries: Number(raised[1]) };
    },
    async release({ key, epoch }) {
      const condition = `${ofRun} AND epoch = $4 AND tries > 0`;
      const values = [key.tenant, key.workspace, key.run, epoch];
      const [found] = await server.read(`SELECT 1 FROM ${name}.run WHERE ${condition}`, values);
      if (found === undefined) return;
      await server.transact((send) => send(`UPDATE ${name}.run SET tries = 0 WHERE ${condition}`, values));
    },
    async append(batch) {
      return batch.length === 0 ? [] : server.transact((send) => appendAll(send, name, batch));
    },
    async post(key, entry) {
      return server.transact(async (send) => {
        const [head] = await lockHeads(send, name, [key]);
        if (head === undefined) throw runNotFound(key.run);
        assertTakesEntries(key.run, headIn(head.slice(3)));
        const { kind, body, principal, at } = entry;
        return { id: (await addEntry(send, name, key, entry)) ?? 0, kind, body, principal, at };
      });
    },
  };
}

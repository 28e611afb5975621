import { RunwrightError } from "../base/error.ts";
import type { Store } from "../ports/store.ts";

/**
 * The store, with an eye on every commit: `fatal` is told when nobody knows what is durable.
 *
 * A full disk refuses cleanly, and so does a request that does not fit. After an I/O error a commit that failed may come back at the next
 * start (measured), so that going on in this process would be guessing.
 */
export function watchedStore(store: Store, fatal: (error: unknown) => void): Store {
  const { journal, catalog, logs, audit } = store;
  return {
    journal: {
      create: (batch) => watched(journal.create(batch)),
      takeOver: (key) => watched(journal.takeOver(key)),
      mark: (lease, by) => watched(journal.mark(lease, by)),
      append: (batch) => watched(journal.append(batch)),
      read: (key, fromSeq) => journal.read(key, fromSeq),
      post: (key, entry) => watched(journal.post(key, entry)),
      inbox: (key) => watched(journal.inbox(key)),
      outcome: (key, id) => watched(journal.outcome(key, id)),
      row: (key) => watched(journal.row(key)),
      snapshot: (key) => watched(journal.snapshot(key)),
      blobs: (scope, digests) => watched(journal.blobs(scope, digests)),
      list: (scope, query) => watched(journal.list(scope, query)),
      waking: (after, limit) => watched(journal.waking(after, limit)),
      [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
    },
    catalog: {
      put: (scope, version) => watched(catalog.put(scope, version)),
      get: (scope, digest) => watched(catalog.get(scope, digest)),
      publish: (scope, version, signature) => watched(catalog.publish(scope, version, signature)),
      numbered: (scope, workflow, number) => watched(catalog.numbered(scope, workflow, number)),
      versions: (scope, workflow, query) => watched(catalog.versions(scope, workflow, query)),
      workflows: (scope, after) => watched(catalog.workflows(scope, after)),
      releasesOf: (scope, digests) => watched(catalog.releasesOf(scope, digests)),
    },
    logs: {
      write: (batch) => watched(logs.write(batch)),
      read: (key, query) => watched(logs.read(key, query)),
    },
    audit: {
      record: (entries) => watched(audit.record(entries)),
      pending: (limit) => watched(audit.pending(limit)),
      head: (tenant) => watched(audit.head(tenant)),
      seal: (seals) => watched(audit.seal(seals)),
      tenants: (after, limit) => watched(audit.tenants(after, limit)),
      rows: (tenant, after, limit) => watched(audit.rows(tenant, after, limit)),
      unsealed: (after, limit) => watched(audit.unsealed(after, limit)),
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };

  async function watched<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      if (endsAll(error)) fatal(error);
      throw error;
    }
  }
}

/** An unknown outcome, a store that is closed, and whatever the store itself did not foresee. */
function endsAll(error: unknown): boolean {
  if (!(error instanceof RunwrightError)) return true;
  return error.code === "journal.unknown-outcome" || error.code === "journal.closed";
}

import { RunwrightError } from "../../base/error.ts";
import type { Audit } from "../../ports/audit.ts";
import type { Catalog } from "../../ports/catalog.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Logs } from "../../ports/logs.ts";
import type { Store } from "../../ports/store.ts";
import { addSeals, headSeal, sealedRows, tenantsPage, unsealedRows } from "./memory-audit.ts";
import {
  addAuditRows,
  appendBatch,
  createMemoryData,
  createRuns,
  findBlobs,
  findRow,
  listRows,
  markRun,
  outcomeOf,
  postEntry,
  runOf,
  segmentIndex,
  snapshotOf,
  takeOverRun,
  unreadRows,
  wakingPage,
  type MemoryData,
} from "./memory-data.ts";
import { createVersionReader, publishVersion, putVersion } from "./memory-catalog.ts";
import { readLines, writeLines } from "./memory-logs.ts";

/** A call that commits. */
export type StoreCall =
  | "create"
  | "takeOver"
  | "mark"
  | "append"
  | "post"
  | "put"
  | "publish"
  | "log"
  | "record"
  | "seal";

/**
 * What befalls one commit: `none`; `full` = refused, nothing written; `lost` = nothing was written, but the caller cannot know
 * (`journal.unknown-outcome`); `unanswered` = everything was written, and the caller cannot know either.
 */
export type StoreFault = "none" | "full" | "lost" | "unanswered";

/** Decides, before each commit, what befalls it. */
export interface StoreFaults {
  before(call: StoreCall): StoreFault;
}

/** A store that forgets at exit. Its data can outlive it, to play a crash: everything that was committed is there in the next one. */
export interface MemoryStore extends Store {
  /** Kills this store, also one that an unknown outcome already stopped, and opens the next over the same data. */
  crash(): MemoryStore;
}

/**
 * A store in memory, for tests, `--dry-run` and the simulator.
 *
 * Each call is carried out at once, within the turn that makes it; only its answer comes later. No clock, no chance: the same calls and
 * faults give the same answers, which is what makes a simulated run repeatable by its seed.
 */
export function createMemoryStore(options: { readonly faults?: StoreFaults } = {}): MemoryStore {
  return openOver(createMemoryData(), options.faults);
}

function openOver(data: MemoryData, faults: StoreFaults | undefined): MemoryStore {
  const gate = createGate(data, faults);
  const dispose = async () => gate.close("it was disposed");
  return {
    journal: { ...createJournal(gate), [Symbol.asyncDispose]: dispose },
    catalog: createCatalog(gate),
    logs: createLogs(gate),
    audit: createAudit(gate),
    crash() {
      gate.close("it crashed");
      return openOver(data, faults);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The way to the data, for as long as the store is open. */
interface Gate {
  readonly data: () => MemoryData;
  readonly commit: <T>(call: StoreCall, write: (data: MemoryData) => T) => T;
  readonly close: (reason: string) => void;
}

function createGate(data: MemoryData, faults: StoreFaults | undefined): Gate {
  let closedBy: string | undefined;

  return { data: opened, commit, close };

  function opened(): MemoryData {
    if (closedBy !== undefined) throw new RunwrightError("journal.closed", `The journal is closed: ${closedBy}.`);
    return data;
  }

  function commit<T>(call: StoreCall, write: (data: MemoryData) => T): T {
    opened();
    const fault = faults?.before(call) ?? "none";
    if (fault === "full") throw new RunwrightError("journal.full", `The store is full; this ${call} was not written.`);
    if (fault === "lost") throw unknownOutcome(call);

    const answer = write(data);
    if (fault === "unanswered") throw unknownOutcome(call);
    return answer;
  }

  function close(reason: string): void {
    closedBy ??= reason;
  }

  // Whoever cannot know what was written must not go on from a guess: from here on every call is refused until the store is reopened.
  function unknownOutcome(call: StoreCall): RunwrightError {
    close(`the outcome of a ${call} is unknown`);
    return new RunwrightError("journal.unknown-outcome", `It is unknown whether this ${call} was written.`);
  }
}

function createJournal({ data, commit }: Gate): Omit<Journal, typeof Symbol.asyncDispose> {
  return {
    async create(batch) {
      return commit("create", (to) => createRuns(to, batch));
    },
    async takeOver(key) {
      return commit("takeOver", (to) => takeOverRun(to, key));
    },
    async mark(lease, by) {
      commit("mark", (to) => markRun(to, lease, by));
    },
    async append(batch) {
      return commit("append", (to) => appendBatch(to, batch));
    },
    async *read(key, fromSeq) {
      const run = runOf(data(), key);
      for (let index = segmentIndex(run, fromSeq); ; index += 1) {
        const segment = run.segments[index];
        if (segment === undefined) return;
        yield { ...segment };
        data();
      }
    },
    async post(key, entry) {
      return commit("post", (to) => postEntry(to, key, entry));
    },
    async inbox(key) {
      return unreadRows(data(), key);
    },
    async outcome(key, id) {
      return outcomeOf(data(), key, id);
    },
    async row(key) {
      return findRow(data(), key);
    },
    async snapshot(key) {
      return snapshotOf(data(), key);
    },
    async blobs(scope, digests) {
      return findBlobs(data(), scope, digests);
    },
    async list(scope, query) {
      return listRows(data(), scope, query);
    },
    async waking(after, limit) {
      return wakingPage(data(), after, limit);
    },
  };
}

function createLogs({ data, commit }: Gate): Logs {
  return {
    async write(batch) {
      data();
      if (batch.length > 0) commit("log", (to) => writeLines(to, batch));
    },
    async read(key, query) {
      return readLines(data(), key, query);
    },
  };
}

function createAudit({ data, commit }: Gate): Audit {
  return {
    async record(entries) {
      data();
      if (entries.length > 0) commit("record", (to) => addAuditRows(to, entries));
    },
    async pending(limit) {
      return unsealedRows(data(), 0, limit);
    },
    async head(tenant) {
      return headSeal(data(), tenant);
    },
    async seal(seals) {
      data();
      return seals.length === 0 || commit("seal", (to) => addSeals(to, seals));
    },
    async tenants(after, limit) {
      return tenantsPage(data(), after, limit);
    },
    async rows(tenant, after, limit) {
      return sealedRows(data(), tenant, after, limit);
    },
    async unsealed(after, limit) {
      return unsealedRows(data(), after, limit);
    },
  };
}

function createCatalog({ data, commit }: Gate): Catalog {
  return {
    ...createVersionReader(data),
    async put(scope, version) {
      commit("put", (to) => putVersion(to, scope, version));
    },
    async publish(scope, version, signature) {
      return commit("publish", (to) => publishVersion(to, scope, version, signature));
    },
  };
}

import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import type { ForkPoint } from "../machine/fork.ts";
import type { Committed, Decision, Report, RunView as EngineView } from "../engine/contract.ts";
import { runNotFound } from "../ports/journal-rules.ts";
import type { CatalogReader, Release } from "../ports/catalog.ts";
import type { Journal, RunQuery, RunRow } from "../ports/journal.ts";
import { readEvents } from "../ports/stored-event.ts";
import type { LogQuery, LogRow, Logs } from "../ports/logs.ts";
import { localScope } from "./principal.ts";

export type { ForkPoint } from "../machine/fork.ts";
export type { Committed, Decision, GateView, InstanceView, Report } from "../engine/contract.ts";

/** A run row with the number that its version was published under; that of a draft has none. */
export interface ListedRun extends RunRow {
  readonly number?: number;
}

/** A run with its instances, in order of creation. */
export interface RunView extends EngineView {
  readonly row: ListedRun;
}

/** Looks at the runs of one project. */
export interface RunReader extends AsyncDisposable {
  /** A page of runs, newest first. */
  list(query: RunQuery): Promise<readonly ListedRun[]>;
  /** Throws `run.not-found`. */
  row(run: string): Promise<ListedRun>;
  /** Throws `run.not-found`. */
  view(run: string): Promise<RunView>;
}

/** What has happened in runs. */
export interface History {
  /** Throws `run.not-found`. */
  planOf(run: string): Promise<Plan>;
  /** Everything that has become durable of a run, in order. */
  history(run: string, fromSeq: number): AsyncIterable<Committed>;
  /** What its steps logged. */
  lines(run: string, query: LogQuery): Promise<readonly LogRow[]>;
}

/** Reads what has happened in runs straight from a store. */
export function createHistory({ journal, catalog, logs }: ReadableStore): History {
  return {
    async planOf(run) {
      const row = await journal.row(localKey(run));
      if (row === undefined) throw runNotFound(run);
      return (await catalog.get(localScope, row.version)).plan;
    },
    lines: (run, query) => logs.read(localKey(run), query),
    async *history(run, fromSeq) {
      const key = localKey(run);
      for await (const segment of journal.read(key, fromSeq)) {
        const { seq, at } = segment;
        yield { key, seq, at, events: await readEvents(journal, key, segment) };
      }
    },
  };
}

/** A run to start: of a file as it is now, which is a draft, or of a published version. */
export type StartRun = StartOptions &
  (
    | {
        /** The workflow file, absolute. */
        readonly file: string;
      }
    | { readonly workflow: string; readonly number: number | "latest" }
  );

interface StartOptions {
  readonly input: JsonObject;
  /** Where the values of the variables come from that the workflow declares. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file to publish. */
export interface PublishFile {
  /** The workflow file, absolute. */
  readonly file: string;
  /** Digest of the version that was shown to whoever publishes it; without it, the file is published as it is now. */
  readonly digest?: string;
}

/** The runs of one project, wherever they are carried out: by this process, or by the one that holds the data folder. */
export interface Runs extends RunReader {
  start(request: StartRun): Promise<ListedRun>;
  decide(run: string, decision: Decision): Promise<void>;
  cancel(run: string, reason?: string): Promise<void>;
  pause(run: string): Promise<void>;
  /** Reports an event that the run may wait for. */
  report(run: string, report: Report): Promise<void>;
  resume(run: string): Promise<void>;
  /** Runs the same version again, with these inputs over those that the run had; with a point the results of what does not depend on it are kept. */
  rerun(run: string, input: JsonObject, point?: ForkPoint): Promise<ListedRun>;
  /** Publishes a file as the next version of its workflow. Throws `version.exists` when it is no longer what was shown. */
  publish(request: PublishFile): Promise<Release>;
  /** The inputs that a run had, and their JSON Schema. */
  inputsOf(run: string): Promise<{ readonly input: JsonObject; readonly schema: JsonObject }>;
}

/** What a reader stands on: a store that is open, or opened for reading only. */
export interface ReadableStore {
  readonly journal: Pick<Journal, "list" | "row" | "read" | "snapshot" | "blobs">;
  readonly catalog: CatalogReader;
  readonly logs: Pick<Logs, "read">;
}

/** The key of a run of this project. */
export function localKey(run: string): RunKey {
  return { ...localScope, run };
}

/** Reads runs straight from a store, without carrying any of them out. */
export function createRunReader(store: ReadableStore, opened: AsyncDisposable): RunReader {
  const { journal, catalog } = store;
  return {
    async list(query) {
      const rows = await journal.list(localScope, query);
      const digests = rows.map(({ version }) => version);
      const releases = await catalog.releasesOf(localScope, digests);
      const numbers = new Map(releases.map(({ digest, number }) => [digest, number]));
      return rows.map((each) => listedRun(each, numbers.get(each.version)));
    },
    row,
    async view(run) {
      const found = await row(run);
      const { plan } = await catalog.get(localScope, found.version);
      // Lists, which need no machine and no expressions, do not wait for them to be loaded.
      const [{ rebuild }, { viewOf }] = await Promise.all([
        import("../engine/rebuild.ts"),
        import("../engine/view.ts"),
      ]);
      return { ...viewOf(found, (await rebuild(journal, found.key, plan)).state), row: found };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(opened[Symbol.asyncDispose]()),
  };

  async function row(run: string): Promise<ListedRun> {
    const found = await journal.row(localKey(run));
    if (found === undefined) throw runNotFound(run);
    const [release] = await catalog.releasesOf(localScope, [found.version]);
    return listedRun(found, release?.number);
  }
}

/** A run row with the number of its version, where it has one. */
export function listedRun(row: RunRow, number: number | undefined): ListedRun {
  return number === undefined ? row : { ...row, number };
}

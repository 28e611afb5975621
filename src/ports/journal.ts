import type { RunKey, Scope } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import type { Usage } from "../machine/usage.ts";
import type { AuditEntry } from "./audit.ts";

/** The stored states of a run; there are no others. */
export type RunStatus = "created" | "running" | "awaiting_approval" | "paused" | "completed" | "failed" | "cancelled";

/** A gate that waits for a person, as lists and commands show it. */
export interface OpenGate {
  readonly path: string;
  readonly question: string;
  readonly by: readonly string[];
  readonly openedAt: number;
  /** It is no step of the file, but about an operation of one. */
  readonly kind?: "effect-unknown" | "effect-approval";
}

/** What lists show of a run: written in the transaction that appends the events it sums up. */
export interface RunSummary {
  readonly status: RunStatus;
  /** `ok` or `rejected`, once completed. */
  readonly outcome?: "ok" | "rejected";
  readonly error?: { readonly code: string; readonly message: string; readonly path: string };
  /** Instances by how they stand. */
  readonly counts: {
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
    readonly running: number;
    readonly waiting: number;
  };
  /** Runs that this one waits for and nothing else; at most 20 of them. */
  readonly waitsFor?: readonly string[];
  /** Open gates, at most 20 of them. */
  readonly gates: readonly OpenGate[];
  /** What its calls of models have used up so far. */
  readonly usage?: Usage;
  /** Why it is paused, where nobody paused it. */
  readonly pausedFor?: "budget";
  readonly updatedAt: number;
  readonly endedAt?: number;
}

/** A run to create, with its first events. */
export interface NewRun {
  readonly key: RunKey;
  readonly workflow: string;
  /** Digest of the version it runs. */
  readonly version: string;
  readonly createdAt: number;
  readonly startedBy: string;
  /** Same key, same run: the first wins. Unique in tenant and workspace. */
  readonly dedupeKey?: string;
  readonly segment: Segment;
  readonly summary: RunSummary;
  /** Written in the same commit, before anything names them. One that is there already stays. */
  readonly blobs?: readonly Blob[];
  /** Rows for the audit log, in this commit; a run that is there already writes none. */
  readonly audit?: readonly AuditEntry[];
  readonly wakeAt?: number;
}

/** Events of one commit of one run: one row of the journal. */
export interface Segment {
  /** Seq of the first event in it; the first of a run is 1. */
  readonly seq: number;
  readonly count: number;
  readonly at: number;
  /** The events as one JSON list. */
  readonly events: string;
  /** SHA-256 over the previous segment's hash, the seq and the events: a chain per run. */
  readonly hash: string;
}

/**
 * A run's state as it was after an event: whoever reads the run later begins there. An aid, never the truth: without it the events say the
 * same.
 */
export interface Snapshot {
  /** Seq of the last event in it, and hash and time of its segment: what follows goes on from there. */
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  /** Number of the form of `body`; a reader that does not know it reads the events instead. */
  readonly form: number;
  readonly body: string;
}

/** A large JSON text, kept once a tenant under its digest. */
export interface Blob {
  readonly digest: string;
  readonly body: string;
}

/** The right to append to one run: the latest epoch wins, older drivers are fenced. */
export interface Lease {
  readonly key: RunKey;
  readonly epoch: number;
}

/** A fact that somebody else wants the driver to take in. */
export interface InboxEntry {
  readonly kind: "decide" | "cancel" | "pause" | "resume" | "event" | "child";
  readonly body: JsonObject;
  readonly principal: string;
  readonly at: number;
}

/** An entry as stored; ids rise in the order of arrival within a run. */
export interface InboxRow extends InboxEntry {
  readonly id: number;
}

/** A word of one run for another. */
export interface Post {
  readonly key: RunKey;
  readonly entry: InboxEntry;
}

/** What became of an inbox row: `{ok: true}` or the error that its sender is told. */
export interface InboxOutcome {
  readonly id: number;
  readonly outcome: { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };
}

/** One run's part of a batch. */
export interface Append {
  readonly lease: Lease;
  /** Undefined when inbox rows are only answered (a refused decision): then no event is added and the seq stays. */
  readonly segment?: Segment;
  readonly summary: RunSummary;
  /** Inbox rows that these events took in. */
  readonly consumed: readonly InboxOutcome[];
  /** Written in the same commit, before anything names them. One that is there already stays. */
  readonly blobs?: readonly Blob[];
  /** Takes the place of the run's earlier one. */
  readonly snapshot?: Snapshot;
  /** Runs that begin with this commit, such as those that its steps run. One that is there already stays as it is. */
  readonly creates?: readonly NewRun[];
  /**
   * Words for the inboxes of other runs, in this commit and after all appends of the batch. They are part of what happened and not requests:
   * no bound holds them up, and a run that has ended, or is not there, is told nothing.
   */
  readonly posts?: readonly Post[];
  /** Rows for the audit log, in this commit; an append that is not `ok` writes none. */
  readonly audit?: readonly AuditEntry[];
  /** When the run must be driven again although nobody writes to it: 0 = at once (it has open calls), undefined = never. */
  readonly wakeAt?: number;
  /**
   * True when a call will leave the process once this is durable. Such an append is refused (`held`) while a cancel or pause that it does not
   * itself take in lies unread in the run's inbox: after an acknowledged cancel no new call begins.
   */
  readonly startsCalls: boolean;
}

/**
 * What became of one append of a batch. Only `ok` was written; the others left no trace. When several apply, `fenced` comes before `conflict`
 * (wrong seq, or a consumed row that is not unread) and that before `held`.
 */
export type AppendResult = "ok" | "fenced" | "held" | "conflict";

/** A run row, for lists. */
export interface RunRow {
  readonly key: RunKey;
  readonly workflow: string;
  readonly version: string;
  readonly createdAt: number;
  readonly startedBy: string;
  readonly lastSeq: number;
  readonly wakeAt?: number;
  /** How often in a row somebody began with something that may be deadly to the engine, and did not get as far as the next events. */
  readonly tries: number;
  readonly summary: RunSummary;
}

/** The run that stands now, and whether this call made it. */
export interface CreateResult {
  readonly row: RunRow;
  readonly created: boolean;
}

/** Filter and place of a page of runs, newest first. */
export interface RunQuery {
  readonly workflow?: string;
  readonly status?: RunStatus;
  /** Exclusive: runs older than this run id (ids sort by time). */
  readonly before?: string;
  readonly limit: number;
}

/** A run that must be driven: now (`wakeAt` 0, or unread inbox rows) or at a time. */
export interface Waking {
  readonly key: RunKey;
  readonly wakeAt: number;
}

/**
 * The append-only truth: runs, their events and their inboxes. Every promise resolves after the commit it speaks of.
 *
 * Errors: `journal.unknown-outcome` = an I/O error during commit, the store must be reopened and re-read, and until then refuses everything;
 * `journal.full` = nothing was written, and later calls may succeed again; `journal.closed`; `run.not-found`, for runs of others too.
 */
export interface Journal extends AsyncDisposable {
  /**
   * Creates runs with their first segments, all in one transaction. With a known dedupe key or run id (also one earlier in the batch)
   * nothing is written for that run and the first run's row comes back. The creator holds epoch 1.
   */
  create(batch: readonly NewRun[]): Promise<readonly CreateResult[]>;
  /** Raises the run's epoch by one, and its tries with it: every older lease is fenced from now on. */
  takeOver(key: RunKey): Promise<Lease>;
  /** Adds a try to the run or takes one off, never below 0. Under a lease that no longer holds it does nothing. */
  mark(lease: Lease, by: 1 | -1): Promise<void>;
  /**
   * All appends in one transaction. A run that is fenced, held or in conflict does not hold up the others; appends of the same run are taken in
   * order. Events that are written set the tries of their run to 0; an append without any takes one off. An append whose summary ends the run also settles every row still unread, as `run.ended`: no sender is left waiting.
   */
  append(batch: readonly Append[]): Promise<readonly AppendResult[]>;
  /** Segments in order, beginning with the one that holds `fromSeq`. */
  read(key: RunKey, fromSeq: number): AsyncIterable<Segment>;
  /** Adds a row to the inbox of a run that has not ended; `run.ended` or `inbox.full` (too many unread) otherwise. Durable when it resolves. */
  post(key: RunKey, entry: InboxEntry): Promise<InboxRow>;
  /** Unread rows of a run, oldest first. */
  inbox(key: RunKey): Promise<readonly InboxRow[]>;
  /** What became of a row; undefined while it is unread. */
  outcome(key: RunKey, id: number): Promise<InboxOutcome["outcome"] | undefined>;
  row(key: RunKey): Promise<RunRow | undefined>;
  /** The run's latest snapshot; undefined when it has none, or is not there. */
  snapshot(key: RunKey): Promise<Snapshot | undefined>;
  /** The bodies of blobs of the tenant, by digest. Throws `journal.damaged`, naming a digest that is not there. */
  blobs(scope: Scope, digests: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** A page of runs, newest first. No page is longer than `limits.pageRowsMax`. */
  list(scope: Scope, query: RunQuery): Promise<readonly RunRow[]>;
  /** A page of runs of all tenants that must be driven, by (`wakeAt`, run id, tenant, workspace); `after` is exclusive. */
  waking(after: Waking | undefined, limit: number): Promise<readonly Waking[]>;
}

/** The half of a journal that changes nothing: what is left of it beside the process that drives. */
export type JournalReader = Pick<
  Journal,
  "read" | "inbox" | "outcome" | "row" | "snapshot" | "blobs" | "list" | "waking"
>;

/** The half of a journal that commits. */
export type JournalWriter = Pick<Journal, "create" | "takeOver" | "mark" | "append" | "post">;

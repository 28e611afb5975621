import type { Chance, Clock } from "../base/clock.ts";
import { type ErrorCode, errorTable, RunwrightError, toRunwrightError } from "../base/error.ts";
import { newRunId, type Principal, type RunKey, runKeyText, type Scope } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import { isTerminal } from "../machine/states.ts";
import type { Action } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Host } from "../ports/host.ts";
import type { InboxEntry, InboxOutcome, RunQuery, RunRow, RunSummary } from "../ports/journal.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Policy } from "../ports/policy.ts";
import type { Store } from "../ports/store.ts";
import type { Committed, Decision, Engine, Report, RunView, StartRequest } from "./contract.ts";
import { countedCalls } from "./counted-calls.ts";
import { Drivers } from "./drivers.ts";
import { decisionEntry } from "./inbox.ts";
import { createLogKeeper, type LogKeeper } from "./log-keeper.ts";
import { createNews, type News } from "./news.ts";
import { rebuild } from "./rebuild.ts";
import { redactedCalls } from "./redacted-calls.ts";
import type { SnapshotBounds } from "./snapshots.ts";
import { Turns } from "./turns.ts";
import { viewOf } from "./view.ts";
import { watchedStore } from "./watched-store.ts";

/** Everything an engine stands on. */
export interface EngineDeps {
  readonly store: Store;
  readonly host: Host;
  readonly action: Action;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Asked before anything leaves that is aimed at something; without one everything is allowed. */
  readonly policy?: Policy;
  /** Takes out of texts what must not be kept: secrets. Nothing is taken out where it is left out. */
  readonly redact?: (text: string) => string;
  /** 10 fresh random bytes for a run id. */
  readonly randomBytes: () => Uint8Array;
  /** When snapshots are taken; those of the engine when nothing is said. */
  readonly snapshotBounds?: SnapshotBounds;
  /** Events of one run, at most; `limits.eventsMax` when absent. */
  readonly eventsMax?: number;
}

/** How often the answer to an inbox row is looked for when another process drives the run. */
const outcomePollMs = 500;

/**
 * Opens an engine over a store. Recovery is no step of its own: a run is read when it is due.
 *
 * The engine owns none of its parts: whoever made the store, the host and the action disposes them after the engine.
 */
export async function openEngine(deps: EngineDeps): Promise<Engine> {
  const engine = new DurableEngine(deps);
  await engine.open();
  return engine;
}

class DurableEngine implements Engine {
  readonly #deps: EngineDeps;
  readonly #news: News = createNews();
  readonly #failure = Promise.withResolvers<never>();
  readonly #logs: LogKeeper;
  readonly #turns: Turns;
  readonly #drivers: Drivers;
  /** Why a run could not be driven the last time. */
  readonly #broken = new Map<string, unknown>();
  /** Versions that this process has stored. */
  readonly #kept = new Map<string, Promise<void>>();
  #stopping = false;

  constructor(given: EngineDeps) {
    const fatal = (error: unknown): void => this.#fail(error);
    const calls = countedCalls(given.redact === undefined ? given.action : redactedCalls(given.action, given.redact));
    const deps = { ...given, action: calls.action, store: watchedStore(given.store, fatal) };
    this.#deps = deps;
    this.#failure.promise.catch(() => undefined);
    this.#logs = createLogKeeper({ logs: deps.store.logs, clock: deps.clock });
    this.#turns = new Turns(deps.store.journal, deps.clock, this.#logs.flush);
    this.#drivers = new Drivers({ ...deps, turns: this.#turns, news: this.#news, log: this.#logs.add });
    this.#turns.gatherWith(calls.underWay);
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** Starts the host and tells it of every run that has something to do, now or later. */
  async open(): Promise<void> {
    const { host, store } = this.#deps;
    await host.start((key) => this.#drive(key));
    let page = await store.journal.waking(undefined, limits.pageRowsMax);
    while (page.length > 0) {
      for (const { key, wakeAt } of page) await (wakeAt === 0 ? host.nudge(key) : host.wakeAt(key, wakeAt));
      page = await store.journal.waking(page.at(-1), limits.pageRowsMax);
    }
  }

  async start(request: StartRequest): Promise<{ readonly row: RunRow; readonly created: boolean }> {
    if (this.#stopping) throw new RunwrightError("engine.stopping", "The engine is stopping and starts no new run.");
    const { clock, randomBytes, host } = this.#deps;
    const now = clock.now();
    const prepared = this.#drivers.prepare(request, newRunId(now, randomBytes()), now);
    for (const version of [...(request.parts ?? []), request.version]) await this.#keepVersion(request.scope, version);
    const result = await this.#turns.create(prepared.run);
    if (!result.created) return result;
    this.#drivers.adopt(prepared, request);
    await host.nudge(prepared.run.key);
    return result;
  }

  decide(key: RunKey, principal: Principal, decision: Decision): Promise<void> {
    return this.#deliver(key, decisionEntry(decision, principal, this.#deps.clock.now()));
  }

  cancel(key: RunKey, principal: Principal, reason?: string): Promise<void> {
    return this.#deliver(key, {
      kind: "cancel",
      body: reason === undefined ? {} : { reason },
      ...this.#signed(principal),
    });
  }

  pause(key: RunKey, principal: Principal): Promise<void> {
    return this.#deliver(key, { kind: "pause", body: {}, ...this.#signed(principal) });
  }

  report(key: RunKey, principal: Principal, { type, data }: Report): Promise<void> {
    return this.#deliver(key, { kind: "event", body: { type, data }, ...this.#signed(principal) });
  }

  async resume(key: RunKey, principal: Principal): Promise<void> {
    const { status } = (await this.row(key)).summary;
    if (isTerminal(status)) throw new RunwrightError("run.ended", `Run ${key.run} has already ended (${status}).`);
    if (status !== "paused") return this.#deps.host.nudge(key);
    await this.#deliver(key, { kind: "resume", body: {}, ...this.#signed(principal) });
  }

  async row(key: RunKey): Promise<RunRow> {
    const row = await this.#deps.store.journal.row(key);
    if (row === undefined) throw new RunwrightError("run.not-found", `There is no run ${key.run}.`);
    return row;
  }

  list(scope: Scope, query: RunQuery): Promise<readonly RunRow[]> {
    return this.#deps.store.journal.list(scope, query);
  }

  async view(key: RunKey): Promise<RunView> {
    const { journal, catalog } = this.#deps.store;
    const row = await this.row(key);
    const { plan } = await catalog.get(key, row.version);
    const { state } = await rebuild(journal, key, plan);
    return viewOf(row, state);
  }

  subscribe(listener: (committed: Committed) => void): Disposable {
    return this.#news.subscribe(listener);
  }

  listen(listener: (entry: LogEntry) => void): Disposable {
    return this.#logs.listen(listener);
  }

  async settled(key: RunKey, signal: AbortSignal): Promise<RunRow> {
    for (;;) {
      // Listening begins before the row is read, so that no change falls between the two.
      const change = this.#news.reached(key, isStill, signal);
      const row = await this.row(key);
      const fault = this.#broken.get(runKeyText(key));
      if (fault !== undefined || (await this.#waitsForPeople(row))) {
        change.forget();
        if (fault !== undefined) throw toRunwrightError(fault);
        return row;
      }
      // What other runs do is not told here: whoever waits for them is looked at again.
      using again = row.summary.waitsFor === undefined ? undefined : this.#soon();
      await (again === undefined ? change.promise : Promise.race([change.promise, again.promise]));
      change.forget();
    }
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#drivers.stop();
    await this.#turns.quiet();
    this.#drivers.dropAll();
    await this.#logs.quiet();
    this.#logs.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** True when nothing but people can move a run on: also when all that it waits for are runs of which that is true. */
  async #waitsForPeople({ key, summary }: RunRow): Promise<boolean> {
    if (isSettled(summary)) return true;
    if (summary.waitsFor === undefined || summary.waitsFor.length === 0) return false;
    const rows = await Promise.all(summary.waitsFor.map((run) => this.row({ ...key, run })));
    if (rows.some((row) => isTerminal(row.summary.status))) return false;
    return (await Promise.all(rows.map((row) => this.#waitsForPeople(row)))).every(Boolean);
  }

  #soon(): Disposable & { readonly promise: Promise<void> } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(outcomePollMs, resolve);
    return { promise, [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }

  /** A version never changes: what this process has stored once, or is storing, is not stored again. */
  #keepVersion(scope: Scope, version: Version): Promise<void> {
    const name = `${scope.tenant}/${scope.workspace}/${version.digest}`;
    const known = this.#kept.get(name);
    if (known !== undefined) return known;

    const keeping = this.#deps.store.catalog.put(scope, version);
    keeping.catch(() => this.#kept.delete(name));
    if (this.#kept.size >= limits.versionsInMemoryMax) this.#kept.clear();
    this.#kept.set(name, keeping);
    return keeping;
  }

  /** A run that cannot be driven is left as it lies; the others go on. */
  async #drive(key: RunKey): Promise<void> {
    if (this.#stopping) return;
    try {
      await this.#drivers.drive(key);
      this.#broken.delete(runKeyText(key));
    } catch (error) {
      if (this.#stopping) return;
      this.#broken.set(runKeyText(key), error);
      this.#news.broken(key, error);
    }
  }

  /** Nobody knows what is durable: only a fresh start can find out (semantics I4). */
  #fail(error: unknown): void {
    this.#stopping = true;
    this.#turns.end(error);
    this.#logs.end();
    this.#drivers.dropAll();
    this.#failure.reject(error);
  }

  #signed(principal: Principal): Pick<InboxEntry, "principal" | "at"> {
    return { principal: principal.id, at: this.#deps.clock.now() };
  }

  /** Puts an entry into the inbox and waits for what the driver makes of it. */
  async #deliver(key: RunKey, entry: InboxEntry): Promise<void> {
    const { id } = await this.#deps.store.journal.post(key, entry);
    const heard = this.#news.outcome(key, id);
    const poll = this.#poll(key, id);
    try {
      if (!(await this.#drivers.arrived(key))) await this.#deps.host.nudge(key);
      const outcome = await Promise.race([heard.promise, poll.promise, this.#failure.promise]);
      if (!outcome.ok) throw new RunwrightError(isErrorCode(outcome.code) ? outcome.code : "internal", outcome.message);
    } finally {
      heard.forget();
      poll.forget();
    }
  }

  /** Looks for an answer in the store, where it stands also when another process drives the run. */
  #poll(key: RunKey, id: number): { readonly promise: Promise<InboxOutcome["outcome"]>; forget(): void } {
    const { clock, store } = this.#deps;
    const broken = this.#broken;
    const { promise, resolve, reject } = Promise.withResolvers<InboxOutcome["outcome"]>();
    let timer = clock.after(outcomePollMs, () => void look().catch(reject));
    let forgotten = false;
    // The answer may come another way first; a look that fails after that concerns nobody.
    promise.catch(() => undefined);
    return {
      promise,
      forget() {
        forgotten = true;
        timer[Symbol.dispose]();
      },
    };

    async function look(): Promise<void> {
      const outcome = await store.journal.outcome(key, id);
      const fault = broken.get(runKeyText(key));
      if (outcome !== undefined) resolve(outcome);
      else if (fault !== undefined) reject(toRunwrightError(fault));
      else if (!forgotten) timer = clock.after(outcomePollMs, () => void look().catch(reject));
    }
  }
}

/** True when a run has ended, or when nothing but people can move it on. */
function isSettled({ status, counts }: RunSummary): boolean {
  if (isTerminal(status) || status === "awaiting_approval") return true;
  return status === "paused" && counts.running === 0;
}

/** True when it is to be looked at: it is settled, or waits for other runs. */
function isStill(summary: RunSummary): boolean {
  return isSettled(summary) || summary.waitsFor !== undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

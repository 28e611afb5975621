import type { Chance, Clock } from "../base/clock.ts";
import { type RunKey, runKeyText, type Scope } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { Action } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Host } from "../ports/host.ts";
import { firstEpoch } from "../ports/journal-rules.ts";
import type { RunRow } from "../ports/journal.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Policy } from "../ports/policy.ts";
import type { Store } from "../ports/store.ts";
import { allowAll } from "./allow-all.ts";
import { Driver, type DriverDeps, type DriverNews } from "./driver.ts";
import type { StartRequest } from "./contract.ts";
import type { News } from "./news.ts";
import { Places } from "./places.ts";
import { snapshotBounds, type SnapshotBounds } from "./snapshots.ts";
import { type PreparedRun, prepareRun } from "./start.ts";
import { setAside } from "./set-aside.ts";
import { Suspects } from "./suspects.ts";
import { makeTurn, noArrivals, type Turn } from "./turn.ts";
import type { Turns } from "./turns.ts";

/** What drivers need. */
export interface DriversDeps {
  readonly store: Store;
  readonly host: Host;
  readonly action: Action;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly policy?: Policy;
  readonly turns: Turns;
  readonly news: News;
  readonly snapshotBounds?: SnapshotBounds;
  readonly eventsMax?: number;
  readonly log: (entry: LogEntry) => void;
}

/** The drivers of one process: which runs are in memory, and until when. A run that only waits stays until others need the room. */
export class Drivers {
  readonly #deps: DriversDeps;
  readonly #drivers = new Map<string, Driver>();
  readonly #versions = new Map<string, Promise<Version>>();
  readonly #suspects: Suspects;
  readonly #places = new Places(limits.loadsAtOnceMax);
  #stopping = false;

  constructor(deps: DriversDeps) {
    this.#deps = deps;
    this.#suspects = new Suspects(deps.clock);
  }

  /** Drives a run until it has ended or only waits. */
  async drive(key: RunKey): Promise<void> {
    const known = this.#drivers.get(runKeyText(key));
    if (known !== undefined && !known.isOver) {
      await known.readInbox();
      return this.#rest(known);
    }
    const taken = await this.#takeUp(key);
    if (taken === "suspect") return this.#suspects.alone((cleared) => this.#takeUpSuspect(key, cleared));
    if (taken !== undefined) await this.#rest(taken);
  }

  /** Takes a run up that is not in memory here. After a start with very many open runs the first of them go on while the last are not even read. */
  async #takeUp(key: RunKey): Promise<Driver | "suspect" | undefined> {
    using _place = await this.#places.take();
    const row = await this.#deps.store.journal.row(key);
    if (row === undefined || row.summary.endedAt !== undefined) return undefined;
    return row.tries === 0 ? await this.#load(row, () => undefined) : "suspect";
  }

  /** Reads a run. `committed` is called with its first commit. */
  async #load(row: RunRow, committed: () => void): Promise<Driver | undefined> {
    const { key } = row;
    const version = await this.#versionOf(key, row.version);
    const versions = await this.#versionsOf(key, version);
    // Whoever waited for its turn, or for a version, meanwhile: taken up now, it would only be interrupted.
    if (this.#stopping) return undefined;
    const driver = this.#make({ key, version, versions, deaths: row.tries }, committed);
    await driver.load();
    return driver;
  }

  /** Its turn may come late: the row is read again. */
  async #takeUpSuspect(key: RunKey, cleared: () => void): Promise<void> {
    const { store, clock, news } = this.#deps;
    const row = await store.journal.row(key);
    if (row === undefined || row.summary.endedAt !== undefined) return;
    if (row.tries < limits.deathsMax) {
      const driver = await this.#load(row, cleared);
      return driver === undefined ? undefined : this.#rest(driver);
    }

    const aside = await setAside(store.journal, row, clock.now());
    if (aside === undefined) return;
    news.publish(key, aside.news);
    for (const post of aside.posts) void this.#wake(post.key);
  }

  /** Makes a run that is to be created, with its first turn where every version that it needs is at hand. */
  prepare(request: StartRequest, run: string, at: number): PreparedRun<Turn> {
    const versions = versionsAtHand(request);
    if (versions === undefined) return prepareRun(request, run, at);
    const { chance, action, policy = allowAll } = this.#deps;
    const { version } = request;
    return prepareRun(request, run, at, (state, key) =>
      makeTurn(state, noArrivals, { at, frozen: false, chance, run: { key, version, versions, action, policy } }),
    );
  }

  /** Takes up a run that this process has just created, under the creator's epoch. Where a version it needs is not at hand, it is read when it is driven. */
  adopt(prepared: PreparedRun<Turn>, request: StartRequest): void {
    const versions = versionsAtHand(request);
    if (versions === undefined) return;
    const { key } = prepared.run;
    this.#make({ key, version: request.version, versions, deaths: 0 }).adopt(prepared, { key, epoch: firstEpoch });
  }

  /** Something lies in a run's inbox; false when the run is not in memory here. */
  async arrived(key: RunKey): Promise<boolean> {
    const driver = this.#drivers.get(runKeyText(key));
    if (driver === undefined || driver.isOver) return false;
    await driver.readInbox();
    return true;
  }

  /** Starts nothing more and waits for what runs, within the grace. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const driver of this.#drivers.values()) driver.freeze();
    const idle = Promise.all([...this.#drivers.values()].map((driver) => driver.idle()));
    const grace = Promise.withResolvers<void>();
    using _timer = this.#deps.clock.after(limits.stopGraceMs, grace.resolve);
    await Promise.race([idle, grace.promise]);
    await Promise.all([...this.#drivers.values()].map((driver) => driver.release()));
  }

  /** Lets go of every run at once. */
  dropAll(): void {
    for (const driver of this.#drivers.values()) driver.drop();
    this.#drivers.clear();
  }

  #make(
    run: Pick<DriverDeps, "key" | "version" | "versions" | "deaths">,
    landed: () => void = () => undefined,
  ): Driver {
    const { key } = run;
    const {
      store,
      action,
      clock,
      chance,
      policy = allowAll,
      turns,
      news,
      log,
      snapshotBounds: bounds = snapshotBounds,
      eventsMax = limits.eventsMax,
    } = this.#deps;
    const { journal } = store;
    const committed = (told: DriverNews): void => {
      landed();
      news.publish(key, told);
    };
    const wake = (other: RunKey): void => void this.#wake(other);
    const parts = { policy, journal, action, clock, chance, turns, log, bounds, eventsMax, suspects: this.#suspects };
    const driver = new Driver({ ...run, ...parts, committed, wake });
    this.#drivers.set(runKeyText(key), driver);
    return driver;
  }

  /** A lost wake is made good when the runs that are due are next looked for. */
  async #wake(key: RunKey): Promise<void> {
    if (!(await this.arrived(key).catch(() => true))) await this.#deps.host.nudge(key);
  }

  /** The versions that the steps of a version run. */
  async #versionsOf(scope: Scope, { runs = {} }: Version): Promise<ReadonlyMap<string, Version>> {
    const found = Object.entries(runs).map(
      async ([name, digest]) => [name, await this.#versionOf(scope, digest)] as const,
    );
    return new Map(await Promise.all(found));
  }

  /** Waits until a driver has nothing to do, and leaves its next due time with the host. */
  async #rest(driver: Driver): Promise<void> {
    await driver.idle();
    await driver.release();
    const name = runKeyText(driver.key);
    if (driver.isOver) {
      if (this.#drivers.get(name) === driver) this.#drivers.delete(name);
      return;
    }
    const { wakeAt } = driver;
    if (wakeAt !== undefined && wakeAt > 0) await this.#deps.host.wakeAt(driver.key, wakeAt);
    this.#makeRoom(name, driver);
  }

  /** Keeps the runs that were driven last; the others are read again when they are due. */
  #makeRoom(name: string, driver: Driver): void {
    if (this.#drivers.get(name) !== driver) return;
    this.#drivers.delete(name);
    this.#drivers.set(name, driver);
    for (const [oldName, old] of this.#drivers) {
      if (this.#drivers.size <= limits.idleRunsMax) return;
      if (!old.isIdle) continue;
      old.drop();
      this.#drivers.delete(oldName);
    }
  }

  /** A version never changes, so that the last ones are kept. */
  #versionOf(scope: Scope, digest: string): Promise<Version> {
    const name = `${scope.tenant}/${scope.workspace}/${digest}`;
    const known = this.#versions.get(name);
    if (known !== undefined) return known;

    const reading = this.#deps.store.catalog.get(scope, digest);
    reading.catch(() => this.#versions.delete(name));
    this.#versions.set(name, reading);
    for (const old of this.#versions.keys()) {
      if (this.#versions.size <= limits.versionsInMemoryMax) break;
      this.#versions.delete(old);
    }
    return reading;
  }
}

/** The versions that the steps of a run to start name, where all of them came along. */
function versionsAtHand({ version, parts = [] }: StartRequest): ReadonlyMap<string, Version> | undefined {
  const byDigest = new Map(parts.map((part) => [part.digest, part]));
  const needed = Object.entries(version.runs ?? {});
  const versions = needed.flatMap(([name, digest]) => {
    const part = byDigest.get(digest);
    return part === undefined ? [] : [[name, part] as const];
  });
  return versions.length < needed.length ? undefined : new Map(versions);
}

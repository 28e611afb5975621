import type { Chance, Clock } from "../base/clock.ts";
import { type RunKey, runKeyText, type Scope } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { Action } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Host } from "../ports/host.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Store } from "../ports/store.ts";
import { Driver } from "./driver.ts";
import type { StartRequest } from "./contract.ts";
import type { News } from "./news.ts";
import type { PreparedRun } from "./start.ts";
import type { Turns } from "./turns.ts";

/** What drivers need. */
export interface DriversDeps {
  readonly store: Store;
  readonly host: Host;
  readonly action: Action;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly turns: Turns;
  readonly news: News;
  readonly log: (entry: LogEntry) => void;
}

/** The drivers of one process: which runs are in memory, and until when. A run that only waits stays until others need the room. */
export class Drivers {
  readonly #deps: DriversDeps;
  readonly #drivers = new Map<string, Driver>();
  readonly #versions = new Map<string, Promise<Version>>();

  constructor(deps: DriversDeps) {
    this.#deps = deps;
  }

  /** Drives a run until it has ended or only waits. */
  async drive(key: RunKey): Promise<void> {
    const known = this.#drivers.get(runKeyText(key));
    if (known !== undefined && !known.isOver) {
      await known.readInbox();
      return this.#rest(known);
    }
    const row = await this.#deps.store.journal.row(key);
    if (row === undefined || row.summary.endedAt !== undefined) return;
    const version = await this.#versionOf(key, row.version);
    const driver = this.#make(key, version, await this.#versionsOf(key, version));
    await driver.load();
    await this.#rest(driver);
  }

  /** Takes up a run that this process has just created, under the creator's epoch. Where a version it needs is not at hand, it is read when it is driven. */
  adopt({ run, state, tail }: PreparedRun, { version, parts = [] }: StartRequest): void {
    const byDigest = new Map(parts.map((part) => [part.digest, part]));
    const needed = Object.entries(version.runs ?? {});
    const versions = needed.flatMap(([name, digest]) => {
      const part = byDigest.get(digest);
      return part === undefined ? [] : [[name, part] as const];
    });
    if (versions.length < needed.length) return;
    this.#make(run.key, version, new Map(versions)).adopt(state, tail, { key: run.key, epoch: 1 });
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
    for (const driver of this.#drivers.values()) driver.freeze();
    const idle = Promise.all([...this.#drivers.values()].map((driver) => driver.idle()));
    const grace = Promise.withResolvers<void>();
    using _timer = this.#deps.clock.after(limits.stopGraceMs, grace.resolve);
    await Promise.race([idle, grace.promise]);
  }

  /** Lets go of every run at once. */
  dropAll(): void {
    for (const driver of this.#drivers.values()) driver.drop();
    this.#drivers.clear();
  }

  #make(key: RunKey, version: Version, versions: ReadonlyMap<string, Version>): Driver {
    const { store, action, clock, chance, turns, news, log } = this.#deps;
    const { journal } = store;
    const committed = news.publish.bind(news, key);
    const wake = (other: RunKey): void => void this.#wake(other);
    const driver = new Driver({ key, version, versions, journal, action, clock, chance, turns, log, committed, wake });
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

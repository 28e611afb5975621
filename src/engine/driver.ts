import type { Chance, Clock } from "../base/clock.ts";
import { hasCode, type RunwrightError, toRunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { RunEvent } from "../machine/event.ts";
import { type Instance, type RunState, wakeAtOf } from "../machine/state.ts";
import type { Action } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Append, AppendResult, InboxOutcome, Journal, Lease, RunSummary, Segment } from "../ports/journal.ts";
import { Alarm, alarmAt } from "./alarm.ts";
import type { Policy } from "../ports/policy.ts";
import { Arriving, type TakenIn } from "./arriving.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Launch } from "./launches.ts";
import { LiveCalls } from "./live-calls.ts";
import type { EffectWord } from "./once.ts";
import { rebuild } from "./rebuild.ts";
import { emptyTail, nextSegment, type Tail, tailAfter } from "./segment.ts";
import type { PreparedRun } from "./start.ts";
import { type Growth, grown, noGrowth, type SnapshotBounds, type Taken, takeSnapshot } from "./snapshots.ts";
import { summaryOf } from "./summary.ts";
import { brokenTurn, type Ended, eventsLimit, makeTurn, type Turn } from "./turn.ts";
import type { Suspects } from "./suspects.ts";
import { Survival } from "./survival.ts";
import type { Turns, TurnTaker } from "./turns.ts";

/** What a driver needs. */
export interface DriverDeps {
  readonly key: RunKey;
  readonly version: Version;
  /** The versions that its steps run, by `id@version`. */
  readonly versions: ReadonlyMap<string, Version>;
  readonly journal: Journal;
  readonly action: Action;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly turns: Turns;
  /** When snapshots are taken. */
  readonly bounds: SnapshotBounds;
  /** A run with so many events ends, whatever is left to do. */
  readonly eventsMax: number;
  /** Asked before anything leaves that is aimed at something. */
  readonly policy: Policy;
  /** Takes what its calls log. */
  readonly log: (entry: LogEntry) => void;
  /** Called after every commit with what has become durable. */
  readonly committed: (news: DriverNews) => void;
  /** How often in a row the engine has died of this run, as far as is known, and where such runs are taken up. */
  readonly deaths: number;
  readonly suspects: Suspects;
  /** Another run has been created, or told something. */
  readonly wake: (key: RunKey) => void;
}

/** What one commit of a run brought. */
export interface DriverNews {
  /** Seq of the first event. */
  readonly seq: number;
  readonly at: number;
  readonly events: readonly RunEvent[];
  readonly told: readonly InboxOutcome[];
  readonly summary: RunSummary;
}

/** What is being committed. */
interface Flight {
  readonly turn: Turn;
  /** Attempts to carry out once it has landed. */
  readonly launches: readonly Launch[];
  readonly tail: Tail;
  readonly growth: Growth;
  readonly seq: number;
  readonly summary: RunSummary;
  readonly takenIn: TakenIn;
}

/** After a refusal the run is read again: at once, and after this many in a row, after a pause. */
const refusalsMax = 5;
const refusedRetryMs = 1000;

/**
 * Drives one run: the only one who appends to its journal.
 *
 * It owns the state in memory, which is ahead of the journal by at most one flight, and the calls that run. Nothing leaves the process before
 * the flight that starts it has landed.
 */
export class Driver implements TurnTaker {
  readonly key: RunKey;
  readonly #deps: DriverDeps;
  readonly #live: LiveCalls;
  readonly #arriving: Arriving;
  #state: RunState | undefined;
  #tail: Tail = emptyTail;
  #growth: Growth = noGrowth;
  #lease: Lease;
  readonly #survival: Survival;
  /** Attempts that were under way when the run was taken over. */
  #interrupted: readonly Launch[] = [];
  /** Paths of those that are carried out again here. */
  readonly #continued = new Set<string>();
  #flight: Flight | undefined;
  #loading: Promise<void> | undefined;
  #frozen = false;
  #over = false;
  #refusals = 0;
  #fault: RunwrightError | undefined;
  readonly #alarm: Alarm;
  #idleWaiters: (() => void)[] = [];

  constructor(deps: DriverDeps) {
    this.key = deps.key;
    this.#deps = deps;
    this.#survival = new Survival(deps);
    this.#live = new LiveCalls(deps, { ended: (ended) => this.#ended(ended), say: (word) => this.#hear(word) });
    this.#arriving = new Arriving(this.#live);
    this.#lease = { key: deps.key, epoch: 0 };
    this.#alarm = new Alarm(deps.clock, () => this.#dirty());
  }

  /** When the run must be driven again, by the state in memory. */
  get wakeAt(): number | undefined {
    return this.#state === undefined ? undefined : wakeAtOf(this.#state);
  }

  /** True once it drives no more: the run has ended, or somebody else drives it. */
  get isOver(): boolean {
    return this.#over;
  }

  /** True when nothing is under way here: the run has ended or only waits. */
  get isIdle(): boolean {
    if (this.#over) return true;
    if (this.#state === undefined || this.#loading !== undefined || this.#flight !== undefined) return false;
    return this.#live.size === 0 && this.#arriving.isEmpty && (this.#frozen || this.wakeAt !== 0);
  }

  /** Resolves when the driver is idle. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Starts from a state that this process has just created, and from its first turn where that stands in the same commit. */
  adopt({ run, state, segment, begun }: PreparedRun<Turn>, lease: Lease): void {
    [this.#state, this.#tail, this.#lease] = [state, tailAfter(segment), lease];
    if (begun === undefined) return this.#dirty();
    this.#growth = grown(noGrowth, segment);
    this.#alarm.set(alarmAt(state));
    const seq = this.#tail.seq - begun.texts.length + 1;
    this.#landed(state, { turn: begun, launches: begun.launches, seq, summary: run.summary });
  }

  /** Takes the run over and rebuilds it; attempts that were under way are continued. Throws when the run cannot be read. */
  async load(): Promise<void> {
    try {
      await this.#loadOnce();
    } catch (error) {
      await this.#survival.release();
      this.#loadFailed(error);
      if (this.#over) throw error;
    }
  }

  #loadOnce(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
      this.#dirty();
    });
    return this.#loading;
  }

  /** Reads what has come into the inbox. */
  async readInbox(): Promise<void> {
    // Whoever loads deals with a load that fails.
    await this.#loading?.catch(() => undefined);
    if (this.#over) return;
    const rows = await this.#deps.journal.inbox(this.key);
    // A load reads the inbox too, but what was posted since it asked may be missing from its answer, and it forgets what this one took in.
    if (this.#loading !== undefined) return this.readInbox();
    this.#arriving.see(rows);
    this.#dirty();
  }

  /** Starts nothing more; calls that run may still end. */
  freeze(): void {
    this.#frozen = true;
    this.#alarm.set(undefined);
    this.#settle();
  }

  /** This process has survived the run so far, though it had nothing to write. */
  release(): Promise<void> {
    return this.#survival.release();
  }

  /** Lets go of the run at once; what runs is aborted, and continued by whoever drives the run next. */
  drop(): void {
    this.#over = true;
    this.#survival.end();
    this.#live.drop();
    this.#arriving.words.refuse(this.key);
    this.#alarm.set(undefined);
    this.#settle();
  }

  takeTurn(): Append | undefined {
    const state = this.#state;
    if (this.#over || state === undefined || this.#flight !== undefined || this.#loading !== undefined)
      return undefined;

    const at = Math.max(this.#tail.at, this.#deps.clock.now());
    const turn = this.#makeTurn(state, at);
    if (turn === undefined) return undefined;
    for (const { path } of state.aborting) this.#live.get(path)?.abort();
    this.#alarm.set(this.#frozen ? undefined : alarmAt(state));
    if (turn.texts.length === 0 && turn.told.length === 0 && this.#interrupted.length === 0) {
      this.#arriving.landed(this.#arriving.count);
      this.#arriving.words.answer(turn);
      this.#settle();
      return undefined;
    }
    return this.#takeOff(state, turn, at);
  }

  told(result: AppendResult): void {
    const landed = this.#flight;
    const state = this.#state;
    this.#flight = undefined;
    if (this.#over || landed === undefined || state === undefined) return;
    if (result === "fenced") return this.drop();
    if (result !== "ok") return this.#reload();

    this.#refusals = 0;
    this.#survival.committed();
    this.#tail = landed.tail;
    this.#growth = landed.growth;
    this.#arriving.landed(landed.takenIn);
    this.#interrupted = [];
    this.#landed(state, landed);
  }

  /** A turn is durable: what it begins may leave. */
  #landed(
    state: RunState,
    { turn, launches, seq, summary }: Pick<Flight, "turn" | "launches" | "seq" | "summary">,
  ): void {
    if (!this.#frozen) for (const launch of launches) this.#live.begin(state, launch);
    this.#arriving.words.answer(turn);
    this.#over = state.ended !== undefined;
    if (this.#over) {
      this.#alarm.set(undefined);
      this.#live.drop();
      this.#arriving.words.refuse(this.key);
    }
    this.#deps.committed({ seq, at: this.#tail.at, events: turn.events, told: turn.told, summary });
    for (const { key } of [...turn.creates, ...turn.posts]) this.#deps.wake(key);
    if (this.#hasMore(state)) this.#dirty();
    else this.#settle();
  }

  refused(): void {
    this.#flight = undefined;
    this.#retryLater();
  }

  async #load(): Promise<void> {
    const { journal, version } = this.#deps;
    this.#lease = await this.#survival.takeOver();
    const { state, tail, growth } = await rebuild(journal, this.key, version.plan);
    const rows = await journal.inbox(this.key);
    if (this.#over) return;
    [this.#state, this.#tail, this.#growth] = [state, tail, growth];
    this.#arriving.reread(rows);
    if (state.ended !== undefined) return this.drop();
    // An interrupted attempt is continued, not counted. It leaves the process again only behind a commit of this lease: whoever was replaced
    // between reading and launching must not carry out what the other has finished meanwhile.
    const interrupted = [...state.calls].filter((instance) => !this.#isHandled(instance));
    for (const { path } of interrupted) this.#continued.add(path);
    this.#interrupted = interrupted.map((instance) => ({ instance }));
  }

  #isHandled({ path, attempt }: Instance): boolean {
    return this.#live.get(path) !== undefined || this.#arriving.hasEnd(path, attempt);
  }

  /** A fault of the machine ends its own run, with what is known about it, and no other. */
  #makeTurn(state: RunState, at: number): Turn | undefined {
    if (state.seq >= this.#deps.eventsMax) this.#fault ??= eventsLimit(state.seq);
    try {
      if (this.#fault !== undefined) return brokenTurn(state, this.#deps, this.#fault, at);
      const { chance } = this.#deps;
      return makeTurn(state, this.#arriving.take(), { at, frozen: this.#frozen, chance, run: this.#deps });
    } catch (error) {
      if (this.#fault !== undefined) throw error;
      this.#fault = toRunwrightError(error);
      this.#reload();
      return undefined;
    }
  }

  #takeOff(state: RunState, turn: Turn, at: number): Append {
    const summary = summaryOf(state, at);
    const segment = turn.texts.length === 0 ? undefined : nextSegment(this.#tail, turn.texts, at);
    const tail = segment === undefined ? this.#tail : tailAfter(segment);
    // A run that a fault ends begins nothing more: asking for its calls, a cancel in its inbox would hold its end up for ever.
    const launches = state.ended === undefined ? [...this.#interrupted, ...turn.launches] : [];
    const taken = this.#takeSnapshot(state, segment);
    this.#flight = {
      turn,
      launches,
      tail,
      growth: taken.growth,
      summary,
      seq: this.#tail.seq + 1,
      takenIn: this.#arriving.count,
    };
    const wakeAt = wakeAtOf(state);
    const blobs = [...turn.blobs.values(), ...taken.blobs];
    return {
      lease: this.#lease,
      summary,
      consumed: turn.told,
      startsCalls: launches.length > 0 || turn.answered.some(({ answer }) => answer.kind === "begins"),
      ...(segment === undefined ? {} : { segment }),
      ...(taken.snapshot !== undefined && { snapshot: taken.snapshot }),
      ...(blobs.length > 0 && { blobs }),
      ...(turn.creates.length > 0 && { creates: turn.creates }),
      ...(turn.posts.length > 0 && { posts: turn.posts }),
      ...(turn.audit.length > 0 && { audit: turn.audit }),
      ...(wakeAt === undefined ? {} : { wakeAt }),
    };
  }

  #takeSnapshot(state: RunState, segment: Segment | undefined): Taken {
    if (segment === undefined) return { blobs: [], growth: this.#growth };
    return takeSnapshot(state, tailAfter(segment), grown(this.#growth, segment), this.#deps.bounds);
  }

  #ended(ended: Ended): void {
    if (this.#over) return;
    const takeIn = (): void => {
      if (this.#over) return;
      this.#live.forget(ended.path);
      this.#arriving.end(ended);
      this.#dirty();
    };
    // The engine has died with this attempt open: perhaps of what it brought.
    if (this.#continued.delete(ended.path)) void this.#survival.carefully(takeIn);
    else takeIn();
  }

  /** Takes a word of an operation, also of a call that was given up: what it carried out is a fact. */
  #hear(word: EffectWord): void {
    this.#arriving.words.add(word);
    if (this.#over) this.#arriving.words.refuse(this.key);
    this.#dirty();
  }

  /** True when something waits for a turn: arrivals, or a machine that stopped at the bound of its last turn. */
  #hasMore(state: RunState): boolean {
    if (this.#over) return false;
    if (this.#arriving.hasNew) return true;
    return (
      !this.#frozen && (!state.paused || state.cancel !== undefined) && (state.ready.size > 0 || state.root?.left === 0)
    );
  }

  #dirty(): void {
    if (!this.#over && this.#state !== undefined && this.#flight === undefined && this.#loading === undefined)
      this.#deps.turns.dirty(this);
  }

  /** The state in memory is ahead of what was refused: it is forgotten, and what is durable is read again. */
  #reload(): void {
    this.#state = undefined;
    this.#refusals += 1;
    if (this.#refusals > refusalsMax) return this.#retryLater();
    void this.load().catch(() => this.drop());
  }

  #retryLater(): void {
    this.#state = undefined;
    if (this.#over) return;
    this.#deps.clock.after(refusedRetryMs, () => {
      if (!this.#over) void this.load().catch(() => this.drop());
    });
  }

  /** A full disk passes; what cannot be read does not. */
  #loadFailed(error: unknown): void {
    if (hasCode(error, "journal.full")) this.#retryLater();
    else this.drop();
  }

  #settle(): void {
    if (!this.isIdle) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

import { RunwrightError, toRunwrightError } from "../../src/base/error.ts";
import type { RunKey } from "../../src/base/ids.ts";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import {
  createMemoryStore,
  type MemoryStore,
  type StoreCall,
  type StoreFault,
} from "../../src/adapters/memory/memory-store.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { SnapshotBounds } from "../../src/engine/snapshots.ts";
import type { Plan } from "../../src/language/plan.ts";
import type { Action, ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { Append, Journal, Snapshot } from "../../src/ports/journal.ts";
import type { Store } from "../../src/ports/store.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { Seeded } from "./chance.ts";
import { createWitness, type Witness } from "./witness.ts";

/** How rough the world is: probabilities per opportunity. */
export interface Weather {
  readonly crash: number;
  /** Another process takes over while the first still lives. */
  readonly replace: number;
  readonly storeFault: number;
  readonly cancel: number;
  readonly pause: number;
  readonly clockJump: number;
}

/** A snapshot every few events, so that most of the times that a run is read there is one. */
const snapshotBounds: SnapshotBounds = {
  busySegments: 2,
  instancesPerSegment: Number.POSITIVE_INFINITY,
  busyInstancesMax: 1000,
  restEvents: 1,
  restMs: 1000,
  timesLast: 0,
  charsMax: 1_000_000,
};

/** A guard taken out, for a control that must fail. */
export type MissingGuard = "none" | "commit-before-call" | "hold" | "durable-commit" | "fence";

export const scope = { tenant: "t", workspace: "w" } as const;
export const operator = { id: "someone", roles: ["*"] } as const;

/** A whole world from a seed: store, clock, functions, operator, crashes. */
export interface World {
  readonly witness: Witness;
  readonly clock: ManualClock;
  readonly keys: readonly RunKey[];
  engine(): Engine;
  store(): Store;
  /** Kills the process and starts it again over what is durable. */
  restart(): Promise<void>;
  /** Starts another process while the first still lives and does not know that it was given up. */
  replace(): Promise<void>;
  /** Ends the processes that were given up. */
  endReplaced(): void;
  /** True when the engine said that it cannot go on. */
  hasFailed(): boolean;
  crashes(): number;
  /** How often a run was read from a snapshot that was sound. */
  snapshots(): number;
}

/** Opens a world in which `plans` have been started, one run each. */
export async function openWorld(
  chance: Seeded,
  plans: readonly Plan[],
  weather: Weather,
  missing: MissingGuard = "none",
): Promise<World> {
  const clock = createManualClock(1_700_000_000_000);
  const witness = createWitness();
  let calm = true;
  const faults = {
    before(_call: StoreCall): StoreFault {
      if (calm || !chance.maybe(weather.storeFault)) return "none";
      const fault = chance.pick<StoreFault>(["full", "lost", "unanswered"]);
      failed ||= fault !== "full";
      return fault;
    },
  };
  let memory: MemoryStore = createMemoryStore({ faults });
  let engine: Engine;
  let failed = false;
  let generation = 0;
  let crashes = 0;
  let snapshots = 0;
  let alive = new Set([generation]);
  const epochs = new Map<string, number>();

  engine = await open();
  const keys: RunKey[] = [];
  for (const [index, plan] of plans.entries()) {
    const version = { digest: `v${index}`, workflow: plan.workflow, draft: true, file: "", source: "", plan };
    const started = engine.start({ scope, principal: operator, version, input: {}, env: {} });
    await turn(clock);
    keys.push((await started).row.key);
  }
  calm = false;

  return {
    witness,
    clock,
    keys,
    engine: () => engine,
    store: () => memory,
    async restart() {
      crashes += 1;
      memory = memory.crash();
      await begin(new Set());
    },
    replace: () => begin(alive),
    endReplaced() {
      alive = new Set([generation]);
    },
    hasFailed: () => failed,
    crashes: () => crashes,
    snapshots: () => snapshots,
  };

  async function begin(others: ReadonlySet<number>): Promise<void> {
    generation += 1;
    alive = new Set([...others, generation]);
    failed = false;
    calm = true;
    await witness.reread(memory.journal, keys);
    engine = await open();
    calm = false;
  }

  async function open(): Promise<Engine> {
    const mine = generation;
    const store = { ...memory, journal: watched(memory.journal, mine), catalog: memory.catalog };
    const host = createLocalHost(processClock(mine), (error) => {
      const { code } = toRunwrightError(error);
      if (mine === generation && !code.startsWith("journal.")) witness.blame(`the host met ${String(error)}`);
      if (mine === generation && code !== "journal.full") failed = true;
    });
    const opened = await openEngine({
      store,
      host,
      action: simulatedAction(mine),
      clock: processClock(mine),
      chance: () => chance.next(),
      randomBytes: () => Uint8Array.from({ length: 10 }, () => chance.whole(0, 255)),
      snapshotBounds,
    });
    opened.failed.catch(() => {
      if (mine === generation) failed = true;
    });
    return opened;
  }

  /** A dead process hears no timer. */
  function processClock(mine: number): ManualClock {
    const whileAlive = (run: () => void) => (): void => {
      if (alive.has(mine)) run();
    };
    return {
      ...clock,
      after: (delayMs, run) => clock.after(delayMs, whileAlive(run)),
      soon: (run) => clock.soon(whileAlive(run)),
    };
  }

  function watched(journal: Journal, mine: number): Journal {
    return {
      ...journal,
      async append(batch) {
        if (missing === "durable-commit" && chance.maybe(0.05)) return batch.map(() => "ok" as const);
        const results = await journal.append(await unguarded(journal, batch));
        for (const [index, each] of batch.entries()) if (results[index] === "ok") witness.appended(each);
        return results;
      },
      async takeOver(key) {
        // A host places a run with one worker; who was given up may still write, but is given no run any more.
        if (mine !== generation) throw new RunwrightError("journal.fenced", "This process was replaced.");
        const lease = await journal.takeOver(key);
        epochs.set(key.run, lease.epoch);
        return lease;
      },
      async snapshot(key) {
        const found = await journal.snapshot(key);
        if (found === undefined || chance.maybe(0.1)) return found && damaged(found, chance);
        snapshots += 1;
        return found;
      },
      async post(key, entry) {
        const row = await journal.post(key, entry);
        if (entry.kind === "cancel") witness.cancelPosted(key);
        await slow();
        return row;
      },
      async inbox(key) {
        await slow();
        return journal.inbox(key);
      },
    };
  }

  /** What a store without the guard would have taken as it stands. */
  async function unguarded(journal: Journal, batch: readonly Append[]): Promise<readonly Append[]> {
    if (missing === "hold") return batch.map((each) => ({ ...each, startsCalls: false }));
    if (missing !== "fence") return batch;
    const forced: Append[] = [];
    for (const each of batch) {
      const { key } = each.lease;
      const seq = ((await journal.row(key))?.lastSeq ?? 0) + 1;
      const lease = { key, epoch: epochs.get(key.run) ?? each.lease.epoch };
      forced.push({ ...each, lease, ...(each.segment === undefined ? {} : { segment: { ...each.segment, seq } }) });
    }
    return forced;
  }

  /** A store that takes its time over an answer: commits of others fall between the question and the answer. */
  async function slow(): Promise<void> {
    if (chance.maybe(0.5)) return;
    await new Promise<void>((resolve) => void clock.after(chance.whole(0, 800), resolve));
  }

  function simulatedAction(mine: number): Action {
    return {
      run: (call, signal) => runCall(call, signal, mine),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  function runCall(call: ActionCall, signal: AbortSignal, mine: number): Promise<ActionResult> {
    if (alive.has(mine)) witness.callBegins(call, mine);
    const dice = chance.next();
    const obeys = chance.maybe(0.8);
    return new Promise((resolve, reject) => {
      const end = (run: () => void): void => {
        if (alive.has(mine)) witness.callEnds(call, mine);
        run();
      };
      processClock(mine).after(chance.whole(0, 3000), () =>
        end(() => (dice < 0.75 ? resolve(resultOf(call, dice)) : reject(errorOf(dice)))),
      );
      const stop = (): void => end(() => reject(new RunwrightError("call.aborted", "stopped")));
      if (obeys) signal.addEventListener("abort", stop);
    });
  }
}

/** What a bad disk, another build or a journal that is another's would make of a snapshot. */
function damaged(snapshot: Snapshot, chance: Seeded): Snapshot {
  const place = chance.whole(0, snapshot.body.length - 1);
  return chance.pick<Snapshot>([
    { ...snapshot, body: `${snapshot.body.slice(0, place)}!${snapshot.body.slice(place + 1)}` },
    { ...snapshot, body: snapshot.body.slice(0, place) },
    { ...snapshot, form: snapshot.form + 1 },
    { ...snapshot, seq: snapshot.seq + 1 },
    { ...snapshot, hash: "of another" },
  ]);
}

function resultOf(call: ActionCall, dice: number): ActionResult {
  const output = { path: call.path, recommended_next_stage: `s${Math.floor(dice * 10)}` };
  return dice < 0.1 ? { output, vars: { last: call.path } } : { output };
}

function errorOf(dice: number): RunwrightError {
  return new RunwrightError(dice < 0.93 ? "function.failed" : "function.not-found", "as the dice fell");
}

/** Lets everything that is ready run: promises, then what waits for the end of the turn. */
export async function turn(clock: ManualClock): Promise<void> {
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (clock.runSoon());
}

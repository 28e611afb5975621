import { RunwrightError, toRunwrightError } from "../../src/base/error.ts";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import {
  createMemoryStore,
  type MemoryStore,
  type StoreCall,
  type StoreFault,
} from "../../src/adapters/memory/memory-store.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { Version } from "../../src/ports/catalog.ts";
import type { Policy } from "../../src/ports/policy.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Journal, RunRow } from "../../src/ports/journal.ts";
import type { Store } from "../../src/ports/store.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { Seeded } from "./chance.ts";
import { hostWithout, journalThatLies, journalWithout, type MissingGuard } from "./missing-guards.ts";
import { simulatedAction } from "./simulated-action.ts";
import { snapshotBounds, withDamage } from "./snapshots.ts";
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

export const scope = { tenant: "t", workspace: "w" } as const;
export const operator = { id: "someone", roles: ["*"] } as const;

/** Runs of one world, at most: they are looked at as one page. */
const runsMax = 1000;

/** What is started in a world: one run of each version, which may start runs of the parts. */
export interface Cast {
  readonly versions: readonly Version[];
  readonly parts: readonly Version[];
}

/** A whole world from a seed: store, clock, functions, operator, crashes. */
export interface World {
  readonly witness: Witness;
  readonly clock: ManualClock;
  engine(): Engine;
  store(): Store;
  /** Every run there is, also those that others have started, the oldest first. */
  rows(): Promise<readonly RunRow[]>;
  /** Kills the process and starts it again over what is durable. */
  restart(): Promise<void>;
  /** Starts another process while the first still lives and does not know that it was given up. */
  replace(): Promise<void>;
  /** Ends the processes that were given up; what they leave behind is looked for. */
  endReplaced(): Promise<void>;
  /** From now on nothing befalls the store. */
  calmDown(): void;
  /** True when the engine said that it cannot go on. */
  hasFailed(): boolean;
  crashes(): number;
  /** How often a run was read and had a snapshot that was sound. */
  snapshots(): number;
}

/** Denies some things, and wants people to allow others. */
const policy: Policy = {
  decide({ target }) {
    const outcome = target === "denied" ? "deny" : target === "held" ? "needs_approval" : "allow";
    return { outcome, rules: [outcome], version: "1", reason: "so.", approvals: { count: 1, roles: ["boss"] } };
  },
};

/** Opens a world in which one run of each version has been started. */
export async function openWorld(
  chance: Seeded,
  { versions, parts }: Cast,
  weather: Weather,
  missing: MissingGuard = "none",
): Promise<World> {
  const clock = createManualClock(1_700_000_000_000);
  const witness = createWitness();
  let calm = true;
  let calmForEver = false;
  const faults = {
    before(_call: StoreCall): StoreFault {
      if (calm || calmForEver || !chance.maybe(weather.storeFault)) return "none";
      const fault = chance.pick<StoreFault>(["full", "lost", "unanswered"]);
      failed ||= fault !== "full";
      return fault;
    },
  };
  let memory: MemoryStore = createMemoryStore({ faults });
  let engine: Engine;
  let host: Host;
  let failed = false;
  let generation = 0;
  let crashes = 0;
  let snapshots = 0;
  let alive = new Set([generation]);
  const epochs = new Map<string, number>();

  engine = await open();
  for (const version of versions) {
    const started = engine.start({ scope, principal: operator, version, parts, input: {}, env: {} });
    await turn(clock);
    await started;
  }
  calm = false;

  return {
    witness,
    clock,
    engine: () => engine,
    store: () => memory,
    rows,
    async restart() {
      crashes += 1;
      memory = memory.crash();
      await begin(new Set());
    },
    replace: () => begin(alive),
    async endReplaced() {
      if (alive.size === 1) return;
      alive = new Set([generation]);
      for (const { key } of await memory.journal.waking(undefined, runsMax)) await host.nudge(key);
    },
    calmDown: () => void (calmForEver = true),
    hasFailed: () => failed,
    crashes: () => crashes,
    snapshots: () => snapshots,
  };

  async function rows(): Promise<readonly RunRow[]> {
    return (await memory.journal.list(scope, { limit: runsMax })).toReversed();
  }

  async function begin(others: ReadonlySet<number>): Promise<void> {
    generation += 1;
    alive = new Set([...others, generation]);
    failed = false;
    calm = true;
    await witness.reread(
      memory.journal,
      (await rows()).map(({ key }) => key),
    );
    engine = await open();
    calm = false;
  }

  async function open(): Promise<Engine> {
    const mine = generation;
    const lacking = journalWithout(missing, memory.journal, { chance, epochs });
    const damaged = withDamage(lacking, chance, () => (snapshots += 1));
    // The witness stands behind a journal that lies, and is not lied to.
    const journal = journalThatLies(missing, watched(damaged, mine), chance);
    host = createLocalHost(processClock(mine), (error) => {
      const { code } = toRunwrightError(error);
      if (mine === generation && !code.startsWith("journal.")) witness.blame(`the host met ${String(error)}`);
      if (mine === generation && code !== "journal.full") failed = true;
    });
    const opened = await openEngine({
      store: { ...memory, journal, catalog: memory.catalog },
      host: hostWithout(missing, host, chance),
      action: simulatedAction({
        chance,
        clock: processClock(mine),
        begins: (call) => alive.has(mine) && witness.callBegins(call, mine),
        ends: (call) => alive.has(mine) && witness.callEnds(call, mine),
        refuses: (call, key) => alive.has(mine) && witness.effects.refuses(call, key),
        lies: missing === "undone",
        arrives: (key) => witness.effects.arrives(key),
        wasCarriedOut: (key) => missing !== "find" && witness.effects.wasCarriedOut(key),
        leaves: (call, key, effect) => alive.has(mine) && witness.effects.leaves(call, key, effect),
      }),
      clock: processClock(mine),
      chance: () => chance.next(),
      randomBytes: () => Uint8Array.from({ length: 10 }, () => chance.whole(0, 255)),
      ...(missing !== "policy" && { policy }),
      snapshotBounds,
      // A state that a control has spoilt may go on for ever.
      eventsMax: 5000,
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
      async create(runs) {
        const results = await journal.create(runs);
        witness.created(runs.filter((_, index) => results[index]?.created === true));
        return results;
      },
      async append(batch) {
        const results = await journal.append(batch);
        witness.appended(
          batch.filter((_, index) => results[index] === "ok"),
          mine,
        );
        return results;
      },
      async takeOver(key) {
        // A host places a run with one worker; who was given up may still write, but is given no run any more.
        if (mine !== generation) throw new RunwrightError("journal.fenced", "This process was replaced.");
        const lease = await journal.takeOver(key);
        witness.tookOver(key, mine);
        return lease;
      },
      async post(key, entry) {
        const row = await journal.post(key, entry);
        witness.posted(key, row);
        await slow();
        return row;
      },
      async inbox(key) {
        await slow();
        return journal.inbox(key);
      },
    };
  }

  /** A store that takes its time over an answer: commits of others fall between the question and the answer. */
  async function slow(): Promise<void> {
    if (chance.maybe(0.5)) return;
    await new Promise<void>((resolve) => void clock.after(chance.whole(0, 800), resolve));
  }
}

/** Lets everything that is ready run: promises, then what waits for the end of the turn. */
export async function turn(clock: ManualClock): Promise<void> {
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (clock.runSoon());
}

import { createMemoryStore } from "../../adapters/memory/memory-store.ts";
import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { Engine } from "../../engine/contract.ts";
import type { Source } from "../../language/world.ts";
import { assemble } from "../assemble.ts";
import type { Config } from "../config.ts";
import type { App, AppOptions } from "../contract.ts";
import { localScope } from "../principal.ts";
import { createHistory, createRunReader, type ListedRun } from "../runs.ts";
import type { WholeVersion } from "../versions.ts";
import { createDryAction, createSamples, type Sampled } from "./dry-action.ts";
import { noFixtures, readFixtures } from "./fixtures.ts";
import { createJumpingClock } from "./jumping-clock.ts";
import { createPlaces } from "./places.ts";
import { createStandIn, type StandIn } from "./stand-in.ts";
import { stepNamesOf } from "./step-names.ts";

export type { Sampled } from "./dry-action.ts";

/** How a dry run is played. */
export interface DryOptions {
  readonly env: AppOptions["env"];
  /** What the steps give; where nothing is written down they give samples. */
  readonly fixtures?: Source;
  /** Gates stay open, and time stands still at the first. */
  readonly untilGate?: boolean;
  /** When engine time begins. */
  readonly startMs: number;
}

/** An app that plays one workflow through: nothing leaves the process, and nothing is kept. */
export interface DryApp extends App {
  /** Steps whose answers were samples. */
  samples(): readonly Sampled[];
  /** Names in the fixtures that nothing has asked for. */
  unusedFixtures(): readonly string[];
}

/**
 * Opens an app for a dry run of a version: the machine, the engine and its order are those of a real run, over a store in memory, an action that
 * calls nothing and a clock that does not wait. Throws `config.invalid` for fixtures that cannot be used.
 */
export async function openDryApp(config: Config, whole: WholeVersion, options: DryOptions): Promise<DryApp> {
  await using opening = new AsyncDisposableStack();
  const names = stepNamesOf(whole);
  const fixtures = options.fixtures === undefined ? noFixtures : readFixtures(options.fixtures, names);
  const samples = createSamples();
  const places = createPlaces(names, whole.version);
  const ended = Promise.withResolvers<never>();
  const clock = createJumpingClock(options.startMs, () => void lookAtAll(engine, standIn).catch(ended.reject));
  const store = createMemoryStore();
  const action = createDryAction(places, { fixtures, samples });
  const ground = { store: opening.use(store), action: opening.use(action), clock, chance: () => 0.5 };
  const how = { env: options.env, drive: "all", onLog: () => undefined } as const;
  const { engine, ...app } = await assemble(opening, config, ground, how);
  const standIn = createStandIn({
    engine,
    places,
    fixtures,
    samples,
    untilGate: options.untilGate === true,
    stopTime: () => clock.stop(),
    fail: ended.reject,
  });
  let commit = Promise.withResolvers<void>();
  opening.use(
    engine.subscribe((committed) => {
      standIn.hear(committed);
      commit.resolve();
      commit = Promise.withResolvers();
    }),
  );

  const failed = Promise.race([app.failed, ended.promise]);
  failed.catch(() => undefined);
  const opened = opening.move();
  return {
    ...app,
    settled,
    failed,
    shut: () => Promise.resolve(),
    leftBehind() {
      const kept = store.crash();
      return { ...createRunReader(kept, kept), ...createHistory(kept) };
    },
    samples: () => samples.taken,
    unusedFixtures: () => fixtures.unused(),
    [Symbol.asyncDispose]() {
      clock.stop();
      return opened.disposeAsync();
    },
  };

  /** Gates are decided here, so that a run that waits for people is about to go on. No timer is set: on this clock it would pass at once. */
  async function settled(run: string, signal: AbortSignal): Promise<ListedRun> {
    const given = Promise.withResolvers<never>();
    given.promise.catch(() => undefined);
    const giveUp = (): void => given.reject(new RunwrightError("call.aborted", "Nobody waits any more."));
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      for (;;) {
        const change = commit.promise;
        const row = await app.runs.row(run);
        const { status, endedAt } = row.summary;
        if (endedAt !== undefined || (options.untilGate === true && status === "awaiting_approval")) return row;
        await Promise.race([change, given.promise, failed]);
      }
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}

/** Lets the stand-in look at every run: one of them waits for what nobody says. */
async function lookAtAll(engine: Engine, standIn: StandIn): Promise<void> {
  const rows = await engine.list(localScope, { limit: limits.pageRowsMax });
  for (const { key } of rows) standIn.idle(await engine.view(key));
}

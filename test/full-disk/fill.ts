// Carries one run out over a real store until there is no space left, frees space where it is told to, and says what it saw, one JSON line each.
// usage: node fill.ts <folder> [bytes of a ballast that is freed when the store is full]
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import type { Committed } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { Action } from "../../src/ports/action.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { ada, scope, versionOf } from "../engine/stage.ts";
import { digestOf, itemsCount, type Saw } from "./saw.ts";

const [folder = "", ballastBytes = "0"] = process.argv.slice(2);
const ballast = path.join(folder, "ballast");
const outputChars = 150_000;
const waitMs = 20;
const endMsMax = 20_000;
const say = (saw: Saw): void => void writeSync(1, `${JSON.stringify(saw)}\n`);
const calls: string[] = [];
const acked: Committed[] = [];
const refusals: string[] = [];

mkdirSync(folder, { recursive: true });
if (Number(ballastBytes) > 0) writeFileSync(ballast, Buffer.alloc(Number(ballastBytes), 1));
try {
  await work();
  process.exitCode = 0;
} catch (error) {
  const { code, message } = toRunwrightError(error);
  say({ kind: "stopped", code, message, calls, acked: digests() });
  // What is left of this process knows nothing that could be relied on.
  process.exit(3);
}

async function work(): Promise<void> {
  await using opening = new AsyncDisposableStack();
  const holder = { pid: process.pid, host: "here", startedAt: 0 };
  const store = opening.use(await openSqliteStore({ folder: path.join(folder, "data"), holder, synchronous: "full" }));
  const clock = createRealClock();
  const host = opening.use(createLocalHost(clock, () => undefined));
  const engine = opening.use(
    await openEngine({
      store: { ...store, journal: heard(store.journal) },
      host,
      action: largeOutputs(),
      clock,
      chance: Math.random,
      randomBytes: () => randomBytes(10),
    }),
  );
  engine.subscribe((committed) => acked.push(committed));
  const items = JSON.stringify(Array.from({ length: itemsCount }, (_, index) => index));
  const version = versionOf(
    `workflow: fill\nsteps: [{ id: each, for_each: "\${${items}}", max_parallel: 1, function: work }]\n`,
  );
  const start = (dedupeKey: string, source: string) =>
    engine.start({
      scope,
      principal: ada,
      version: { ...version, digest: dedupeKey, source },
      input: {},
      env: {},
      dedupeKey,
    });
  const { row } = await start("once", version.source);
  const ended = Promise.race([engine.settled(row.key, AbortSignal.timeout(endMsMax)), engine.failed]);
  ended.catch(() => undefined);

  if (Number(ballastBytes) > 0) {
    await refused(2);
    const before = calls.length;
    const told = await start("large", "x".repeat(900_000)).then(() => "started", toRunwrightError);
    await refused(4);
    const { lastSeq } = await engine.row(row.key);
    say({ kind: "full", codes: refusals, told: String(told), started: calls.length - before, lastSeq });
    rmSync(ballast);
  }
  const { summary } = await ended;
  say({ kind: "ended", status: summary.status, calls, acked: digests() });

  async function refused(count: number): Promise<void> {
    while (refusals.length < count) {
      await Promise.race([sleep(waitMs), engine.failed]);
      if (acked.at(-1)?.events.some(({ kind }) => kind === "run.finished")) throw new Error("The disk was never full.");
    }
  }
}

function digests(): readonly { readonly seq: number; readonly digests: readonly string[] }[] {
  return acked.map(({ seq, events }) => ({ seq, digests: events.map(digestOf) }));
}

/** The journal as it is, with its refusals noted. */
function heard(journal: Journal): Journal {
  const note = (error: unknown): never => {
    refusals.push(toRunwrightError(error).code);
    throw error;
  };
  return {
    ...journal,
    append: (batch) => journal.append(batch).catch(note),
    takeOver: (key) => journal.takeOver(key).catch(note),
  };
}

function largeOutputs(): Action {
  return {
    run({ path: instance }) {
      calls.push(instance);
      // Each its own: the same large value is kept once.
      return Promise.resolve({ output: instance.padEnd(outputChars, "x") });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

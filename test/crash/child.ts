// The process under test: real store, engine, host and function pool over one folder, until every run in it has ended or it is killed.
// usage: node child.ts <settings as JSON>; says what it acknowledges on stdout, one JSON line each.
import { randomBytes } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { createFunctionAction } from "../../src/actions/function/function-action.ts";
import { functionLimits } from "../../src/actions/function/limits.ts";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { Version } from "../../src/ports/catalog.ts";
import type { InboxEntry, RunRow } from "../../src/ports/journal.ts";
import { decided, reported, runsMax, scope, seedOf, wordName, type LifeSettings, type Said } from "./life.ts";
import { journalWithout } from "./missing-guards.ts";
import { actionWithPoints, journalWithPoints, type PointName } from "./points.ts";

const settings = JSON.parse(process.argv[2] ?? "{}") as LifeSettings;
const { version, parts } = JSON.parse(readFileSync(path.join(settings.folder, "version.json"), "utf8")) as {
  readonly version: Version;
  readonly parts: readonly Version[];
};
const operator = { id: "test:operator", roles: ["operator"] };
const lookEveryMs = 15;
/** A full pipe is tried again after a millisecond, this often. */
const pipeTriesMax = 10_000;
const nothing = new Int32Array(new SharedArrayBuffer(4));
const passes = new Map<PointName, number>();

// A fault of the engine must not pass for a kill.
process.on("unhandledRejection", (error) => stop("unhandled rejection", error));

await using opening = new AsyncDisposableStack();
const clock = createRealClock();
const holder = { pid: process.pid, host: hostname(), startedAt: clock.now() };
const store = opening.use(
  await openSqliteStore({ folder: path.join(settings.folder, "data"), holder, synchronous: "full" }),
);
const action = opening.use(
  createFunctionAction({
    root: path.join(settings.folder, "project"),
    size: 2,
    limits: functionLimits,
    readFolders: [],
    writeFolders: ["ledger"],
    config: { life: settings.life },
  }),
);
const notes = {
  committed: (run: string, { seq, hash }: { seq: number; hash: string }) => say({ kind: "committed", run, seq, hash }),
  posted: (run: string, id: number, { body: { path: gate, type } }: InboxEntry) =>
    say({ kind: "posted", run, id, word: wordName(run, gate ?? type) }),
};
const host = opening.use(createLocalHost(clock, (error) => stop("the host met", error)));
const engine = opening.use(
  await openEngine({
    store: { ...store, journal: journalWithPoints(journalWithout(settings.without, store.journal), pass, notes) },
    host,
    action: actionWithPoints(action, pass),
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
  }),
);
engine.failed.catch((error: unknown) => stop("the engine failed", error));
say({ kind: "opened" });

for (const dedupeKey of settings.starts) {
  const input = { seed: seedOf(dedupeKey) };
  const { row } = await engine.start({ scope, principal: operator, version, parts, input, env: {}, dedupeKey });
  say({ kind: "started", dedupeKey, run: row.key.run });
}
await decideAll();
say({ kind: "ended" });

/** Decides every gate and reports every event as soon as there is something that asks for it, until all runs have ended. */
async function decideAll(): Promise<void> {
  const asked = new Set(settings.posted);
  for (;;) {
    const rows = await engine.list(scope, { limit: runsMax });
    for (const row of rows) {
      decideOne(row, asked);
      reportOnce(row, asked);
    }
    if (rows.every((row) => isTerminal(row.summary.status))) return;
    await new Promise((resolve) => void setTimeout(resolve, lookEveryMs));
  }
}

/** The first time changes are asked for, the second time what is shown is accepted. */
function decideOne({ key, summary }: RunRow, asked: Set<string>): void {
  const [gate] = summary.gates;
  if (gate === undefined || asked.has(wordName(key.run, gate.path))) return;
  const { path: gatePath } = gate;
  asked.add(wordName(key.run, gatePath));
  const outcome = gatePath.endsWith("@2") ? "accepted" : "changes";
  const edits = outcome === "accepted" ? { edits: decided } : {};
  void engine.decide(key, operator, { path: gatePath, outcome, comment: "so", ...edits }).then(
    () => say({ kind: "decided", run: key.run, path: gatePath, outcome }),
    (error: unknown) => {
      const { code } = toRunwrightError(error);
      // Decided in an earlier life, by a word that was durable and not yet acknowledged, or set aside just now.
      if (code !== "gate.decided" && code !== "run.ended") stop("a decision met", error);
    },
  );
}

function reportOnce({ key, workflow, summary }: RunRow, asked: Set<string>): void {
  const word = wordName(key.run, "paid");
  if (workflow !== version.workflow || isTerminal(summary.status) || asked.has(word)) return;
  asked.add(word);
  void engine.report(key, operator, { type: "paid", data: reported }).then(
    () => say({ kind: "reported", run: key.run }),
    (error: unknown) => {
      if (toRunwrightError(error).code !== "run.ended") stop("a report met", error);
    },
  );
}

function pass(point: PointName): void {
  const count = (passes.get(point) ?? 0) + 1;
  passes.set(point, count);
  if (settings.kill?.point === point && settings.kill.nth === count) process.kill(process.pid, "SIGKILL");
}

/** Straight to the pipe: what is acknowledged must not wait in this process for a turn that may never come. */
function say(said: Said): void {
  const line = Buffer.from(`${JSON.stringify(said)}\n`);
  let written = 0;
  for (let tries = 0; written < line.length; tries += 1) {
    try {
      written += writeSync(1, line, written);
    } catch (error) {
      // Whoever listens is slow and the pipe is full for now.
      if (!isFull(error) || tries === pipeTriesMax) throw error;
      Atomics.wait(nothing, 0, 0, 1);
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function stop(what: string, error: unknown): void {
  const { code, message, stack } = toRunwrightError(error);
  say({ kind: "fault", text: `${what} ${code}: ${message}\n${stack ?? ""}` });
  process.exit(3);
}

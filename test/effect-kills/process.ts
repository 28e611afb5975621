// The process under test: real store, engine, actions and connectors over one project, until its run has ended or it is killed.
// usage: node process.ts <settings as JSON>; says what it does on stdout, one JSON line each.
import { randomBytes } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { loadConfig } from "../../src/app/config.ts";
import { openActions } from "../../src/app/open-actions.ts";
import { openVault } from "../../src/app/open-vault.ts";
import { localPrincipal, localScope } from "../../src/app/principal.ts";
import { openPolicy } from "../../src/app/project-policy.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import { limits } from "../../src/base/limits.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { Effect } from "../../src/ports/action.ts";
import type { Version } from "../../src/ports/catalog.ts";
import { journalWithout } from "../crash/missing-guards.ts";
import type { LifeSettings, Said } from "./life.ts";
import { actionWithPoints, journalWithPoints, type Pass } from "./points.ts";
import { createSkippingClock } from "./skipping-clock.ts";

const settings = JSON.parse(process.argv[2] ?? "{}") as LifeSettings;
/** How often it is looked whether the engine waits: what may be called again at once is, and waits for nothing. */
const waitLooksMax = 200;
/** Settled gates of one life, at most. */
const gatesMax = 10;
const root = path.join(settings.folder, "project");
const version = JSON.parse(readFileSync(path.join(settings.folder, "version.json"), "utf8")) as Version;
const principal = localPrincipal();

// A fault of the engine must not pass for a kill.
process.on("unhandledRejection", (error) => stop("unhandled rejection", error));

await using opening = new AsyncDisposableStack();
const clock = createSkippingClock(createRealClock(), settings.aheadMs);
const config = await loadConfig(root, {});
const holder = { pid: process.pid, host: hostname(), startedAt: clock.now() };
const store = opening.use(
  await openSqliteStore({ folder: path.join(settings.folder, "data"), holder, synchronous: "full" }),
);
const vault = await openVault(config, {}, clock);
const policy = openPolicy(config);
const action = opening.use(openActions(config, { store, clock, vault, policy, version: "0.0.0" }));

let isLate = false;
const pass: Pass = (operation, point) => {
  const kill = settings.kills.find((each) => each.operation === operation);
  if (kill?.point !== point) return;
  say({ kind: "killed", kill });
  process.kill(process.pid, "SIGKILL");
};
const journal = settings.without === "writes-behind" ? journalWithout("writes-behind", store.journal) : store.journal;
const host = opening.use(createLocalHost(clock, (error) => stop("the host met", error)));
const engine = opening.use(
  await openEngine({
    store: { ...store, journal: journalWithPoints(journal, pass) },
    host,
    action: actionWithPoints(action, {
      pass,
      asked: (operation) => {
        if (operation !== settings.late || isLate) return;
        isLate = true;
        void letArrive();
      },
      leaves: (operation, key) => say({ kind: "leaves", operation, key }),
      looks: (operation) => say({ kind: "looks", operation, at: clock.now() }),
      bent,
    }),
    clock,
    chance: Math.random,
    policy,
    randomBytes: () => randomBytes(10),
  }),
);
engine.failed.catch((error: unknown) => stop("the engine failed", error));

const { name, url } = settings;
const request = { scope: localScope, principal, version, input: { name }, env: { DESK: url }, dedupeKey: name };
const { row } = await engine.start(request);
await settleAll();

/** Goes on until the run has ended; where nobody knows whether a call was carried out, somebody looks. */
async function settleAll(): Promise<void> {
  for (let gates = 0; gates <= gatesMax; gates += 1) {
    const { summary } = await engine.settled(row.key, new AbortController().signal);
    if (isTerminal(summary.status)) {
      say({ kind: "ended", status: summary.status, ...(summary.error && { error: summary.error.message }) });
      return;
    }
    const [gate] = (await engine.view(row.key)).gates;
    if (gate?.kind !== "effect-unknown") throw new Error(`The run waits for something else: ${gate?.question}`);
    const looked = (await (await fetch(`${url}/look/${name}`)).json()) as { readonly found: readonly { id: number }[] };
    const [found] = looked.found;
    const outcome = found === undefined ? "retry" : "accepted";
    say({ kind: "settles", outcome });
    const edits = found === undefined ? {} : { edits: { receipt: { id: found.id } } };
    await engine.decide(row.key, principal, { path: gate.path, outcome, ...edits });
  }
}

/** What was held back arrives while its operation has been asked for again; where it is to be looked for, so much time passes then that it is. */
async function letArrive(): Promise<void> {
  await fetch(`${url}/late`);
  // An attempt itself has less time than that.
  for (let looks = 0; clock.longestMs() < limits.stragglerMs && looks < waitLooksMax; looks += 1)
    await new Promise((resolve) => void setTimeout(resolve, 1));
  if (clock.longestMs() >= limits.stragglerMs) clock.skip(clock.longestMs());
}

function bent(effect: Effect): Effect {
  if (settings.without !== "retries-blindly" || effect.class !== "blind") return effect;
  return { ...effect, class: "idempotent" };
}

/** Straight to the pipe: what was done must not wait in this process for a turn that may never come. */
function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

function stop(what: string, error: unknown): void {
  const { code, message, stack } = toRunwrightError(error);
  say({ kind: "fault", text: `${what} ${code}: ${message}\n${stack ?? ""}` });
  process.exit(3);
}

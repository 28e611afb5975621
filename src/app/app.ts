import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { openSqliteStore } from "../adapters/sqlite/sqlite-store.ts";
import { RunwrightError } from "../base/error.ts";
import { assemble } from "./assemble.ts";
import { createRealClock } from "./clock.ts";
import { openAuditSealer } from "./audit/open-sealer.ts";
import type { Config } from "./config.ts";
import type { App, AppOptions } from "./contract.ts";
import { controlAddress } from "./control/address.ts";
import { controlRoutes } from "./control/routes.ts";
import { openControlServer } from "./control/server.ts";
import { openActions } from "./open-actions.ts";
import { packageFacts } from "./package-facts.ts";
import { openPolicy } from "./project-policy.ts";
import { openVault } from "./open-vault.ts";
import { openRunHistory } from "./run-reader.ts";

export type { App, AppOptions } from "./contract.ts";

/**
 * Opens everything that a project needs to run. Throws `store.held` when another process holds the data folder.
 *
 * What is opened last is closed first: no command is answered any more when the engine stops, and the engine has let go of everything when the
 * store closes.
 */
export async function openApp(config: Config, options: AppOptions): Promise<App> {
  await using opening = new AsyncDisposableStack();
  const clock = createRealClock();
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const socket = controlAddress(config.data, options.env);
  const holder = { pid: process.pid, host: hostname(), startedAt: clock.now(), socket };
  const store = opening.use(await openSqliteStore({ folder: config.data, holder, synchronous: "full" }));
  opening.use(await openAuditSealer(config, store.audit, clock));
  const vault = await openVault(config, options.env, clock);
  const policy = openPolicy(config);
  const { version } = packageFacts();
  const action = opening.use(openActions(config, { store, clock, vault, policy, version }));
  const redact = (text: string): string => vault.redact(text);
  const ground = { store, action, clock, chance: Math.random, redact, policy };
  const { engine: _engine, ...app } = await assemble(opening, config, ground, options);
  const door = opening.use(await openControlServer(socket, controlRoutes(app.runs, process.pid)));

  const opened = opening.move();
  return {
    ...app,
    shut: () => Promise.resolve(door[Symbol.asyncDispose]()),
    leftBehind() {
      const reader = openRunHistory(config);
      if (reader === undefined) throw new RunwrightError("run.not-found", `There are no runs in ${config.data}.`);
      return reader;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

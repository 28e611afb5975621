import { accessSync, constants, existsSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { listExecutors } from "../actions/function/find.ts";
import { openSqliteStore } from "../adapters/sqlite/sqlite-store.ts";
import { hasCode, messageOf } from "../base/error.ts";
import type { Check } from "./check.ts";
import type { Config } from "./config.ts";
import { createControlClient } from "./control/client.ts";
import { holderOf, openRunReader } from "./run-reader.ts";
import { pinsFileName, readPins } from "./pins-file.ts";
import { localPrincipal } from "./principal.ts";
import { ruleChecks } from "./rule-checks.ts";
import { fitsNode } from "./node-version.ts";
import { providerChecks } from "./provider-checks.ts";

export type { Check } from "./check.ts";

/** Looks at everything that a project needs to run. Changes nothing but to make sure that the store can be opened. */
export async function examine(
  config: Config,
  node: { readonly found: string; readonly wanted: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Check[]> {
  const { functions, assignments } = listExecutors(config.root);
  return [
    nodeCheck(node.found, node.wanted),
    { name: "project", ok: true, found: config.root },
    { name: "configuration", ok: true, found: config.file ?? "no runwright.config.yaml; none is needed" },
    pinsCheck(config),
    folderCheck(config),
    ...(await storeChecks(config)),
    { name: "roles", ok: true, found: Object.keys(config.roles).join(", ") || "none", origin: config.origins.roles },
    ...providerChecks(config, env),
    ...(await ruleChecks(config, env)),
    { name: "you", ok: true, found: localPrincipal().id },
    {
      name: "modules",
      ok: true,
      found: `${functions.length} functions, ${assignments.length} assignments in the project folder`,
    },
  ];
}

function nodeCheck(found: string, wanted: string): Check {
  const ok = fitsNode(found, wanted);
  return {
    name: "node",
    ok,
    found: `${found} (${process.execPath})`,
    ...(ok ? {} : { fix: `install Node ${wanted}` }),
  };
}

function pinsCheck({ root }: Config): Check {
  try {
    const counts = Object.entries(readPins(root, root)).map(
      ([kind, pins]) => [kind, Object.keys(pins).length] as const,
    );
    if (counts.every(([, count]) => count === 0)) return { name: "pins", ok: true, found: "none" };
    const found = counts.map(([kind, count]) => `${count} ${kind}`).join(", ");
    return { name: "pins", ok: true, found, origin: pinsFileName };
  } catch (error) {
    return { name: "pins", ok: false, found: messageOf(error), fix: `mend ${pinsFileName}` };
  }
}

function folderCheck({ data, origins }: Config): Check {
  const check = { name: "data folder", found: data, origin: origins.data };
  let place = data;
  while (!existsSync(place) && place !== path.dirname(place)) place = path.dirname(place);
  try {
    accessSync(place, constants.R_OK | constants.W_OK);
    return { ...check, ok: true, found: place === data ? data : `${data} (made at the first run)` };
  } catch (error) {
    return {
      ...check,
      ok: false,
      found: messageOf(error),
      fix: "make it writable, or name another with RUNWRIGHT_DATA",
    };
  }
}

async function storeChecks(config: Config): Promise<readonly Check[]> {
  if (!existsSync(path.join(config.data, "journal.db")))
    return [{ name: "store", ok: true, found: "nothing was run yet" }];
  try {
    const holder = { pid: process.pid, host: hostname(), startedAt: Date.now() };
    await using _store = await openSqliteStore({ folder: config.data, holder, synchronous: "full" });
    return [{ name: "holder", ok: true, found: "no process" }, await readCheck(config)];
  } catch (error) {
    if (!hasCode(error, "store.held"))
      return [{ name: "store", ok: false, found: messageOf(error), fix: "restore a backup" }];
    return [await holderCheck(config), await readCheck(config)];
  }
}

async function holderCheck(config: Config): Promise<Check> {
  const holder = holderOf(config);
  if (holder === undefined)
    return { name: "holder", ok: false, found: "a process that does not say which", fix: "try again" };
  const found = `process ${holder.pid} on ${holder.host} since ${new Date(holder.startedAt).toISOString()}`;
  try {
    if (holder.socket !== undefined) await createControlClient(holder.socket).list({ limit: 1 });
    return { name: "holder", ok: true, found };
  } catch (error) {
    return {
      name: "holder",
      ok: false,
      found: `${found}: ${messageOf(error)}`,
      fix: `end process ${holder.pid} if it hangs`,
    };
  }
}

/** Reads the newest run whole: every hash of its journal is compared on the way. */
async function readCheck(config: Config): Promise<Check> {
  try {
    await using reader = openRunReader(config);
    const [newest] = (await reader?.list({ limit: 1 })) ?? [];
    if (newest !== undefined) await reader?.view(newest.key.run);
    return {
      name: "store",
      ok: true,
      found: newest === undefined ? "no runs" : `newest run ${newest.key.run} is whole`,
    };
  } catch (error) {
    return { name: "store", ok: false, found: messageOf(error), fix: "restore a backup" };
  }
}

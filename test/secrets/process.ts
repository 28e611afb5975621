// The process under test: real store, engine, host, function pool and vault over one project, until all its flows have ended or it is killed.
// usage: node process.ts <settings as JSON>; says `ended N of M` on stdout.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { createFunctionAction } from "../../src/actions/function/function-action.ts";
import { functionLimits } from "../../src/actions/function/limits.ts";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { openActions } from "../../src/app/open-actions.ts";
import { packageFacts } from "../../src/app/package-facts.ts";
import { openPolicy } from "../../src/app/project-policy.ts";
import { loadConfig } from "../../src/app/config.ts";
import { openVault } from "../../src/app/open-vault.ts";
import { localPrincipal, localScope } from "../../src/app/principal.ts";
import { readWorkflow } from "../../src/app/workflow-file.ts";
import { RunwrightError } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { Action, ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { Vault } from "../../src/ports/vault.ts";
import { flowOf } from "./flows.ts";

/** What the process is told. */
export interface Settings {
  readonly folder: string;
  readonly url: string;
  /** Numbers of the first flow and of the one behind the last. */
  readonly from?: number;
  readonly flows: number;
  /** Takes secrets out of what comes back. Off only to see that they would be found. */
  readonly redacts: boolean;
}

const { folder, url, from = 0, flows, redacts } = JSON.parse(process.argv[2] ?? "{}") as Settings;

await using opening = new AsyncDisposableStack();
const clock = createRealClock();
const config = await loadConfig(folder, process.env);
const vault = await openVault(config, process.env, clock);
const holder = { pid: process.pid, host: hostname(), startedAt: clock.now() };
const store = opening.use(await openSqliteStore({ folder: config.data, holder, synchronous: "normal" }));
const pool = opening.use(
  createFunctionAction({
    root: folder,
    size: 2,
    limits: functionLimits,
    readFolders: [],
    writeFolders: [],
    config: {},
  }),
);
// Tools and models are called as in a project, by what it is put together from.
const real = opening.use(
  openActions(config, { store, clock, vault, policy: openPolicy(config), version: packageFacts().version }),
);
const action: Action = {
  run(call, signal) {
    if (call.verb === "tool" || call.verb === "llm") return real.run(call, signal);
    return call.name === "desk" ? desk(call, vault, signal) : pool.run(call, signal);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const engine = opening.use(
  await openEngine({
    store,
    host: opening.use(createLocalHost(clock, (error) => say(String(error)))),
    action,
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
    ...(redacts && { redact: (text: string) => vault.redact(text) }),
  }),
);
engine.listen(({ text }) => say(text));

let ended = 0;
for (let first = from; first < flows; first += 25) {
  const numbers = Array.from({ length: Math.min(25, flows - first) }, (_, at) => first + at);
  await Promise.all(numbers.map(carryOut));
}
say(`ended ${ended} of ${flows}`);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function carryOut(number: number): Promise<void> {
  const flow = flowOf(number, Object.keys(config.secrets));
  const { version, diagnostics } = readWorkflow(config, `${flow.workflow}.workflow.yml`, folder);
  if (version === undefined) throw new Error(JSON.stringify(diagnostics));
  const request = { scope: localScope, principal: localPrincipal(), version, env: {}, dedupeKey: `flow-${number}` };
  const { row } = await engine.start({ ...request, input: { url, ...flow.input } });
  // A gate that nobody decides passes by itself.
  while ((await engine.settled(row.key, AbortSignal.timeout(120_000))).summary.endedAt === undefined)
    await setTimeout(100);
  ended += 1;
  say(JSON.stringify(await engine.view(row.key)));
}

/** A connector, as careless as can be: it gets a secret, sends it, and handles what comes back. */
async function desk(call: ActionCall, own: Vault, signal: AbortSignal): Promise<ActionResult> {
  const { name, how, url: asked } = call.input as Readonly<Record<"name" | "how" | "url", string>>;
  const value = await own.secret(name);
  const authorization = `Bearer ${Buffer.from(value).toString("base64")}`;
  const answer = await fetch(asked, { headers: { authorization }, signal });
  const text = await answer.text();
  return await handled(call, how, text);
}

async function handled(call: ActionCall, how: string, text: string): Promise<ActionResult> {
  const ask = (work: () => Promise<Json>): Promise<Json> => call.once({ name: "ask", class: "keyed" }, work);
  switch (how) {
    case "quiet":
      return { output: text.length };
    case "output":
      return { output: text };
    case "log":
      for (const line of text.split("\n")) call.log("error", line);
      return { output: null };
    case "fail":
      throw new RunwrightError("function.failed", `The desk answered: ${text}`, { cause: new Error(text) });
    case "break":
      throw new TypeError(`${path.basename(text)} has no field ${text}`);
    case "receipt":
      return { output: null, receipt: await ask(() => Promise.resolve({ remote_id: text, before: [text] })) };
    case "failed receipt":
      return { output: await ask(() => Promise.reject(new Error(`not done: ${text}`))) };
    case "artifacts":
      return { output: null, artifacts: { answer: text } };
    default:
      return { output: null, warnings: [text], vars: { text } };
  }
}

// The process under test: real store, engine, host and function pool over one folder, until its run has ended or it is killed.
// usage: node process.ts <settings as JSON>; says how the run ended on stdout, as one line of JSON.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { createFunctionAction } from "../../src/actions/function/function-action.ts";
import { functionLimits } from "../../src/actions/function/limits.ts";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import { journalWithPoints, type PointName } from "../crash/points.ts";

/** What the process is told. */
export interface Settings {
  readonly folder: string;
  readonly url: string;
  readonly effectClass: string;
  /** The function's process dies by itself in its first attempt, with the charge made. */
  readonly dies: boolean;
  /** Where the whole process kills itself. */
  readonly killAt?: PointName;
}

const workflow = `workflow: charge
inputs: { url: string, effectClass: string, dies: boolean }
steps:
  - id: charge
    function: charge
    with: { url: "\${inputs.url}", effectClass: "\${inputs.effectClass}", dies: "\${inputs.dies}" }
    retry: { max: 2, backoff: fixed, delay: 1ms, jitter: false }
`;

const { folder, killAt, ...given } = JSON.parse(process.argv[2] ?? "{}") as Settings;
const { plan } = compileWorkflow({ file: "charge.workflow.yml", text: workflow }, { functions: ["charge"] });
if (plan === undefined) throw new Error("the workflow is wrong");

await using opening = new AsyncDisposableStack();
const clock = createRealClock();
const holder = { pid: process.pid, host: hostname(), startedAt: clock.now() };
const store = opening.use(await openSqliteStore({ folder: path.join(folder, "data"), holder, synchronous: "full" }));
const action = opening.use(
  createFunctionAction({
    root: path.join(import.meta.dirname, "project"),
    size: 1,
    limits: functionLimits,
    readFolders: [],
    writeFolders: [],
    config: {},
  }),
);
const host = opening.use(createLocalHost(clock, () => undefined));
const pass = (point: PointName): void => {
  if (point === killAt) process.kill(process.pid, "SIGKILL");
};
const notes = { committed: () => undefined, posted: () => undefined };
const engine = opening.use(
  await openEngine({
    store: { ...store, journal: journalWithPoints(store.journal, pass, notes) },
    host,
    action,
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
  }),
);
const scope = { tenant: "local", workspace: "default" };
const principal = { id: "test:operator", roles: ["*"] };
const version = { digest: "charge", workflow: "charge", draft: true, file: "", source: workflow, plan };
const { row } = await engine.start({ scope, principal, version, input: given, env: {}, dedupeKey: "the run" });
const { summary } = await engine.settled(row.key, new AbortController().signal);
const [charge] = (await engine.view(row.key)).instances;
process.stdout.write(JSON.stringify({ status: summary.status, error: summary.error, output: charge?.output }));

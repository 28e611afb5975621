import { readFileSync } from "node:fs";
import path from "node:path";
import { type App, openApp } from "../../app/app.ts";
import type { Config } from "../../app/config.ts";
import { resolveFolders } from "../../app/grants.ts";
import type { ListedRun } from "../../app/runs.ts";
import { openCatalog } from "../../app/published.ts";
import { type WholeVersion, wholeOf, wholeVersion } from "../../app/versions.ts";
import { type Reading, readWorkflowBeside, type WorkflowFile } from "../../app/workflow-file.ts";
import { RunwrightError } from "../../base/error.ts";
import { equalJson, isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { applyDefaults } from "../../language/schema/defaults.ts";
import type { CatalogReader, Version } from "../../ports/catalog.ts";
import type { RunStatus } from "../../ports/journal.ts";
import type { CallLog } from "../call-log.ts";
import { reportDiagnostics } from "../diagnostics.ts";
import { runAgain } from "../command-name.ts";
import { dryRun } from "../dry-run.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { followToEnd, type FollowFlags, openLog } from "../follow-to-end.ts";
import { createLogs } from "../logs.ts";
import { versionNamed, versionOfName } from "../named-version.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { inputsOfPairs } from "../values.ts";
import { nameOfRun } from "../words.ts";

/** Options of `run`. */
export interface RunOptions extends FollowFlags {
  /** Each `name=value`. */
  readonly input: readonly string[];
  /** A JSON file with inputs. */
  readonly inputs?: string;
  readonly continue?: boolean;
  /** Play the workflow through: nothing is called and nothing is kept. */
  readonly dryRun?: boolean;
  /** A file with what the steps of a dry run give. */
  readonly fixtures?: string;
  /** Steps that do not say what follows when they fail let the run go on. */
  readonly continueOnError?: boolean;
  /** Warnings of the file are errors. */
  readonly strict?: boolean;
  /** What is not there counts as null, with a warning. */
  readonly permissive?: boolean;
}

/** Starts a workflow and follows it until it has ended or only people can move it on. */
export async function runCommand(file: string, options: RunOptions, session: Session): Promise<ExitCode> {
  if (options.fixtures !== undefined && options.dryRun !== true)
    throw new RunwrightError("usage.invalid", "--fixtures is what a dry run gets: give --dry-run too.");
  const config = await sessionConfig(session);
  const whole = await toRun(file, config, options, session);
  const input = inputOf(whole.version, options, session);
  using log = openLog(options, session);
  const where = { config, session, log };
  return options.dryRun === true
    ? await dryRun({ whole, input }, where, options)
    : await realRun({ whole, input, file }, where, options);
}

/** The version that a file is now, or that was published under a name. */
async function toRun(file: string, config: Config, options: RunOptions, session: Session): Promise<WholeVersion> {
  using opened = openCatalog(config);
  const { catalog } = opened;
  const named = versionNamed(file, session.cwd);
  if (named === undefined) return await read(file, { config, catalog, reading: readingOf(options) }, session);
  if (options.continueOnError === true || options.permissive === true || options.strict === true) {
    throw new RunwrightError(
      "usage.invalid",
      `${file} is published, and runs as it was published: --strict, --permissive and --continue-on-error are for files.`,
    );
  }
  return await wholeOf(await versionOfName(named, catalog), catalog);
}

/** How a file is read. */
interface ReadFrom {
  readonly config: Config;
  readonly catalog: CatalogReader;
  readonly reading: Reading;
}

/** The version that a file is now, after what the checker has to say about it. */
async function read(file: string, { config, catalog, reading }: ReadFrom, session: Session): Promise<WholeVersion> {
  const { cwd } = session;
  const workflow = await readWorkflowBeside(catalog, config, { file, cwd }, reading);
  const { version } = workflow;
  if (version === undefined || workflow.diagnostics.length > 0) reportDiagnostics([workflow], session, "text");
  if (version === undefined) throw refusal(workflow, session);
  return await wholeVersion(config, version, { place: path.resolve(cwd, file), catalog, reading });
}

function readingOf({ continueOnError, permissive, strict }: RunOptions): Reading {
  const leniency = {
    ...(continueOnError === true && { continueOnError }),
    ...(permissive === true && { permissive }),
  };
  return { strict: strict === true, ...(Object.keys(leniency).length > 0 && { leniency }) };
}

interface Where {
  readonly config: Config;
  readonly session: Session;
  readonly log: CallLog | undefined;
}

interface ToRun {
  readonly whole: WholeVersion;
  readonly input: JsonObject;
  readonly file: string;
}

async function realRun({ whole, input, file }: ToRun, where: Where, options: RunOptions): Promise<ExitCode> {
  const { config, session } = where;
  const { version } = whole;
  const logs = createLogs();
  const { env } = session;
  await using app = await openApp(config, { env, drive: "asked", onLog: logs.emit });
  const started = options.continue === true ? await unfinished(app, version, input) : undefined;
  const row = started ?? (await app.start(whole, input, env));
  say(row, started !== undefined, { config, session, quiet: options.quiet === true });
  if (started !== undefined) await app.runs.resume(row.key.run);
  const code = await followToEnd(row.key.run, { ...where, app, logs, fromStart: started === undefined }, options);
  const again = againHint(file, version, options, session);
  if (code === exitCodes.ok && options.quiet !== true && again !== undefined) session.output.note(again);
  return code;
}

/** Why a file without a version is not run. */
function refusal(workflow: WorkflowFile, session: Session): RunwrightError {
  const { plan, source, unsupported } = workflow;
  if (plan === undefined)
    return new RunwrightError("workflow.invalid", `${source.file} has errors, so nothing was started.`);
  reportDiagnostics([{ ...workflow, diagnostics: unsupported }], session, "text");
  const text = `${source.file} uses what this build checks but does not carry out, so nothing was started.`;
  return new RunwrightError("workflow.unsupported", text);
}

/** How to do the same with something else: the first input that was left to its default. */
function againHint(file: string, version: Version, options: RunOptions, { me, env }: Session): string | undefined {
  const properties = version.plan.inputs["properties"];
  const given = new Set(options.input.map((pair) => pair.split("=")[0]));
  const [name, schema] =
    Object.entries(isJsonObject(properties) ? properties : {}).find(([each]) => !given.has(each)) ?? [];
  if (name === undefined || options.inputs !== undefined) return undefined;
  const described = isJsonObject(schema ?? null) ? (schema as JsonObject)["description"] : undefined;
  const what = typeof described === "string" ? `   ${safeLine(described)}` : "";
  return `      ${runAgain(me, file, env)} --input ${safeLine(name)}=…${what}`;
}

function say(
  row: ListedRun,
  goesOn: boolean,
  where: { readonly config: Config; readonly session: Session; readonly quiet: boolean },
): void {
  if (where.quiet) return;
  const { output, cwd } = where.session;
  const data = path.relative(cwd, where.config.data) || ".";
  const how = goesOn ? "goes on where it was interrupted, " : "";
  output.note(
    `${output.tone("strong", nameOfRun(row))}  ${row.key.run}  ${output.tone("quiet", `${how}kept in ${data}`)}`,
  );
}

function inputOf(version: Version, options: RunOptions, session: Session): JsonObject {
  const { inputs } = version.plan;
  const given = { ...fileInputs(options.inputs, session.cwd), ...inputsOfPairs(options.input, inputs) };
  return resolveFolders(inputs, given, session.cwd);
}

function fileInputs(file: string | undefined, cwd: string): JsonObject {
  if (file === undefined) return {};
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path.resolve(cwd, file), "utf8")) as Json;
  } catch (error) {
    throw new RunwrightError("usage.invalid", `--inputs ${file} cannot be read as JSON.`, { cause: error });
  }
  if (!isJsonObject(value)) throw new RunwrightError("usage.invalid", `--inputs ${file} must hold a JSON object.`);
  return value;
}

const unfinishedStatuses: readonly RunStatus[] = ["created", "running", "awaiting_approval"];
const looksMax = 100;

/** The newest run of this very version and input that has not ended. Nobody else carries it out, since this process holds the folder. */
async function unfinished(app: App, version: Version, input: JsonObject): Promise<ListedRun | undefined> {
  const wanted = applyDefaults(version.plan.inputs, input);
  const pages = await Promise.all(
    unfinishedStatuses.map((status) => app.runs.list({ workflow: version.workflow, status, limit: looksMax })),
  );
  const rows = pages.flat().toSorted((a, b) => (a.key.run < b.key.run ? 1 : -1));
  for (const row of rows) {
    if (row.version !== version.digest) continue;
    if (equalJson((await app.runs.view(row.key.run)).input, wanted)) return row;
  }
  return undefined;
}

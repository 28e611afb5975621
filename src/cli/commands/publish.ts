import path from "node:path";
import type { Config } from "../../app/config.ts";
import type { Change } from "../../app/publish/change.ts";
import { preparePublishing, type Publishing } from "../../app/publish/prepare.ts";
import { openCatalog } from "../../app/published.ts";
import { reachRuns } from "../../app/reach.ts";
import { readWorkflowBeside, type WorkflowFile } from "../../app/workflow-file.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { changeLines, changesBetween, changesJson, textLines } from "../changes.ts";
import { askYes } from "../confirm.ts";
import { reportDiagnostics } from "../diagnostics.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { createLogs } from "../logs.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `publish`. */
export interface PublishOptions {
  readonly yes?: boolean;
  /** Only shows what would be published. */
  readonly dryRun?: boolean;
}

/** Publishes workflow files, one after the other: each as the next version of its workflow. Nothing is published unless all files are free of errors. */
export async function publishCommand(
  files: readonly string[],
  options: PublishOptions,
  session: Session,
): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const isAsked = session.output.canAsk && !session.json;
  if (options.yes !== true && options.dryRun !== true && !isAsked)
    throw new RunwrightError("usage.invalid", "Nobody can be asked here: publish with --yes, or look with --dry-run.");
  if (!(await areValid(files, config, session))) return exitCodes.invalid;

  const documents: Json[] = [];
  for (const file of files) {
    const document = await publishOne(file, config, options, session);
    if (document === undefined) return exitCodes.cancelled;
    documents.push(document);
  }
  if (session.json) session.output.json({ published: documents });
  return exitCodes.ok;
}

/** Says everything that is wrong with any of the files, warnings too. */
async function areValid(files: readonly string[], config: Config, session: Session): Promise<boolean> {
  using opened = openCatalog(config);
  const read: WorkflowFile[] = [];
  for (const file of files) read.push(await readWorkflowBeside(opened.catalog, config, { file, cwd: session.cwd }));
  const wrong = read.filter(({ version }) => version === undefined);
  if (wrong.length > 0 && session.json) {
    reportDiagnostics(read, session, "json");
    return false;
  }
  if (!session.json) reportDiagnostics(read, session, "text");
  for (const each of wrong) {
    const { plan, source, unsupported } = each;
    if (plan !== undefined) reportDiagnostics([{ ...each, diagnostics: unsupported }], session, "text");
    const why = plan === undefined ? "has errors" : "uses what this build does not carry out";
    session.output.note(`${safeLine(source.file)} ${why}; nothing was published`);
  }
  return wrong.length === 0;
}

/** Publishes one file and gives its document; undefined when whoever was asked said no. */
async function publishOne(
  file: string,
  config: Config,
  { yes, dryRun }: PublishOptions,
  session: Session,
): Promise<JsonObject | undefined> {
  const place = path.resolve(session.cwd, file);
  const prepared = await prepare(file, config, session);
  const { version, isSame } = prepared;
  const changes = isSame ? [] : changesBetween(prepared.previous, version, config);
  say(prepared, changes, session);
  const document = documentOf(prepared, changes);
  if (isSame) return { ...document, status: "unchanged", number: version.number ?? 0 };
  if (dryRun === true) return { ...document, status: "shown" };
  if (yes !== true && !(await askYes(`Publish ${version.workflow}?`))) {
    session.output.note("nothing was published");
    return undefined;
  }

  const onLog = createLogs().emit;
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog });
  const runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  const release = await runs.publish({ file: place, digest: version.digest });
  const name = `${release.workflow}@${release.number}`;
  session.output.note(`${session.output.tone("good", "published")}  ${session.output.tone("strong", name)}`);
  session.output.note(`Next: ${session.me} run ${name}`);
  return {
    ...document,
    status: "published",
    number: release.number,
    by: release.by,
    at: new Date(release.at).toISOString(),
  };
}

async function prepare(file: string, config: Config, { cwd }: Session): Promise<Publishing> {
  using opened = openCatalog(config);
  const { catalog } = opened;
  const read = await readWorkflowBeside(catalog, config, { file, cwd });
  return await preparePublishing(config, read, path.resolve(cwd, file), catalog);
}

/** What is about to be published, beside what was before: its text, and what it means. */
function say({ version, previous, isSame }: Publishing, changes: readonly Change[], { output }: Session): void {
  const strong = (text: string): string => output.tone("strong", text);
  if (isSame) {
    output.note(`${strong(`${version.workflow}@${version.number}`)}  nothing changed since it was published`);
    return;
  }
  const from = previous === undefined ? "never published before" : `after ${version.workflow}@${previous.number}`;
  output.note(`${strong(version.workflow)}  ${safeLine(version.file)}, ${from}`);
  if (previous !== undefined) for (const line of textLines(previous, version, output.tone)) output.note(line);
  for (const line of changeLines(changes, output.tone)) output.note(line);
}

function documentOf({ version, previous }: Publishing, changes: readonly Change[]): JsonObject {
  return {
    workflow: version.workflow,
    file: version.file,
    digest: version.digest,
    ...(previous?.number !== undefined && { after: previous.number }),
    changes: changesJson(changes),
  };
}

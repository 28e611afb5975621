import path from "node:path";
import type { Config } from "../../app/config.ts";
import { latestOf, preparePublishing } from "../../app/publish/prepare.ts";
import { openCatalog } from "../../app/published.ts";
import { readWorkflowBeside } from "../../app/workflow-file.ts";
import { RunwrightError } from "../../base/error.ts";
import type { CatalogReader, Version } from "../../ports/catalog.ts";
import { changeLines, changesBetween, changesJson, textLines } from "../changes.ts";
import { reportDiagnostics } from "../diagnostics.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { versionNamed, versionOfName } from "../named-version.ts";
import { type Session, sessionConfig } from "../session.ts";

/**
 * Shows in what two versions differ, in their texts and in what they mean. Each is a published version or a file; a file alone is compared with
 * the latest version of its workflow. Exits with 1 when they differ, as `diff` does.
 */
export async function diffCommand(first: string, second: string | undefined, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  using opened = openCatalog(config);
  const { catalog } = opened;
  const one = await versionOf(first, { config, catalog }, session);
  const other =
    second === undefined ? await latest(one, catalog) : await versionOf(second, { config, catalog }, session);
  // A file is what comes next.
  const [before, after] = second === undefined && one.number === undefined ? [other, one] : [one, other];

  const { output } = session;
  const isSame = before.digest === after.digest;
  const changes = isSame ? [] : changesBetween(before, after, config);
  if (session.json) {
    const names = { before: nameOf(before), after: nameOf(after) };
    output.json({ ...names, same: isSame, changes: changesJson(changes), text: [...textLines(before, after, plain)] });
  } else if (!isSame) {
    output.data(output.dataTone("strong", `${nameOf(before)} → ${nameOf(after)}`));
    for (const line of textLines(before, after, output.dataTone)) output.data(line);
    for (const line of changeLines(changes, output.dataTone)) output.data(line);
  }
  if (isSame) output.note(`${nameOf(before)} and ${nameOf(after)} are the same`);
  return isSame ? exitCodes.ok : exitCodes.failed;
}

function plain(_tone: unknown, text: string): string {
  return text;
}

/** A published version, or the one that a file would be published as. */
async function versionOf(
  word: string,
  { config, catalog }: { readonly config: Config; readonly catalog: CatalogReader },
  session: Session,
): Promise<Version> {
  const named = versionNamed(word, session.cwd);
  if (named !== undefined) return await versionOfName(named, catalog);
  const file = await readWorkflowBeside(catalog, config, { file: word, cwd: session.cwd });
  if (file.version === undefined && !session.json) reportDiagnostics([file], session, "text");
  return (await preparePublishing(config, file, path.resolve(session.cwd, word), catalog)).version;
}

async function latest({ workflow }: Version, catalog: CatalogReader): Promise<Version> {
  const found = await latestOf(workflow, catalog);
  if (found !== undefined) return found;
  const message = `${workflow} was never published: there is nothing to compare it with.`;
  throw new RunwrightError("version.not-found", message);
}

function nameOf({ workflow, number, file }: Version): string {
  return number === undefined ? file : `${workflow}@${number}`;
}

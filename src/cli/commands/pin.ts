import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "../../app/config.ts";
import { pinFile, type PinnedFile } from "../../app/pin/pin-file.ts";
import { pinsFileName } from "../../app/pins-file.ts";
import { openCatalog } from "../../app/published.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { diagnosticJson, formatDiagnostic } from "../../language/report.ts";
import type { Source } from "../../language/world.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { replaceFile } from "../replace-file.ts";
import { safeLine, safeText } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { textToChange, workflowFilesIn } from "../workflow-files.ts";

/** Options of `pin`. */
export interface PinOptions {
  /** Writes nothing; says what is not pinned. */
  readonly check?: boolean;
}

interface Pinned extends PinnedFile {
  readonly source: Source;
}

/** Writes the versions that are in use today where files name none. Exits with 1 when something is left that is not pinned. */
export async function pinCommand(files: readonly string[], options: PinOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const named = files.length > 0 ? files : filesHere(config, session.cwd);
  if (named.length === 0)
    throw new RunwrightError("usage.invalid", "pin found no workflow file here or in workflows/; name one.");

  using opened = openCatalog(config);
  const sources = { config, catalog: opened.catalog, env: session.env };
  const isCheck = options.check === true;
  const pinned: Pinned[] = [];
  for (const file of named) {
    const source = { file, text: textToChange(file, session.cwd) };
    const place = path.resolve(session.cwd, file);
    const made = await pinFile(source, place, sources);
    if (!isCheck && made.text !== source.text) replaceFile(place, made.text);
    pinned.push({ ...made, source });
  }
  if (session.json) session.output.json({ files: pinned.map((each) => documentOf(each)) });
  else for (const each of pinned) say(each, isCheck, session);
  const open = pinned.flatMap(({ found }) => found.filter(({ fix }) => isCheck || fix === undefined));
  return open.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function filesHere({ root }: Config, cwd: string): readonly string[] {
  const pins = [...new Set([cwd, root])]
    .map((folder) => path.join(folder, pinsFileName))
    .filter((file) => existsSync(file));
  return [...pins.map((file) => path.relative(cwd, file)), ...workflowFilesIn(cwd)];
}

/** What was pinned goes to `stdout`, what could not be to `stderr`. */
function say({ source, text, found }: Pinned, isCheck: boolean, { output }: Session): void {
  const isOpen = found.filter(({ fix }) => isCheck || fix === undefined);
  for (const each of isOpen) output.note(safeText(formatDiagnostic(each, source)));
  if (isCheck || text === source.text) return;
  for (const { fix, range } of found) {
    if (fix === undefined) continue;
    const line = source.text.slice(0, range.start).split("\n").length;
    const before = source.text.slice(range.start, range.end).trim();
    output.data(safeLine(`${source.file}:${line}  ${before} → ${fix.text.trim()}`));
  }
}

function documentOf({ source, found }: Pinned): Json {
  return {
    file: source.file,
    pinned: found.every(({ fix }) => fix !== undefined),
    found: found.map((each) => diagnosticJson(each, source) as unknown as Json),
  };
}

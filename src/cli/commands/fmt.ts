import { chmodSync, globSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import { formatWorkflow } from "../../language/format/format.ts";
import { diagnosticJson, formatDiagnostic } from "../../language/report.ts";
import type { Source } from "../../language/world.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { safeLine, safeText } from "../safe-text.ts";
import type { Session } from "../session.ts";

/** Options of `fmt`. */
export interface FormatOptions {
  /** Writes nothing; says which files would change. */
  readonly check?: boolean;
}

/** What became of one file. */
interface Outcome {
  readonly file: string;
  readonly status: "changed" | "unchanged" | "refused";
  readonly diagnostics: readonly Json[];
}

const stdin = "-";

/** Writes workflow files in their canonical form. A file that cannot be read as YAML or JSON stays as it is, and the others go on. */
export function formatCommand(files: readonly string[], options: FormatOptions, session: Session): ExitCode {
  const isCheck = options.check === true;
  const named = files.length > 0 ? files : workflowFilesIn(session.cwd);
  const refusal = refusalOf(named, session.json);
  if (refusal !== undefined) throw new RunwrightError("usage.invalid", refusal);

  const outcomes = named.map((file) => formatFile(file, isCheck, session));
  if (session.json) session.output.json({ files: outcomes as unknown as Json });
  else if (!named.includes(stdin)) say(outcomes, isCheck, session);
  const has = (wanted: Outcome["status"]): boolean => outcomes.some(({ status }) => status === wanted);
  if (has("refused")) return exitCodes.invalid;
  return isCheck && has("changed") ? exitCodes.failed : exitCodes.ok;
}

function refusalOf(files: readonly string[], isJson: boolean): string | undefined {
  if (files.length === 0) return "fmt found no workflow file here or in workflows/; name one.";
  if (!files.includes(stdin) || (files.length === 1 && !isJson)) return undefined;
  return "'-' stands alone: one text goes in, one comes out.";
}

function say(outcomes: readonly Outcome[], isCheck: boolean, { output }: Session): void {
  const changed = outcomes.filter(({ status }) => status === "changed");
  for (const { file } of changed) output.data(safeLine(file));
  output.note(`${changed.length} of ${outcomes.length} files ${isCheck ? "would change" : "changed"}`);
}

/** The workflow files of a folder and of its `workflows`. */
function workflowFilesIn(cwd: string): readonly string[] {
  return globSync("{.,workflows}/*.workflow.{yml,yaml,json}", { cwd }).toSorted();
}

function formatFile(file: string, isCheck: boolean, session: Session): Outcome {
  const source = { file, text: readText(file, session.cwd) };
  const made = formatWorkflow(source);
  if (made.kind === "refused") {
    if (!session.json)
      for (const each of made.diagnostics) session.output.note(safeText(formatDiagnostic(each, source)));
    const diagnostics = made.diagnostics.map((each) => diagnosticJson(each, source) as unknown as Json);
    return { file, status: "refused", diagnostics };
  }
  const isChanged = made.text !== source.text;
  if (!isCheck) write(source, made.text, session);
  return { file, status: isChanged ? "changed" : "unchanged", diagnostics: [] };
}

function readText(file: string, cwd: string): string {
  if (file === stdin) return readFileSync(0, "utf8");
  const place = path.resolve(cwd, file);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new RunwrightError("workflow.not-found", `There is no workflow file ${file}.`);
  if (stat.size > limits.sourceBytesMax)
    throw new RunwrightError(
      "workflow.invalid",
      `${file} is larger than the ${limits.sourceBytesMax / 1024} KiB that a workflow file may have.`,
    );
  // Bytes that are no UTF-8 would be lost when the file is written again.
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(place));
  } catch (error) {
    throw new RunwrightError("workflow.invalid", `${file} is not UTF-8.`, { cause: error });
  }
}

/** Puts the text in the place of the file at once, so that whoever reads it meanwhile sees one or the other. */
function write({ file, text }: Source, made: string, { cwd, output }: Session): void {
  if (file === stdin) return void process.stdout.write(made);
  if (made === text) return;
  // A link stays a link: what it leads to is written.
  const place = realpathSync(path.resolve(cwd, file));
  const fresh = path.join(path.dirname(place), `.${path.basename(place)}.${process.pid}.new`);
  try {
    writeFileSync(fresh, made, { flag: "wx", flush: true });
    chmodSync(fresh, statSync(place).mode);
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { force: true });
    output.note(`${safeLine(file)} was left as it is.`);
    throw error;
  }
}

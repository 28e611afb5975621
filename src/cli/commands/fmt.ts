import { readFileSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { formatWorkflow } from "../../language/format/format.ts";
import { diagnosticJson, formatDiagnostic } from "../../language/report.ts";
import type { Source } from "../../language/world.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { replaceFile } from "../replace-file.ts";
import { safeLine, safeText } from "../safe-text.ts";
import type { Session } from "../session.ts";
import { textToChange, workflowFilesIn } from "../workflow-files.ts";

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
  return file === stdin ? readFileSync(0, "utf8") : textToChange(file, cwd);
}

function write({ file, text }: Source, made: string, { cwd, output }: Session): void {
  if (file === stdin) return void process.stdout.write(made);
  if (made === text) return;
  try {
    replaceFile(path.resolve(cwd, file), made);
  } catch (error) {
    output.note(`${safeLine(file)} was left as it is.`);
    throw error;
  }
}

import type { Config } from "../../app/config.ts";
import { openCatalog } from "../../app/published.ts";
import { readWaits, readWorkflowBeside, type WorkflowFile } from "../../app/workflow-file.ts";
import { RunwrightError } from "../../base/error.ts";
import { type DiagnosticFormat, reportDiagnostics } from "../diagnostics.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { graphLines } from "../graph-lines.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `validate`. */
export interface ValidateOptions {
  readonly format: DiagnosticFormat;
  /** Also says why each step waits for what. */
  readonly graph?: boolean;
  /** A code to explain, instead of files to check. */
  readonly explain?: string;
}

/** Checks workflow files and says everything that is wrong with them; with other options it says more, or explains a code. */
export async function validateCommand(
  files: readonly string[],
  options: ValidateOptions,
  session: Session,
): Promise<ExitCode> {
  const { format, graph = false, explain } = options;
  const isJson = session.json || format === "json";
  const refused = refusal(files, options, isJson);
  if (refused !== undefined) throw new RunwrightError("usage.invalid", refused);
  if (explain !== undefined) return (await import("./explain.ts")).explainCommand(explain, isJson, session);

  const config = await sessionConfig(session);
  using opened = openCatalog(config);
  const workflows: WorkflowFile[] = [];
  for (const file of files)
    workflows.push(await readWorkflowBeside(opened.catalog, config, { file, cwd: session.cwd }));
  const waitsOf = (file: WorkflowFile) => readWaits(config, file, session.cwd);
  reportDiagnostics(workflows, session, isJson ? "json" : format, graph ? waitsOf : undefined);
  if (graph && !isJson) sayGraphs(workflows, config, session);
  for (const workflow of workflows) sayUnsupported(workflow, session);
  return sayVerdict(workflows, session);
}

const unsupportedShownMax = 12;

/** One quiet line for a valid file that this build cannot run: `checked; not run by this build: llm, tool`. */
function sayUnsupported({ source, plan, unsupported }: WorkflowFile, { output }: Session): void {
  if (plan === undefined || unsupported.length === 0) return;
  const names = [...new Set(unsupported.map(({ message }) => nameIn(message)))];
  const more = names.length > unsupportedShownMax ? " …" : "";
  const shown = `${names.slice(0, unsupportedShownMax).join(", ")}${more}`;
  output.note(output.tone("quiet", safeLine(`${source.file}: checked; not run by this build: ${shown}`)));
}

/** `llm` of `'llm' is not carried out by this build`. */
function nameIn(message: string): string {
  return message.replace(/ is not carried out.*/, "").replaceAll("'", "");
}

/** What is wrong with the options together. */
function refusal(
  files: readonly string[],
  { format, graph, explain }: ValidateOptions,
  isJson: boolean,
): string | undefined {
  if (explain === undefined && files.length === 0)
    return "validate needs at least one workflow file, or --explain CODE.";
  if (explain !== undefined && files.length > 0) return "--explain takes a code and no files.";
  if (explain !== undefined && graph) return "--explain and --graph do not go together.";
  if (format !== "github") return undefined;
  if (isJson) return "--format github and --json do not go together.";
  return graph || explain !== undefined ? "--format github shows problems only; use text or json." : undefined;
}

function sayGraphs(workflows: readonly WorkflowFile[], config: Config, { cwd, output }: Session): void {
  for (const workflow of workflows) {
    const waits = readWaits(config, workflow, cwd);
    if (waits === undefined || workflow.plan === undefined) continue;
    output.data(output.dataTone("strong", `${workflow.plan.workflow}  ${safeLine(workflow.source.file)}`));
    for (const line of graphLines(waits)) output.data(line);
  }
}

function sayVerdict(workflows: readonly WorkflowFile[], { output }: Session): ExitCode {
  const wrong = workflows.filter(({ plan }) => plan === undefined).length;
  const warnings = workflows
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ severity }) => severity === "warning").length;
  const said = wrong === 0 ? "valid" : `${wrong} with errors`;
  const count = workflows.length;
  output.note(`${count} ${count === 1 ? "file" : "files"}: ${said}${warnings === 0 ? "" : `, ${warnings} warnings`}`);
  return wrong === 0 ? exitCodes.ok : exitCodes.invalid;
}

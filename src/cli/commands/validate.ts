import { readWorkflow } from "../../app/workflow-file.ts";
import { RunwrightError } from "../../base/error.ts";
import { reportDiagnostics } from "../diagnostics.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `validate`. */
export interface ValidateOptions {
  readonly format: string;
}

/** Checks workflow files and says everything that is wrong with them. */
export async function validateCommand(
  files: readonly string[],
  options: ValidateOptions,
  session: Session,
): Promise<ExitCode> {
  if (options.format !== "text" && options.format !== "json") {
    throw new RunwrightError("usage.invalid", `--format is text or json, not '${options.format}'.`);
  }
  const config = await sessionConfig(session);
  const workflows = files.map((file) => readWorkflow(config, file, session.cwd));
  reportDiagnostics(workflows, session, session.json ? "json" : options.format);

  const wrong = workflows.filter(({ plan }) => plan === undefined).length;
  const warnings = workflows
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ severity }) => severity === "warning").length;
  const said = wrong === 0 ? "valid" : `${wrong} with errors`;
  session.output.note(
    `${files.length} ${files.length === 1 ? "file" : "files"}: ${said}${warnings === 0 ? "" : `, ${warnings} warnings`}`,
  );
  return wrong === 0 ? exitCodes.ok : exitCodes.invalid;
}

import type { WorkflowFile } from "../app/workflow-file.ts";
import type { Json } from "../base/json.ts";
import type { StepWaits } from "../language/compile/waits.ts";
import { diagnosticJson, formatDiagnostic } from "../language/report.ts";
import { annotation } from "./annotations.ts";
import { safeText } from "./safe-text.ts";
import type { Session } from "./session.ts";

/** How problems are shown: for people, as one JSON document, or as annotations of GitHub Actions. */
export type DiagnosticFormat = "text" | "json" | "github";

/** Why the steps of a file wait for each other; undefined for a file with errors. */
type WaitsOf = (file: WorkflowFile) => readonly StepWaits[] | undefined;

/** Shows the problems of workflow files: as text on `stderr`, else on `stdout`. `waitsOf` adds the edges to the JSON document. */
export function reportDiagnostics(
  files: readonly WorkflowFile[],
  { output }: Session,
  format: DiagnosticFormat,
  waitsOf?: WaitsOf,
): void {
  if (format === "json") return output.json(document(files, waitsOf));
  for (const { diagnostics, source } of files) {
    for (const diagnostic of diagnostics) {
      if (format === "github") output.data(annotation(diagnostic, source));
      else output.note(safeText(formatDiagnostic(diagnostic, source)));
    }
  }
}

function document(files: readonly WorkflowFile[], waitsOf: WaitsOf = () => undefined): Json {
  return {
    valid: files.every(({ plan }) => plan !== undefined),
    files: files.map((file) => {
      const { source, diagnostics, unsupported, plan } = file;
      const steps = waitsOf(file);
      return {
        file: source.file,
        valid: plan !== undefined,
        diagnostics: diagnostics.map((each) => diagnosticJson(each, source) as unknown as Json),
        unsupported: unsupported.map((each) => diagnosticJson(each, source) as unknown as Json),
        ...(steps !== undefined && { steps: steps as unknown as Json }),
      };
    }),
  };
}

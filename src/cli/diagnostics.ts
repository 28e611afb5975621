import type { WorkflowFile } from "../app/workflow-file.ts";
import type { Json } from "../base/json.ts";
import { diagnosticJson, formatDiagnostic } from "../language/report.ts";
import { safeText } from "./safe-text.ts";
import type { Session } from "./session.ts";

/** Shows the problems of workflow files: for people on `stderr`, or as one JSON document on `stdout`. */
export function reportDiagnostics(files: readonly WorkflowFile[], session: Session, format: "text" | "json"): void {
  if (format === "json") return session.output.json(document(files));
  for (const { diagnostics, source } of files) {
    for (const diagnostic of diagnostics) session.output.note(safeText(formatDiagnostic(diagnostic, source)));
  }
}

function document(files: readonly WorkflowFile[]): Json {
  return {
    valid: files.every(({ plan }) => plan !== undefined),
    files: files.map(({ source, diagnostics, plan }) => ({
      file: source.file,
      valid: plan !== undefined,
      diagnostics: diagnostics.map((each) => diagnosticJson(each, source) as unknown as Json),
    })),
  };
}

import type { Diagnostic } from "../language/diagnostic.ts";
import { diagnosticJson } from "../language/report.ts";
import type { Source } from "../language/world.ts";
import { safeText } from "./safe-text.ts";

/** A problem as a workflow command of GitHub Actions, which shows it at its line in the change: `::error file=…,line=…,col=…::message`. */
export function annotation(diagnostic: Diagnostic, source: Source): string {
  const { severity, code, file, message, hint, range } = diagnosticJson(diagnostic, source);
  const { from, to } = range;
  const properties: readonly (readonly [string, string | number])[] = [
    ["file", file],
    ["line", from.line],
    ["col", from.column],
    // Columns of a range over several lines are refused.
    ...(from.line === to.line ? [["endColumn", to.column] as const] : []),
    ["title", code],
  ];
  const written = properties.map(([name, value]) => `${name}=${escapedProperty(String(value))}`).join(",");
  return `::${severity} ${written}::${escapedMessage(hint === undefined ? message : `${message}\n${hint}`)}`;
}

/** Names and texts of a file are other people's: none may end its line and begin a command of its own. */
function escapedMessage(text: string): string {
  return safeText(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escapedMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

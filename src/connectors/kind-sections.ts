import { isJsonObject } from "../base/json.ts";
import type { Written } from "../language/check/keys.ts";
import { choiceIn } from "../language/check/values.ts";
import { defined } from "../language/compile/optional.ts";
import type { ActionDescriptor, ConnectorDescriptor } from "../language/connector.ts";
import { type ConnectorKind, connectorKinds } from "../language/connector-kinds.ts";
import type { Schema } from "../language/plan.ts";
import type { Problems } from "../language/problems.ts";
import type { SourceEntry } from "../language/source/tree.ts";
import { readFunctionAction } from "./function-section.ts";
import { readMcpAction, readMcpServer } from "./mcp-section.ts";

/** `kind` of a connector, and the section of that kind. */
export function readKind(
  written: Written,
  whole: SourceEntry,
  settings: Schema | undefined,
  problems: Problems,
): Pick<ConnectorDescriptor, "kind" | "mcp"> {
  const entry = written.get("kind");
  const kind = entry === undefined ? undefined : choiceIn(problems, entry, connectorKinds);
  const section = written.get("mcp");
  if (kind !== "mcp") {
    if (section !== undefined) strange(section, kind, problems);
    return defined({ kind });
  }
  if (section !== undefined) return defined({ kind, mcp: readMcpServer(section, fieldsOf(settings ?? {}), problems) });
  if (!written.meant.has("mcp"))
    problems.report("E015", entry?.keyRange ?? whole.keyRange, "a connector of kind mcp has a section mcp", {
      hint: 'add "mcp": { "command": … }',
    });
  return { kind };
}

/** The sections of an action; which of them belong to its connector, `checkActionKinds` says. */
export function readActionKind(
  written: Written,
  input: Schema,
  problems: Problems,
): Pick<ActionDescriptor, "mcp" | "function"> {
  const [mcpEntry, functionEntry] = [written.get("mcp"), written.get("function")];
  const mcp = mcpEntry === undefined ? undefined : readMcpAction(mcpEntry, fieldsOf(input), problems);
  const part = functionEntry === undefined ? undefined : readFunctionAction(functionEntry, problems);
  return defined({ mcp, function: part });
}

/** Every action has the section of its connector's kind where that needs one, and no other. */
export function checkActionKind(
  action: SourceEntry,
  written: Written | undefined,
  kind: ConnectorKind | undefined,
  problems: Problems,
): void {
  for (const section of ["mcp", "function"] as const) {
    const entry = written?.get(section);
    if (entry !== undefined && kind !== section) strange(entry, kind, problems);
  }
  if (kind === "function" && written?.has("function") === false && !written.meant.has("function"))
    problems.report("E015", action.keyRange, `action '${action.key}' of a connector of kind function has no module`, {
      hint: 'add "function": { "module": "connectors/desk/close.mjs" }',
    });
}

function strange(entry: SourceEntry, kind: ConnectorKind | undefined, problems: Problems): void {
  const found = kind === undefined ? "a connector without a kind" : `a connector of kind ${kind}`;
  problems.report("E015", entry.keyRange, `${entry.key} does not belong to ${found}`, {
    hint: `write "kind": "${entry.key}", or remove it`,
  });
}

function fieldsOf(schema: Schema): readonly string[] {
  return Object.keys(isJsonObject(schema["properties"]) ? schema["properties"] : {});
}

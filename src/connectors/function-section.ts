import { readKeys } from "../language/check/keys.ts";
import { mapIn, reportShape, textIn } from "../language/check/values.ts";
import type { FunctionActionPart } from "../language/connector-kinds.ts";
import type { Problems } from "../language/problems.ts";
import type { SourceEntry } from "../language/source/tree.ts";
import { functionActionFields } from "./section-fields.ts";

const modulePattern = /^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(?:mjs|js|ts)$/;

/** Reads the section `function` of an action. */
export function readFunctionAction(entry: SourceEntry, problems: Problems): FunctionActionPart | undefined {
  const map = mapIn(problems, entry, "a map of module and find");
  if (map === undefined) return undefined;
  const written = readKeys(map, functionActionFields, "in function", problems);
  const module = written.get("module");
  if (module === undefined && !written.meant.has("module"))
    problems.report("E015", entry.keyRange, "function has no module", { hint: "add module" });
  const find = written.get("find");
  return {
    module: module === undefined ? "" : moduleIn(module, problems),
    ...(find !== undefined && { find: moduleIn(find, problems) }),
  };
}

function moduleIn(entry: SourceEntry, problems: Problems): string {
  const text = textIn(problems, entry) ?? "";
  if (text !== "" && !modulePattern.test(text))
    reportShape(problems, entry, "a file of the project, such as connectors/desk/close.mjs");
  return text;
}

import { workflowIdProblem } from "../check/ids.ts";
import type { Source } from "../world.ts";
import type { SourceEntry, SourceMap } from "../source/tree.ts";
import { entryAt } from "./nodes.ts";

/** The id of a workflow whose file has none: the name of the file, as an id. */
function idOfFile({ file }: Source, fallback: string): string {
  const name = /([^\\/]*)$/.exec(file)?.[1] ?? "";
  const id = name.replace(/(?:\.workflow)?\.(?:ya?ml|json)$/i, "");
  const problem = workflowIdProblem(id);
  return problem === undefined ? id : (problem.better ?? fallback);
}

/** The same as a field. It stands nowhere: its range is empty. */
export function idEntry(source: Source, root: SourceMap, fallback: string): SourceEntry {
  const { start } = root.range;
  return entryAt("workflow", idOfFile(source, fallback), { start, end: start });
}

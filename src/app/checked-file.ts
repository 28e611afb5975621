import { RunwrightError } from "../base/error.ts";
import type { Range } from "../language/diagnostic.ts";
import { type Problems, createProblems } from "../language/problems.ts";
import { formatDiagnostic } from "../language/report.ts";
import { loadSource } from "../language/source/load.ts";
import { kindOf, pathAt, type SourceEntry, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import type { Source } from "../language/world.ts";

/**
 * Reads a file of settings as a workflow is read: `what` names it in messages. Throws `config.invalid` with all its problems, each with its place
 * and what to do; what `hidden` says is not shown there. A file of comments only says nothing, which is allowed.
 */
export function readChecked<T>(
  source: Source,
  what: string,
  read: (root: SourceMap, problems: Problems) => T,
  hidden: (root: SourceNode) => readonly Range[] = () => [],
): T {
  const problems = createProblems(source.text);
  const root = loadSource(source, problems);
  const isEmpty = root === undefined || (root.kind === "scalar" && root.value === null);
  if (!isEmpty && root.kind !== "map")
    problems.report("E015", root.range, `${what} is a map of settings, not ${kindOf(root)}`);
  const settings = read(
    root?.kind === "map" ? root : { kind: "map", range: { start: 0, end: 0 }, entries: [] },
    problems,
  );
  if (problems.errors === 0) return settings;

  const found = problems.inOrder((offset) => pathAt(root, offset));
  const shown = root === undefined ? source : { ...source, text: masked(source.text, hidden(root)) };
  throw new RunwrightError(
    "config.invalid",
    `${what.replace(/^a /, "The ")} cannot be used.\n${found.map((each) => formatDiagnostic(each, shown)).join("\n")}`,
  );
}

/** The text with `•` for what lies in these ranges, which are in order; all else stays where it is. */
function masked(text: string, ranges: readonly Range[]): string {
  let at = 0;
  const parts = ranges.map(({ start, end }) => {
    const part = text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, "•");
    at = end;
    return part;
  });
  return parts.join("") + text.slice(at);
}

/** E010 for every key that is none of these. */
export function reportUnknownKeys(map: SourceMap, keys: readonly string[], where: string, problems: Problems): void {
  for (const { key, keyRange } of map.entries) {
    if (keys.includes(key)) continue;
    const meant = problems.closest(key, keys);
    const hint = meant === undefined ? `known: ${keys.join(", ")}` : `did you mean '${meant}'?`;
    problems.report("E010", keyRange, `unknown key '${key}' ${where}`, { hint });
  }
}

/** The entries of a map under a key; E015 with an example for anything else. */
export function entriesUnder(
  map: SourceMap,
  key: string,
  wanted: { readonly what: string; readonly example: string },
  problems: Problems,
): readonly SourceEntry[] | undefined {
  const node = map.entries.find((entry) => entry.key === key)?.value;
  if (node === undefined) return undefined;
  if (node.kind === "map") return node.entries;
  problems.report("E015", node.range, `'${key}' is a map of ${wanted.what}, not ${kindOf(node)}`, {
    hint: `write ${key}: { ${wanted.example} }`,
  });
  return undefined;
}

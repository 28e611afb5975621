import type { Diagnostic } from "../diagnostic.ts";
import { createProblems } from "../problems.ts";
import { loadSource } from "../source/load.ts";
import { pathAt } from "../source/tree.ts";
import type { Source } from "../world.ts";
import { inBlockOrder } from "./block.ts";
import { edited } from "./edits.ts";
import { flowEdits } from "./flow.ts";
import { jsonText } from "./json.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { commentsOf, meaningOf } from "./meaning.ts";
import { spellingEdits } from "./spelling.ts";

/** A file as it is to be written, or why it cannot be read. */
export type Formatted =
  | { readonly kind: "formatted"; readonly text: string }
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] };

/**
 * The canonical form of a workflow file: fields in one order and under their proper names. Comments, quotes, block texts, anchors and blank
 * lines stay as they are.
 *
 * It works on the text itself, since whatever reads and prints a file anew loses something of it. What comes out is read again: only a text
 * that says the same, with all its comments, is given. Where moving lines would break one (an alias before its anchor), less is done.
 */
export function formatWorkflow(source: Source): Formatted {
  const loaded = load(source);
  if (loaded.kind === "refused") return loaded;
  const { layout } = loaded;
  if (source.file.endsWith(".json")) return { kind: "formatted", text: jsonText(layout) };

  const wanted = { meaning: meaningOf(layout), comments: commentsOf(source.text) };
  const versions = [source.text];
  let now: Layout | undefined = layout;
  for (const pass of passes) {
    const before = versions.at(-1) ?? source.text;
    // Reading is what takes time: a text that a pass left as it was is not read again.
    now ??= layoutIn({ ...source, text: before });
    if (now === undefined) break;
    const text = pass(before, now);
    if (text === before) continue;
    versions.push(text);
    now = undefined;
  }
  const changed = versions.slice(1);
  const text = changed.findLast((version) => saysTheSame({ ...source, text: version }, wanted)) ?? source.text;
  return { kind: "formatted", text };
}

/** What is done to a text, one after the other. */
const passes: readonly ((text: string, layout: Layout) => string)[] = [
  withLastLineEnd,
  (text, layout) => edited(text, spellingEdits(text, layout)),
  (text, layout) => edited(text, flowEdits(text, layout)),
  inBlockOrder,
];

function withLastLineEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}${text.includes("\r\n") ? "\r\n" : "\n"}`;
}

function saysTheSame(
  source: Source,
  wanted: { readonly meaning: string; readonly comments: readonly string[] },
): boolean {
  const layout = layoutIn(source);
  if (layout === undefined || meaningOf(layout) !== wanted.meaning) return false;
  const comments = commentsOf(source.text);
  return (
    comments.length === wanted.comments.length && comments.every((comment, index) => comment === wanted.comments[index])
  );
}

function layoutIn(source: Source): Layout | undefined {
  const loaded = load(source);
  return loaded.kind === "loaded" ? loaded.layout : undefined;
}

function load(
  source: Source,
): { readonly kind: "loaded"; readonly layout: Layout } | Extract<Formatted, { kind: "refused" }> {
  const problems = createProblems(source.text);
  const tree = loadSource(source, problems);
  if (tree !== undefined && tree.kind !== "map")
    problems.report("E015", tree.range, "a workflow file is a map of fields", {
      hint: "begin with workflow: <id> and steps:",
    });
  if (tree?.kind === "map" && problems.errors === 0) return { kind: "loaded", layout: layoutOf(tree) };
  return { kind: "refused", diagnostics: problems.inOrder((offset) => pathAt(tree, offset)) };
}

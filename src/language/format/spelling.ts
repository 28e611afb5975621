import { scanText } from "../expression/scan.ts";
import { offsetsOf } from "../source/offsets.ts";
import type { SourceNode, SourceScalar } from "../source/tree.ts";
import type { Edit } from "./edits.ts";
import { type Layout, layoutsIn } from "./layout.ts";

/** Edits that write fields under their proper names, and `${{ x }}` as `${x}`. */
export function spellingEdits(text: string, root: Layout): readonly Edit[] {
  const edits: Edit[] = [];
  for (const { entries } of layoutsIn(root)) {
    for (const { entry, name, hasHoles } of entries) {
      if (name !== entry.key) edits.push({ range: entry.keyRange, text: name });
      if (hasHoles) for (const scalar of scalarsIn(entry.value)) edits.push(...braceEdits(text, scalar));
    }
  }
  return edits;
}

/** A text with each `${{ x }}` as `${x}`. */
export function withSingleBraces(text: string): string {
  let made = "";
  let at = 0;
  for (const { start, end, inner } of doubleBraces(text)) {
    made += `${text.slice(at, start)}\${${inner}}`;
    at = end;
  }
  return made + text.slice(at);
}

/** Offsets in a file may be off by white space where a text is folded: what does not stand there to the letter is left alone. */
function braceEdits(file: string, scalar: SourceScalar): readonly Edit[] {
  if (typeof scalar.value !== "string" || !scalar.value.includes("${{")) return [];
  const at = offsetsOf(file, scalar);
  return doubleBraces(scalar.text).flatMap(({ start, end, inner }) => {
    const range = { start: at(start), end: at(end - 1) + 1 };
    return file.slice(range.start, range.end) === scalar.text.slice(start, end)
      ? [{ range, text: `\${${inner}}` }]
      : [];
  });
}

interface Braces {
  readonly start: number;
  readonly end: number;
  readonly inner: string;
}

function doubleBraces(text: string): readonly Braces[] {
  if (!text.includes("${{")) return [];
  const { parts, problem } = scanText(text);
  if (problem !== undefined) return [];
  return parts.flatMap((part) => {
    if (part.kind === "text") return [];
    const before = /\$\{\{\s*$/.exec(text.slice(Math.max(0, part.start - spaceMax), part.start))?.[0];
    const end = part.start + part.text.length;
    const after = /^\s*\}\}/.exec(text.slice(end, end + spaceMax))?.[0];
    // Without its outer braces an object would look like these.
    if (before === undefined || after === undefined || part.text.startsWith("{")) return [];
    return [{ start: part.start - before.length, end: end + after.length, inner: part.text }];
  });
}

/** White space within braces that is looked at: more of it is left alone, so that no text is looked at twice. */
const spaceMax = 40;

function scalarsIn(node: SourceNode): readonly SourceScalar[] {
  switch (node.kind) {
    case "scalar":
      return [node];
    case "list":
      return node.items.flatMap(scalarsIn);
    case "map":
      return node.entries.flatMap(({ value }) => scalarsIn(value));
  }
}

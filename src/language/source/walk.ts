import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { limits } from "../../base/limits.ts";
import type { Range } from "../diagnostic.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceNode, SourceScalar } from "./tree.ts";

/** What the walk remembers on its way. */
interface Walk {
  readonly text: string;
  readonly problems: Problems;
  readonly anchors: Map<string, Node>;
  /** Anchored nodes that the walk stands in: an alias to one of them would never end. */
  readonly open: Set<Node>;
  /** How deep the walk stands, with aliases put in. */
  depth: number;
  /** Parts and characters of the tree with all aliases put in: what a billion laughs would blow up. */
  size: number;
  refused: boolean;
}

/** Our tree of a parsed document; undefined when it is refused for its aliases. */
export function walkDocument(document: Document, text: string, problems: Problems): SourceNode | undefined {
  const walk: Walk = {
    text,
    problems,
    anchors: new Map(),
    open: new Set(),
    depth: 0,
    size: 0,
    refused: false,
  };
  const root = nodeOf(walk, document.contents, { start: 0, end: 0 });
  return walk.refused ? undefined : root;
}

function nodeOf(walk: Walk, node: Node | null, place: Range): SourceNode {
  if (walk.refused || node === null) return emptyAt(place.end);
  const range = { start: node.range?.[0] ?? place.start, end: node.range?.[1] ?? place.end };
  walk.size += 1;
  if (walk.size > limits.sourceNodesMax)
    return refuse(walk, range, `with its aliases put in, this file has more than ${limits.sourceNodesMax} parts`);
  if (isAlias(node)) return aliasOf(walk, node, range);
  if (node.anchor === undefined) return plainNode(walk, node, range);

  walk.anchors.set(node.anchor, node);
  walk.open.add(node);
  const made = plainNode(walk, node, range);
  walk.open.delete(node);
  return made;
}

function plainNode(walk: Walk, node: Node, range: Range): SourceNode {
  if (isScalar(node)) return scalarOf(walk, node, range);
  if (!isMap(node) && !isSeq(node)) return emptyAt(range.end);
  if (walk.depth >= limits.sourceDepthMax)
    return refuse(walk, range, `this is nested deeper than ${limits.sourceDepthMax} levels`);

  walk.depth += 1;
  const made: SourceNode = isMap(node)
    ? { kind: "map", range, entries: entriesOf(walk, node) }
    : { kind: "list", range, items: itemsOf(walk, node, range) };
  walk.depth -= 1;
  return made;
}

function itemsOf(walk: Walk, list: YAMLSeq, range: Range): readonly SourceNode[] {
  return list.items.map((item, index) => {
    const made = nodeOf(walk, item as Node | null, range);
    const named = { name: `item ${index + 1}`, prefix: "- ", from: made.range.start, range: made.range };
    return commentTrap(walk, made, named) ?? made;
  });
}

function aliasOf(walk: Walk, alias: Alias, range: Range): SourceNode {
  const target = walk.anchors.get(alias.source);
  if (target === undefined) {
    return refuse(walk, range, `unknown alias '*${alias.source}'`, `quote text that begins with *: "*${alias.source}"`);
  }
  if (walk.open.has(target)) return refuse(walk, range, `alias '*${alias.source}' stands inside what it names`);
  return nodeOf(walk, target, range);
}

function scalarOf(walk: Walk, node: Scalar, range: Range): SourceNode {
  const { text, problems } = walk;
  const style = styleOf(node);
  const value = node.value as SourceScalar["value"];
  const written = style === "plain" ? text.slice(range.start, range.end) : String(value);
  walk.size += written.length / limits.sourceNodeChars;
  if (typeof value === "string" && !value.isWellFormed()) {
    problems.report("E001", range, "this text holds half a character", {
      hint: "write a character beyond U+FFFF with both escapes, or as itself",
    });
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    problems.report("E001", range, `'${written}' is not a number that JSON can hold`, {
      hint: `quote it: "${written}"`,
    });
    return { kind: "scalar", range, value: written, text: written, style };
  }
  if (typeof value === "number" && /^[-+]?\d+$/.test(written) && !Number.isSafeInteger(value)) {
    problems.report("E001", range, `${written} is too large to be held exactly`, { hint: `quote it: "${written}"` });
  }
  return { kind: "scalar", range, value, text: typeof value === "string" ? value : written, style };
}

function styleOf(node: Scalar): SourceScalar["style"] {
  switch (node.type) {
    case "QUOTE_DOUBLE":
      return "double";
    case "QUOTE_SINGLE":
      return "single";
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED":
      return "block";
    default:
      return "plain";
  }
}

function entriesOf(walk: Walk, map: YAMLMap): readonly SourceEntry[] {
  const entries = new Map<string, SourceEntry>();
  for (const pair of map.items) {
    const entry = entryOf(walk, pair as Pair<Node | null, Node | null>);
    if (entry === undefined) continue;
    const first = entries.get(entry.key);
    if (first === undefined) {
      entries.set(entry.key, entry);
      continue;
    }
    walk.problems.report("E001", entry.keyRange, `key '${entry.key}' is written twice`, {
      hint: `first at line ${walk.problems.lineOf(first.keyRange.start)}`,
    });
  }
  return [...entries.values()];
}

function entryOf(walk: Walk, pair: Pair<Node | null, Node | null>): SourceEntry | undefined {
  const { key: node, value } = pair;
  const [start, end] = node?.range ?? [0, 0];
  const keyRange = { start, end };
  const key = keyOf(node);
  const problem = keyProblem(key, node, value);
  if (key === undefined || problem !== undefined) {
    walk.problems.report("E001", keyRange, problem?.message ?? "a key is a plain text", {
      hint: problem?.hint ?? "if this is a ${…}, quote it",
    });
    return undefined;
  }
  const made = nodeOf(walk, value, { start: keyRange.end, end: keyRange.end });
  const trapped = commentTrap(walk, made, {
    name: `'${key}'`,
    prefix: `${key}: `,
    from: keyRange.end,
    range: keyRange,
  });
  return { key, keyRange, value: trapped ?? made };
}

function keyOf(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined;
  return node.type === "PLAIN" ? (node.source ?? String(node.value)) : String(node.value);
}

function keyProblem(
  key: string | undefined,
  node: Node | null,
  value: Node | null,
): { readonly message: string; readonly hint: string } | undefined {
  if (key === "<<") return { message: "merge keys (<<) are not allowed", hint: "write the fields out" };
  const isPlain = isScalar(node) && node.type === "PLAIN";
  if (key === undefined || !isPlain || value !== null || !/^[\w-]+:\S/.test(key)) return undefined;
  return {
    message: `'${key}' is a key without a value`,
    hint: `put a space after the colon: ${key.replace(":", ": ")}`,
  };
}

/**
 * E017: `issue: #d.output` is empty in YAML. Afterwards the reference stands in the tree as if it had been quoted, so that one slip gives one
 * message.
 */
function commentTrap(
  walk: Walk,
  node: SourceNode,
  named: { readonly name: string; readonly prefix: string; readonly from: number; readonly range: Range },
): SourceScalar | undefined {
  if (node.kind !== "scalar" || node.value !== null || node.range.start !== node.range.end) return undefined;
  const lineEnd = walk.text.indexOf("\n", named.from);
  const rest = walk.text.slice(named.from, lineEnd < 0 ? undefined : lineEnd);
  const reference = /^\s*:?\s*(#[^\s#].*?)\s*$/.exec(rest)?.[1];
  if (reference === undefined) return undefined;

  const start = named.from + rest.indexOf(reference);
  const range = { start, end: start + reference.length };
  walk.problems.report(
    "E017",
    named.range.start === named.range.end ? range : named.range,
    `${named.name} is empty: YAML reads an unquoted # as a comment`,
    {
      hint: `quote it: ${named.prefix}"${reference}"`,
      fix: { range, text: JSON.stringify(reference), isExact: true },
    },
  );
  return { kind: "scalar", range, value: reference, text: reference, style: "plain" };
}

function refuse(walk: Walk, range: Range, message: string, hint?: string): SourceNode {
  walk.problems.report("E001", range, message, { hint });
  walk.refused = true;
  return emptyAt(range.end);
}

function emptyAt(offset: number): SourceScalar {
  return { kind: "scalar", range: { start: offset, end: offset }, value: null, text: "", style: "plain" };
}

import type { SourceNode } from "../source/tree.ts";
import type { LaidEntry, Layout } from "./layout.ts";
import { withSingleBraces } from "./spelling.ts";

/** A JSON file in order, two spaces a level. Numbers stay as they were written. */
export function jsonText(root: Layout): string {
  return `${mapText(root, "")}\n`;
}

function mapText({ entries }: Layout, indent: string): string {
  const fields = entries
    .toSorted((a, b) => a.rank - b.rank)
    .map((laid) => [laid.name, entryText(laid, `${indent}  `)] as const);
  return objectText(fields, indent);
}

function entryText({ entry, inside, hasHoles }: LaidEntry, indent: string): string {
  return valueText(entry.value, { maps: new Map(inside.map((each) => [each.map, each])), hasHoles }, indent);
}

interface Known {
  readonly maps: ReadonlyMap<SourceNode, Layout>;
  readonly hasHoles: boolean;
}

function valueText(node: SourceNode, known: Known, indent: string): string {
  const layout = known.maps.get(node);
  if (layout !== undefined) return mapText(layout, indent);
  const deeper = `${indent}  `;
  switch (node.kind) {
    case "scalar":
      if (typeof node.value === "number") return node.text;
      return JSON.stringify(
        known.hasHoles && typeof node.value === "string" ? withSingleBraces(node.value) : node.value,
      );
    case "list":
      return bracketed(
        node.items.map((item) => valueText(item, known, deeper)),
        indent,
        "[]",
      );
    case "map":
      return objectText(
        node.entries.map(({ key, value }) => [key, valueText(value, known, deeper)]),
        indent,
      );
  }
}

function objectText(fields: readonly (readonly [string, string])[], indent: string): string {
  return bracketed(
    fields.map(([key, value]) => `${JSON.stringify(key)}: ${value}`),
    indent,
    "{}",
  );
}

const lineMax = 100;

/** On one line when that is short and holds nothing that is on several. */
function bracketed(items: readonly string[], indent: string, brackets: "[]" | "{}"): string {
  const [open = "", close = ""] = brackets;
  if (items.length === 0) return brackets;
  const space = brackets === "{}" ? " " : "";
  const line = `${open}${space}${items.join(", ")}${space}${close}`;
  if (indent.length > 2 && line.length + indent.length <= lineMax && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}

import type { Json } from "../../src/base/json.ts";
import type { Seeded } from "../simulation/chance.ts";

/** A value of a file before it is written: like JSON, but a map may hold a key twice, and its keys keep their order. */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeMap;

/** A map as a list of its entries. */
export interface TreeMap {
  readonly entries: readonly (readonly [key: string, value: Tree])[];
}

/** A map of these entries. */
export function mapOf(...entries: readonly (readonly [key: string, value: Tree])[]): TreeMap {
  return { entries };
}

/** True for a map. */
export function isMap(tree: Tree): tree is TreeMap {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

/** True for a list. */
export function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** The tree of a JSON value. */
export function treeOf(value: Json): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value !== "object" || value === null) return value;
  return { entries: Object.entries(value).map(([key, part]) => [key, treeOf(part)] as const) };
}

/** The JSON text of a tree. */
export function jsonText(tree: Tree, indent = ""): string {
  const inner = `${indent}  `;
  if (isList(tree)) return `[${tree.map((item) => jsonText(item, inner)).join(", ")}]`;
  if (!isMap(tree)) return JSON.stringify(tree);
  if (tree.entries.length === 0) return "{}";
  const parts = tree.entries.map(([key, value]) => `${inner}${JSON.stringify(key)}: ${jsonText(value, inner)}`);
  return `{\n${parts.join(",\n")}\n${indent}}`;
}

/** The YAML text of a tree, in blocks and in braces as chance has it; with `anchors` some values have a name and are pointed at. */
export function yamlText(tree: Tree, chance: Seeded, anchors = false): string {
  let named = 0;
  return `${block(tree, "").trimStart()}\n`;

  function block(value: Tree, indent: string): string {
    if ((!isMap(value) || value.entries.length === 0) && (!isList(value) || value.length === 0))
      return ` ${flow(value)}`;
    if (indent !== "" && chance.maybe(0.25)) return ` ${flow(value)}`;
    if (isList(value)) return value.map((item) => `\n${indent}- ${block(item, `${indent}  `).trimStart()}`).join("");
    return value.entries.map(([key, part]) => `\n${indent}${scalar(key)}:${blockValue(part, indent)}`).join("");
  }

  function blockValue(value: Tree, indent: string): string {
    const isBlockText = typeof value === "string" && /^\S[^\r\t]*\n/.test(value) && chance.maybe(0.7);
    if (isBlockText) return ` |\n${value.replace(/\n$/, "").replace(/^/gm, `${indent}  `)}`;
    return block(value, `${indent}  `);
  }

  function flow(value: Tree): string {
    if (anchors && named > 0 && chance.maybe(0.05)) return `*a${chance.whole(1, named)}`;
    const isNamed = anchors && chance.maybe(0.08);
    const text = flowValue(value);
    if (!isNamed) return text;
    named += 1;
    return `&a${named} ${text}`;
  }

  function flowValue(value: Tree): string {
    if (isList(value)) return `[${value.map(flow).join(", ")}]`;
    if (isMap(value)) return `{ ${value.entries.map(([key, part]) => `${scalar(key)}: ${flow(part)}`).join(", ")} }`;
    return typeof value === "string" ? scalar(value) : String(value);
  }

  function scalar(text: string): string {
    const isPlain = /^[a-z_][\w./@?-]*(?: [\w./-]+)*$/i.test(text) && !/^(?:true|false|null|~)$/i.test(text);
    if (isPlain && chance.maybe(0.9)) return text;
    if (!/['\n\r\t]/.test(text) && text.isWellFormed() && chance.maybe(0.3)) return `'${text}'`;
    return JSON.stringify(text);
  }
}

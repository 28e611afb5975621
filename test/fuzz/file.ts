import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap as isYamlMap, isScalar, isSeq, parseDocument } from "yaml";
import { mended } from "../../src/language/code-example.ts";
import { codeExamples } from "../../src/language/code-examples.ts";
import { root } from "../house/sources.ts";
import { type Seeded, seeded } from "../simulation/chance.ts";
import { fileFromFields } from "./from-fields.ts";
import { heapOfLines, mutateText, mutateTree } from "./mutate.ts";
import { jsonText, type Tree, yamlText } from "./tree.ts";

/** A file made by chance: the same seed makes the same file for ever, as long as tables and corpus stay as they are. */
export interface FuzzFile {
  readonly seed: number;
  readonly name: string;
  readonly text: string;
  /** How it was made. */
  readonly kind: "fields" | "later fields" | "wrong fields" | "changed text" | "changed tree" | "lines";
  /** Fields of the tables that it was made of. */
  readonly used: ReadonlySet<string>;
}

const { right: rightFiles, all: corpus } = corpusOf();
const lines = corpus.flatMap((text) => text.split("\n"));
const trees = corpus.flatMap((text) => parsed(text));

/** The file of a seed. */
export function fuzzFile(seed: number): FuzzFile {
  const chance = seeded(seed);
  const share = chance.next();
  const none = new Set<string>();
  if (share < 0.2) return fromFields("fields", false);
  if (share < 0.4) return fromFields("later fields", true);
  if (share < 0.55) return fromFields("wrong fields", chance.maybe(0.5));
  if (share < 0.75)
    return {
      ...base("changed text"),
      text: mutateText(chance.pick(chance.maybe(0.5) ? rightFiles : corpus), lines, chance),
      used: none,
    };
  if (share < 0.95) {
    const tree = mutateTree(chance.pick(trees as [Tree]), chance, chance.pick([0.02, 0.08, 0.2]));
    return { ...base("changed tree"), ...written(tree, chance), used: none };
  }
  return { ...base("lines"), text: heapOfLines(lines, chance), used: none };

  function base(kind: FuzzFile["kind"]): Pick<FuzzFile, "seed" | "kind" | "name"> {
    return { seed, kind, name: "fuzz.workflow.yml" };
  }

  function fromFields(kind: FuzzFile["kind"], later: boolean): FuzzFile {
    const { tree, used } = fileFromFields(chance, later);
    const wrong = kind === "wrong fields" ? mutateTree(tree, chance, chance.pick([0.01, 0.04, 0.15])) : tree;
    return { ...base(kind), ...written(wrong, chance), used };
  }
}

/** A tree as YAML or as JSON, with the line ends and marks that editors leave. */
function written(tree: Tree, chance: Seeded): Pick<FuzzFile, "name" | "text"> {
  if (chance.maybe(0.15)) return { name: "fuzz.workflow.json", text: jsonText(tree) };
  const yaml = chance.maybe(0.1) ? jsonText(tree) : yamlText(tree, chance, chance.maybe(0.1));
  const lined = chance.maybe(0.1) ? yaml.replaceAll("\n", "\r\n") : yaml;
  const tabbed = chance.maybe(0.03) ? lined.replace(/\n {2}/, "\n\t") : lined;
  const text = chance.maybe(0.05) ? `\ufeff${tabbed}` : tabbed;
  return { name: "fuzz.workflow.yml", text: chance.maybe(0.05) ? `${text}# ${"é".repeat(chance.whole(1, 90))}` : text };
}

/** The files of examples, of the golden texts and of the codes, right and wrong; the right ones also by themselves. */
function corpusOf(): { readonly right: [string, ...string[]]; readonly all: [string, ...string[]] } {
  const read = (pattern: string): readonly string[] =>
    globSync(pattern, { cwd: root })
      .toSorted()
      .map((file) => readFileSync(path.join(root, file), "utf8"));
  const golden = read("src/language/golden/*.txt").map((text) => text.split("=====\n")[0] ?? "");
  const examples = read("examples/**/*.workflow.{yml,json}");
  const codes = Object.values(codeExamples);
  const right = [...examples, ...read("src/language/golden/*.workflow.{yml,json}"), ...codes.map(mended)];
  const all = [...right, ...golden, ...codes.map(({ file }) => file)];
  return { right: right as [string, ...string[]], all: all as [string, ...string[]] };
}

function parsed(text: string): readonly Tree[] {
  const document = parseDocument(text);
  return document.errors.length > 0 ? [] : [treeIn(document.contents)];
}

function treeIn(node: unknown): Tree {
  if (isSeq(node)) return node.items.map(treeIn);
  if (isYamlMap(node)) return { entries: node.items.map((pair) => [textIn(pair.key), treeIn(pair.value)] as const) };
  return isScalar(node) ? scalarIn(node.value) : null;
}

function textIn(node: unknown): string {
  return isScalar(node) ? String(node.value) : "key";
}

function scalarIn(value: unknown): Tree {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

import type { Seeded } from "../simulation/chance.ts";
import { isList, isMap, mapOf, type Tree } from "./tree.ts";

const textCharsMax = 40_000;

const marks =
  "${ } # : - [ ] { } \" ' | > &a *a !!x --- ... \\ << ? % @ ` , ~ \0 \t \r \r\n \u2028 \ufeff \ud800 \u00e9 \u{1f600} \u202e".split(
    " ",
  );
const oddWords =
  "null true 0 -1 1e999 0x1f 007 .nan 2024-01-01 undefined NaN __proto__ constructor toString a.b #a.b #general ${ ${} $${x} ${a}${b} ${1/0} ${inputs} ${size(1)} ~ é \u{1f600} \ud800 \0 item".split(
    " ",
  );
const oddTexts = [
  ...oddWords,
  "",
  " ",
  "a b",
  "a\nb",
  "\t",
  "${{ x }}",
  "[object Object]",
  "x".repeat(300),
  "9".repeat(40),
];

/** A text with a few places cut out, doubled or filled with what has a meaning in YAML, in JSON or in expressions. */
export function mutateText(text: string, lines: readonly string[], chance: Seeded): string {
  let made = text;
  const edits = chance.maybe(0.5) ? 1 : chance.whole(2, 6);
  for (let edit = 0; edit < edits; edit += 1) {
    const at = chance.whole(0, made.length);
    made = textEdit(made, at, lines, chance).slice(0, textCharsMax);
  }
  return made;
}

function textEdit(text: string, at: number, lines: readonly string[], chance: Seeded): string {
  const end = Math.min(text.length, at + chance.whole(1, 30));
  const before = text.slice(0, at);
  switch (chance.whole(0, 7)) {
    case 0:
      return before + text.slice(end);
    case 1:
      return before + text.slice(at, end).repeat(chance.whole(2, 4)) + text.slice(end);
    case 2:
      return before + chance.pick(marks as [string]) + text.slice(at);
    case 3:
      return `${before}\n${chance.pick(lines as [string])}\n${text.slice(at)}`;
    case 4:
      return (
        before +
        String.fromCharCode(chance.maybe(0.8) ? chance.whole(32, 126) : chance.whole(0, 0xffff)) +
        text.slice(at + 1)
      );
    case 5:
      return tokenEdit(text, at, chance);
    case 6:
      return text.slice(0, Math.max(1, at));
    default:
      return before + text.slice(at).replace("\n", chance.pick(["\n  ", "\n\t", "\n\n", " ", "\r\n"]));
  }
}

/** One word or sign is left out, doubled, swapped with the next or replaced by an odd one. */
function tokenEdit(text: string, at: number, chance: Seeded): string {
  const tokens = text.match(/\s+|[\w-]+|[^\s\w]/g) ?? [];
  let offset = 0;
  const index = tokens.findIndex((token) => (offset += token.length) > at);
  if (index < 0) return text;
  const [token = "", next = ""] = [tokens[index], tokens[index + 1]];
  const odd = chance.pick(oddTexts as [string]);
  tokens.splice(
    index,
    2,
    ...chance.pick([[next], [token, token, next], [next, token], [odd, next], [token, odd, next]]),
  );
  return tokens.join("");
}

/** Lines of all kinds of files, one below the other. */
export function heapOfLines(lines: readonly string[], chance: Seeded): string {
  return Array.from({ length: chance.whole(1, 30) }, () => chance.pick(lines as [string])).join("\n");
}

/** A tree with some of its parts left out, doubled, swapped, misspelt or replaced by other shapes. */
export function mutateTree(tree: Tree, chance: Seeded, rate: number): Tree {
  if (chance.maybe(rate / 2)) return oddTree(chance);
  if (isList(tree)) {
    const items = tree.map((item) => mutateTree(item, chance, rate));
    return chance.maybe(rate) ? changedList(items, chance) : items;
  }
  if (!isMap(tree)) return chance.maybe(rate) ? oddScalar(tree, chance) : tree;
  const entries = tree.entries.map(([key, value]) => [key, mutateTree(value, chance, rate)] as const);
  return { entries: chance.maybe(rate * 2) ? changedEntries(entries, chance) : entries };
}

function changedList(items: readonly Tree[], chance: Seeded): readonly Tree[] {
  const at = chance.whole(0, Math.max(0, items.length - 1));
  const item = items[at] ?? null;
  return chance.pick<() => readonly Tree[]>([
    () => items.toSpliced(at, 1),
    () => items.toSpliced(at, 0, item),
    () => items.toReversed(),
    () => [...items, oddTree(chance)],
    () => [items],
    () => [],
  ])();
}

type Entries = readonly (readonly [string, Tree])[];

function changedEntries(entries: Entries, chance: Seeded): Entries {
  const at = chance.whole(0, Math.max(0, entries.length - 1));
  const [key, value] = entries[at] ?? ["a", null];
  const [otherKey, other] = chance.pick([...entries, ["b", 1]] as unknown as [[string, Tree]]);
  return chance.pick<() => Entries>([
    () => entries.toSpliced(at, 1),
    () => entries.toSpliced(at, 0, [key, other]),
    () => entries.toSpliced(at, 1, [key, other]),
    () => entries.toSpliced(at, 1, [misspelt(key, chance), value]),
    () => entries.toSpliced(at, 1, [otherKey, value]),
    () => entries.toSpliced(at, 1, [key, [value]]),
    () => entries.toSpliced(at, 1, [key, mapOf([key, value])]),
    () => [...entries, [chance.pick(oddTexts as [string]), oddTree(chance)]],
    () => entries.toReversed(),
  ])();
}

function misspelt(word: string, chance: Seeded): string {
  const at = chance.whole(0, Math.max(0, word.length - 1));
  return chance.pick([
    word.slice(0, at) + word.slice(at + 1),
    `${word.slice(0, at)}x${word.slice(at)}`,
    word.slice(0, at) +
      word
        .slice(at, at + 2)
        .split("")
        .toReversed()
        .join("") +
      word.slice(at + 2),
    word.toUpperCase(),
  ]);
}

function oddScalar(value: Tree, chance: Seeded): Tree {
  if (typeof value === "string" && chance.maybe(0.4)) return misspelt(value, chance);
  if (typeof value === "number" && chance.maybe(0.4)) return chance.pick([-value, value * 1e9, value + 0.5, 0]);
  return oddTree(chance);
}

function oddTree(chance: Seeded, depth = 0): Tree {
  if (depth > 3 || chance.maybe(0.6))
    return chance.pick<Tree>([...(oddTexts as [string]), null, true, false, 0, -1, 1.5, 1e21]);
  if (chance.maybe(0.1)) return nested(chance.whole(3, 40), chance);
  if (chance.maybe(0.5)) return Array.from({ length: chance.whole(0, 3) }, () => oddTree(chance, depth + 1));
  return {
    entries: Array.from(
      { length: chance.whole(0, 3) },
      () => [chance.pick(oddTexts as [string]), oddTree(chance, depth + 1)] as const,
    ),
  };
}

function nested(depth: number, chance: Seeded): Tree {
  let tree: Tree = "deep";
  for (let level = 0; level < depth; level += 1) tree = chance.maybe(0.5) ? [tree] : mapOf(["do", tree]);
  return tree;
}

import * as fc from "fast-check";
import type { Json } from "../../src/base/json.ts";
import { listOf, objectOf, types, type Type } from "../../src/language/expression/type.ts";

/** The names that expressions of chance read, with their types. */
export const chanceNames: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["x", types.number],
  ["y", types.number],
  ["s", types.text],
  ["t", types.text],
  ["p", types.boolean],
  ["n", types.any],
  ["l", listOf(types.number)],
  ["w", listOf(types.text)],
  ["m", objectOf({ a: types.number, b: types.number, c: types.number }, { optional: ["c"] })],
]);

/** The same as CEL declares them. */
export const chanceDeclarations = {
  x: "double",
  y: "double",
  s: "string",
  t: "string",
  p: "bool",
  n: "dyn",
  l: "list<double>",
  w: "list<string>",
  m: "map<string, double>",
} as const;

const number = fc.constantFrom(-2.5, 0, 1, 3, 7.25);
const text = fc.constantFrom("", "a", "ab", "2.5", "-1", "b a", "é😀");

/** Values for the names. */
export const chanceValues: fc.Arbitrary<Readonly<Record<string, Json>>> = fc.record({
  x: number,
  y: number,
  s: text,
  t: text,
  p: fc.boolean(),
  n: fc.constantFrom(null, 1.5, "a", true),
  l: fc.array(number, { maxLength: 3 }),
  w: fc.array(text, { maxLength: 3 }),
  m: fc.record({ a: number, b: number, c: number }, { requiredKeys: ["a", "b"], noNullPrototype: true }),
});

interface Kinds {
  readonly number: string;
  readonly text: string;
  readonly truth: string;
  readonly numbers: string;
  readonly texts: string;
}

const depth = { maxDepth: 4, depthIdentifier: "chance" };

// What CEL and expressions over JSON both have. Numbers are written with a point, since CEL tells 1 from 1.0. Every operator has brackets around
// it, since `==`, `<` and `in` are one level in CEL and three in one of the libraries. Nothing is divided by what may be zero, nothing is read that may be missing,
// and no text of a name is read as a number, since one of the libraries takes any text for one.
const kinds = fc.letrec<Kinds>((tie) => {
  const parts = (...of: readonly (keyof Kinds | readonly string[])[]): fc.Arbitrary<string> =>
    fc
      .tuple(...of.map((part) => (typeof part === "string" ? tie(part) : fc.constantFrom(...part))))
      .map((all) => all.join(""));
  const one = (...words: readonly string[]): readonly string[] => words;
  const open = one("(");
  const close = one(")");
  const choice = (kind: keyof Kinds): fc.Arbitrary<string> =>
    parts(open, "truth", one(" ? "), kind, one(" : "), kind, close);
  const order = one(" < ", " <= ", " > ", " >= ", " == ", " != ");
  const anything = one("x", "s", "p", "n", "l", "m", "null", "[1.5]", '"a"', "2.5");

  return {
    number: fc.oneof(
      depth,
      fc.constantFrom("x", "y", "m.a", 'm["b"]', "1.0", "2.5", "-3.0", "0.0", "1e1", "(n + 1.0)", 'double("-2.5")'),
      parts(open, "number", one(" + ", " - ", " * "), "number", close),
      parts(open, "number", one(" / 2.0)", " / -0.5)")),
      parts(one("-("), "number", close),
      parts(one("double(size("), "numbers", one("))")),
      parts(one("double(size("), "text", one("))")),
      parts(one("(size(l) > 1 ? l[1] : "), "number", close),
      choice("number"),
    ),
    text: fc.oneof(
      depth,
      fc.constantFrom("s", "t", '"a"', '"b"', "'é'", '""', "string(x)", "string(2.5)", "string(s)"),
      parts(open, "text", one(" + "), "text", close),
      parts(one("(size(w) > 0 ? w[0] : "), "text", close),
      choice("text"),
    ),
    truth: fc.oneof(
      depth,
      fc.constantFrom("p", "true", "false", "(n > 1.0)", "has(m.a)", "has(m.c)", '("c" in m)', "m.exists(k, k == 'c')"),
      parts(open, "truth", one(" && ", " || ", " == ", " != "), "truth", close),
      parts(one("!("), "truth", close),
      parts(open, "number", order, "number", close),
      parts(open, "text", order, "text", close),
      parts(open, "numbers", one(" == ", " != "), "numbers", close),
      parts(one("(dyn("), anything, one(") == dyn(", ") != dyn("), anything, one("))")),
      parts(open, "number", one(" in "), "numbers", close),
      parts(open, "text", one(" in "), "texts", close),
      parts(open, "text", one(").contains(", ").startsWith(", ").endsWith("), "text", close),
      parts(open, "text", one(').matches("', ').matches("^'), one("a", "[ab]+", "b?$"), one('")')),
      parts(
        open,
        "numbers",
        one(").all(i, ", ").exists(i, ", ").exists_one(i, "),
        one("i > 1.0", "i == x", "p", "i < y || p"),
        close,
      ),
      parts(
        open,
        "texts",
        one(").all(j, ", ").exists(j, ", ").exists_one(j, "),
        one("dyn(j) > n", "j == s", "size(j) > 1"),
        close,
      ),
      choice("truth"),
    ),
    numbers: fc.oneof(
      depth,
      fc.constantFrom("l", "[1.5]", "[x, y]", "[3.0, 1.0]"),
      parts(open, "numbers", one(" + "), "numbers", close),
      parts(one("["), "number", one(", "), "number", one("]")),
      parts(
        open,
        "numbers",
        one(").map(i, ", ").map(i, i > 0.5, ", ").map(i, p, "),
        one("i", "i * 2.0", "x", "i - y"),
        close,
      ),
      parts(open, "numbers", one(").filter(i, "), one("i > 1.0", "i != x", "p"), close),
      choice("numbers"),
    ),
    texts: fc.oneof(
      depth,
      fc.constantFrom("w", '["a"]', "[s, t]", "m.map(k, k)"),
      parts(open, "texts", one(" + "), "texts", close),
      parts(open, "texts", one(").filter(j, "), one("j.contains(s)", "size(j) > 1", "j != 'a'"), close),
      parts(open, "numbers", one(").map(i, "), one("s", "i > x ? s : t"), close),
      choice("texts"),
    ),
  };
});

/** Expressions that all CEL libraries and ours understand. */
export const chanceExpressions: fc.Arbitrary<string> = fc.oneof(
  kinds.number,
  kinds.text,
  kinds.truth,
  kinds.numbers,
  kinds.texts,
);

const relationSide = fc.constantFrom("p", "n", "x", "y", "(x > 1.0)", "[p, true]", "[n]", "[x]", "true", "1.5");

/** Relations beside each other without brackets, which all have one level in CEL. */
export const chanceRelations: fc.Arbitrary<string> = fc
  .tuple(
    relationSide,
    fc.array(fc.tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in"), relationSide), {
      minLength: 2,
      maxLength: 4,
    }),
  )
  .map(([first, more]) => `${first}${more.map(([operator, side]) => ` ${operator} dyn(${side})`).join("")}`);

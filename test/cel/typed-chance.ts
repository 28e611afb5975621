// Expressions of chance that fit inputs of chance, all from one seed.
import type { Json, JsonObject } from "../../src/base/json.ts";
import {
  createChance,
  kindOf,
  kinds,
  objectSchema,
  readsOf,
  valueOf,
  words,
  type Chance,
  type Kind,
  type Read,
} from "./typed-values.ts";

/** What one seed gives: the schema of the inputs, values that satisfy it, and an expression over them. */
export interface TypedCase {
  readonly schema: JsonObject;
  readonly values: readonly Json[];
  readonly text: string;
  /** It may use a value of which only the run knows the kind: what is mixed, what is open, an item that may not be there. */
  readonly loose: boolean;
}

/** The case of a seed. */
export function typedCase(seed: number): TypedCase {
  const chance = createChance(seed);
  const schema = objectSchema(chance, 0);
  const writer = createWriter(chance);
  const kind = chance.pick(kinds);
  const text = writer.write(kind, readsOf("inputs", schema, false), 4);
  const values = [valueOf(chance, schema), valueOf(chance, schema)];
  return { schema, values, text, loose: writer.isLoose() };
}

/** A text with a few of its characters taken out, doubled or replaced by pieces of expressions. */
export function mutated(seed: number, text: string): string {
  const chance = createChance(seed);
  let made = text;
  for (let edit = chance.below(4); edit >= 0; edit -= 1) {
    const at = chance.below(made.length + 1);
    const dropped = chance.below(3) === 0 ? chance.below(6) : 0;
    made = made.slice(0, at) + chance.pick(pieces) + made.slice(at + dropped);
  }
  return made;
}

const pieces = [
  ..."( ) [ ] { } . , : ? ! + - * / % < > = && || == != in contains ${ # \" ' ` \\ 0 1.5 .5 null true has( size( .map(i, inputs".split(
    " ",
  ),
  " ",
  "",
  ".all(.5, ",
];

interface Writer {
  write(kind: Kind, reads: readonly Read[], depth: number): string;
  isLoose(): boolean;
}

/** One time in so many another kind is written than was asked for. */
const mistakeOneIn = 40;

const fallbacks: Readonly<Record<Kind, string>> = {
  number: "0",
  text: '"-"',
  truth: "false",
  numbers: "[]",
  texts: "[]",
};

function createWriter(chance: Chance): Writer {
  let loose = false;
  // Where parts become one type, a mistake mixes kinds, and the checker leaves it to the run.
  let joining = 0;

  return { write, isLoose: () => loose };

  function write(wanted: Kind, reads: readonly Read[], depth: number): string {
    const kind = chance.below(mistakeOneIn) === 0 ? chance.pick(kinds) : wanted;
    if (kind !== wanted && joining > 0) loose = true;
    if (depth <= 0 || chance.below(6) === 0) return leaf(kind, reads);
    if (chance.below(10) === 0) return choice(kind, reads, depth);
    switch (kind) {
      case "number":
        return writeNumber(reads, depth - 1);
      case "text":
        return writeText(reads, depth - 1);
      case "truth":
        return writeTruth(reads, depth - 1);
      case "numbers":
      case "texts":
        return writeList(kind, reads, depth - 1);
    }
  }

  function joined(kind: Kind, reads: readonly Read[], depth: number): string {
    joining += 1;
    const text = write(kind, reads, depth);
    joining -= 1;
    return text;
  }

  function leaf(kind: Kind, reads: readonly Read[]): string {
    const fitting = reads.filter((read) => kindOf(read) === kind);
    if (fitting.length === 0 || chance.below(4) === 0) return literal(kind);
    const read = chance.pick(fitting);
    return read.nullable ? guarded(read, kind) : read.text;
  }

  function guarded({ text }: Read, kind: Kind): string {
    const other = fallbacks[kind];
    const forms = [
      `default(${text}, ${other})`,
      `first(${text}, ${other})`,
      `(${text} != null ? ${text} : ${other})`,
      `(null == ${text} ? ${other} : ${text})`,
      `(!has(${text}) || ${text} == null ? ${other} : ${text})`,
      text,
    ];
    // has() asks for a field, so that a variable alone cannot be asked.
    return chance.pick(text.includes(".") ? forms : forms.filter((form) => !form.includes("has(")));
  }

  function literal(kind: Kind): string {
    switch (kind) {
      case "number":
        return chance.pick(["0", "1", "2.5", "(-3)", ".5"]);
      case "text":
        return JSON.stringify(chance.pick([...words, "red"]));
      case "truth":
        return chance.pick(["true", "false"]);
      case "numbers":
        return listLiteral(["[1]", "[3, .5]"]);
      case "texts":
        return listLiteral(['["a"]', '["b", "a"]']);
    }
  }

  // Of what is in an empty list nothing is known.
  function listLiteral(filled: readonly string[]): string {
    if (chance.below(4) > 0) return chance.pick(filled);
    loose = true;
    return "[]";
  }

  function choice(kind: Kind, reads: readonly Read[], depth: number): string {
    const test = write("truth", reads, depth - 1);
    return `(${test} ? ${joined(kind, reads, depth - 1)} : ${joined(kind, reads, depth - 1)})`;
  }

  function writeNumber(reads: readonly Read[], depth: number): string {
    const part = (kind: Kind): string => write(kind, reads, depth);
    const same = (): string => joined("number", reads, depth);
    const list = (): string => joined("numbers", reads, depth);
    switch (chance.below(17)) {
      case 0:
        return `-${part("number")}`;
      case 1:
        return `size(${part(chance.pick(["text", "numbers", "texts"]))})`;
      case 2:
        return `${part("text")}.size()`;
      case 3:
        return `min(${part("number")}, ${part("number")})`;
      case 4:
        return `max([${same()}, ${same()}])`;
      case 5:
        return `default(min(${list()}), ${same()})`;
      case 6:
        return `sum(${part("numbers")})`;
      case 7:
        return `${chance.pick(["int", "duration", "getMonth", "getHours"])}(${part("number")})`;
      case 8:
        return `${chance.pick(["number", "int", "duration"])}(${part("text")})`;
      case 9:
        return `[${same()}, ${same()}][${chance.below(2)}]`;
      case 10:
        return `default(${list()}[0], ${same()})`;
      case 11:
        return `sum(${anyList(reads)})`;
      case 12:
        return `merge({"z": ${part("text")}}, {"z": ${same()}}).z`;
      case 13:
        return `size(product({"x": ${list()}, "y": ${list()}}).map(i, i.x + i.y))`;
      case 14:
        loose = true;
        return `${part("numbers")}[${part("number")}]`;
      default:
        return `(${part("number")} ${chance.pick(["+", "-", "*", "/", "%"])} ${part("number")})`;
    }
  }

  function writeText(reads: readonly Read[], depth: number): string {
    const part = (kind: Kind): string => write(kind, reads, depth);
    switch (chance.below(8)) {
      case 0:
        return `${chance.pick(["string", "json"])}(${part(chance.pick(kinds))})`;
      case 1:
        return `${chance.pick(["lower", "upper", "trim"])}(${part("text")})`;
      case 2:
        return `replace(${part("text")}, "a", ${part("text")}, 2)`;
      case 3:
        return `${chance.below(4) === 0 ? anyList(reads) : part(chance.pick(["texts", "numbers"]))}.join(${part("text")})`;
      case 4:
        return `default(${joined("texts", reads, depth)}[0], ${joined("text", reads, depth)})`;
      case 5:
        return `[${joined("text", reads, depth)}, ${joined("text", reads, depth)}][1]`;
      default:
        return `(${part("text")} + ${part("text")})`;
    }
  }

  function writeTruth(reads: readonly Read[], depth: number): string {
    const part = (kind: Kind): string => write(kind, reads, depth);
    const ordered = chance.pick<Kind>(["number", "text", "truth"]);
    const relation = chance.pick(["<", "<=", ">", ">=", "==", "!="]);
    switch (chance.below(12)) {
      case 0:
        return `!${part("truth")}`;
      case 1:
        return `(${part("truth")} ${chance.pick(["&&", "||"])} ${part("truth")})`;
      case 2:
        return `(${part("number")} in ${part("numbers")})`;
      case 3:
        return `(${part("text")} in ${part("texts")})`;
      case 4:
        return `(${part("text")} ${chance.pick(["contains", "startsWith", "endsWith"])} ${part("text")})`;
      case 5:
        return `${part("text")}.matches("${chance.pick(["a", "^[ab]+$", "b?"])}")`;
      case 6:
        return `(${part("number")} < ${part("number")} == ${part("truth")})`;
      case 7:
      case 8:
        return walked(reads, depth, chance.pick(["all", "exists", "exists_one"]), "truth");
      case 9:
      case 10:
        return tested(reads, depth);
      default:
        return `(${part(ordered)} ${relation} ${part(ordered)})`;
    }
  }

  // What the test rules out is relied on behind it.
  function tested(reads: readonly Read[], depth: number): string {
    const maybe = reads.filter(({ nullable, text }) => nullable && text.includes("."));
    if (maybe.length === 0) return write("truth", reads, depth);
    const { text } = chance.pick(maybe);
    const behind = reads.map((read) => (read.text === text ? { ...read, nullable: false } : read));
    if (chance.below(6) === 0) {
      return `(${text} != null ? ${joined("truth", behind, depth)} : ${joined("truth", reads, depth)})`;
    }
    const then = write("truth", behind, depth);
    return chance.pick([
      `(${text} != null && ${then})`,
      `(null == ${text} || ${then})`,
      `(!(${text} == null) && ${then})`,
      `(!(has(${text}) && ${text} != null) || ${then})`,
      `has(${text})`,
    ]);
  }

  function writeList(kind: "numbers" | "texts", reads: readonly Read[], depth: number): string {
    const item = kind === "numbers" ? "number" : "text";
    const one = (): string => joined(item, reads, depth);
    const list = (): string => joined(kind, reads, depth);
    switch (chance.below(8)) {
      case 0:
        return `(${list()} + ${list()})`;
      case 1:
        return `${chance.pick(["sort", "unique"])}(${write(kind, reads, depth)})`;
      case 2:
        return `flatten([${list()}, ${list()}])`;
      case 3:
        return kind === "texts"
          ? `split(${write("text", reads, depth)}, "a")`
          : `values({"x": ${one()}, "y": ${one()}})`;
      case 4:
      case 5:
        return walked(reads, depth, "map", item);
      case 6:
        return filtered(kind, reads, depth);
      default:
        return `[${one()}, ${one()}]`;
    }
  }

  function walked(reads: readonly Read[], depth: number, macro: string, kind: Kind): string {
    const variable = chance.pick(["i", "k"]);
    const { text, items } = walkable(reads, depth, variable);
    const inner = [...hidden(reads, variable), ...items];
    const filter = macro === "map" && chance.below(3) === 0 ? `${write("truth", inner, depth)}, ` : "";
    return `${text}.${macro}(${variable}, ${filter}${write(kind, inner, depth)})`;
  }

  function filtered(kind: "numbers" | "texts", reads: readonly Read[], depth: number): string {
    const items = readsOf("i", { type: kind === "numbers" ? "number" : "string" }, false);
    return `${joined(kind, reads, depth)}.filter(i, ${write("truth", [...hidden(reads, "i"), ...items], depth)})`;
  }

  // Often one that the checker must refuse, because of what is in it.
  function anyList(reads: readonly Read[]): string {
    const lists = reads.filter(({ schema }) => schema["items"] !== undefined);
    return lists.length === 0 ? "[1]" : chance.pick(lists).text;
  }

  // A list of the inputs, of whatever it is, or one that is computed.
  function walkable(reads: readonly Read[], depth: number, variable: string): { text: string; items: readonly Read[] } {
    const lists = reads.filter(({ schema }) => schema["items"] !== undefined);
    if (lists.length === 0 || chance.below(3) === 0) {
      const kind = chance.pick<"numbers" | "texts">(["numbers", "texts"]);
      const type = kind === "numbers" ? "number" : "string";
      return { text: joined(kind, reads, depth), items: readsOf(variable, { type }, false) };
    }
    const { text, schema, nullable } = chance.pick(lists);
    const items = readsOf(variable, schema["items"] as JsonObject, false);
    return { text: nullable ? `default(${text}, [])` : text, items };
  }
}

function hidden(reads: readonly Read[], variable: string): readonly Read[] {
  return reads.filter(({ text }) => text !== variable && !text.startsWith(`${variable}.`));
}

import { afterQuote } from "./scan.ts";
import type { BinaryOperator } from "./tree.ts";

/** A text in which everything that CEL lacks is replaced by CEL of the same length, so that all offsets stay as they are. */
export interface Rewritten {
  readonly text: string;
  readonly celText: string;
  /** Offset of each word operator that now reads `in`. */
  readonly words: ReadonlyMap<number, BinaryOperator>;
  /** Offset of each name after a `#`. */
  readonly references: ReadonlySet<number>;
}

const foreign = /#|contains|startsWith|endsWith/;
const token = /["']|\/\/[^\n]*|#(?=[A-Za-z_])(?:[A-Za-z_][\w-]*)(?:\.[A-Za-z_][\w-]*)*|[A-Za-z_]\w*/g;
const operandEnd = /[\w)\]}"']/;

/**
 * Makes CEL of a text: `a contains b` and `#step.field`.
 *
 * `in` binds exactly as the word operators must, so they are lent its place; the tree gives them their own name back.
 */
export function rewrite(text: string): Rewritten {
  const words = new Map<number, BinaryOperator>();
  const references = new Set<number>();
  if (!foreign.test(text)) return { text, celText: text, words, references };

  let celText = "";
  let done = 0;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (index < done) continue;
    celText += text.slice(done, index);
    done = index + found.length;
    if (found === '"' || found === "'") {
      done = afterQuote(text, index);
      celText += text.slice(index, done);
    } else if (found.startsWith("#")) {
      references.add(index + 1);
      celText += ` ${found.slice(1).replaceAll("-", "_")}`;
    } else if (isWordOperator(found) && operandEnd.test(text.slice(0, index).trimEnd().slice(-1))) {
      words.set(index, found);
      celText += "in".padEnd(found.length);
    } else {
      celText += found;
    }
  }
  return { text, celText: celText + text.slice(done), words, references };
}

function isWordOperator(word: string): word is "contains" | "startsWith" | "endsWith" {
  return word === "contains" || word === "startsWith" || word === "endsWith";
}

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
  /** Offset of each number that begins with its point. */
  readonly numbers: ReadonlySet<number>;
}

const foreign = /#|`|(?<![\w)\]}])\.\d|contains|startsWith|endsWith/;
const token =
  /["']|`[\w./ -]+`|(?<![\w)\]}])\.\d+(?:[eE][+-]?\d+)?(?!\w)|\/\/[^\n]*|#(?=[A-Za-z_])(?:[A-Za-z_][\w-]*)(?:\.[A-Za-z_][\w-]*)*|[A-Za-z_]\w*/g;
const operandEnd = /[\w)\]}"']/;

/**
 * Makes CEL of a text: `a contains b`, `#step.field`, and what CEL has but the parser does not read (backticks around a field, `.5`).
 *
 * `in` binds exactly as the word operators must, so they are lent its place; the tree gives them their own name back.
 */
export function rewrite(text: string): Rewritten {
  const words = new Map<number, BinaryOperator>();
  const references = new Set<number>();
  const numbers = new Set<number>();
  if (!foreign.test(text)) return { text, celText: text, words, references, numbers };

  let celText = "";
  let done = 0;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (index < done) continue;
    celText += text.slice(done, index);
    done = found === '"' || found === "'" ? afterQuote(text, index) : index + found.length;
    celText += celOf(text.slice(index, done), index);
  }
  return { text, celText: celText + text.slice(done), words, references, numbers };

  function celOf(found: string, index: number): string {
    switch (found[0]) {
      case "`":
        // Only a field stands between backticks: anywhere else they stay what the parser refuses.
        return charBefore(text, index) === "." ? wordLike(found) : found;
      case ".":
        if (charBefore(text, index) === ".") return found;
        numbers.add(index);
        return wordLike(found);
      case "#":
        references.add(index + 1);
        return ` ${wordLike(found.slice(1), /-/g)}`;
      default:
        if (!isWordOperator(found) || !operandEnd.test(charBefore(text, index))) return found;
        words.set(index, found);
        return "in".padEnd(found.length);
    }
  }
}

/** The last character before an offset that is no white space. */
function charBefore(text: string, offset: number): string {
  let at = offset - 1;
  while (/\s/.test(text.charAt(at))) at -= 1;
  return text.charAt(at);
}

// A name of the same length, which the tree gives its own text back.
function wordLike(found: string, others = /\W/g): string {
  return found.replaceAll(others, "_");
}

function isWordOperator(word: string): word is "contains" | "startsWith" | "endsWith" {
  return word === "contains" || word === "startsWith" || word === "endsWith";
}

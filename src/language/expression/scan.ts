import type { ExpressionProblem } from "./problem.ts";

/** A piece of a text: words, or an expression with the offset at which it starts. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string; readonly start: number };

/** A text taken apart at its `${…}`. */
export interface ScannedText {
  readonly parts: readonly TextPart[];
  readonly problem?: ExpressionProblem;
}

const reference = /^#[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;

/** True for a whole text such as `#plan.create-app-plan`, which reads a step; `#general` is text. */
export function isReference(text: string): boolean {
  return reference.test(text);
}

/** Takes a text apart at its `${…}`. `$${` stands for the characters `${`. */
export function scanText(text: string): ScannedText {
  const parts: TextPart[] = [];
  let words = "";
  let at = 0;
  for (;;) {
    const open = text.indexOf("${", at);
    if (open === -1) break;
    if (text[open - 1] === "$" && open > at) {
      words += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }

    words += text.slice(at, open);
    const close = closingBrace(text, open + 2);
    if (close === undefined) return { parts, problem: unclosed(text, open) };
    if (words !== "") parts.push({ kind: "text", text: words });
    words = "";
    parts.push(expressionPart(text, open + 2, close));
    at = close + 1;
  }
  words += text.slice(at);
  if (words !== "" || parts.length === 0) parts.push({ kind: "text", text: words });
  return { parts };
}

/** Where an expression lies in a field that is an expression as a whole: there `${` and `}` may be left out. */
export function expressionIn(text: string): { readonly text: string; readonly start: number } {
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  if (trimmed.startsWith("${") && closingBrace(trimmed, 2) === trimmed.length - 1) {
    const part = expressionPart(trimmed, 2, trimmed.length - 1);
    return { text: part.text, start: start + part.start };
  }
  return { text: trimmed, start };
}

/** The text from `start` to the `}` at `end` as an expression, without the spaces around it. */
function expressionPart(text: string, start: number, end: number): TextPart & { kind: "expression" } {
  let from = start;
  let to = end;
  const inner = text.slice(from, to);
  if (inner.startsWith("{") && inner.endsWith("}") && !isObjectLiteral(inner)) {
    from += 1;
    to -= 1;
  }
  const untrimmed = text.slice(from, to);
  from += untrimmed.length - untrimmed.trimStart().length;
  return { kind: "expression", text: untrimmed.trim(), start: from };
}

// `${{ x }}` is how others write `${x}`; what tells it from an object is that the outer braces hold no `key: value`.
function isObjectLiteral(text: string): boolean {
  if (text.slice(1, -1).trim() === "") return true;
  let depth = 0;
  let choices = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === '"' || char === "'") at = afterQuote(text, at) - 1;
    depth += steps[char] ?? 0;
    if (depth !== 1) continue;
    if (char === "?") choices += 1;
    if (char === ":") choices -= 1;
    if (choices < 0) return true;
  }
  return false;
}

const steps: Readonly<Partial<Record<string, number>>> = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"' || char === "'") at = afterQuote(text, at) - 1;
    else if (char === "{") depth += 1;
    else if (char === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

/** The offset after a quoted text; the end of everything when it is not closed. */
export function afterQuote(text: string, start: number): number {
  const quote = text[start] ?? "";
  const fence = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + fence.length; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(fence, at)) return at + fence.length;
  }
  return text.length;
}

function unclosed(text: string, open: number): ExpressionProblem {
  const line = text.indexOf("\n", open);
  return {
    code: "E300",
    message: "'${' has no '}' that closes it",
    hint: "add }, or write $${ for the characters themselves",
    start: open,
    end: line === -1 ? text.length : line,
  };
}

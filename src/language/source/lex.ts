import { CST, Lexer } from "yaml";
import { limits } from "../../base/limits.ts";
import type { Range } from "../diagnostic.ts";
import type { Problems } from "../problems.ts";

/**
 * Tokens of a text that keeps to the caps, or undefined when it broke one, which is then reported.
 *
 * Depth and count are checked here, on the flat list of tokens, because the parser behind it recurses and keeps some 300 bytes per token.
 */
export function lex(text: string, problems: Problems): readonly string[] | undefined {
  const tokens: string[] = [];
  const state: LexState = {
    anchors: 0,
    aliases: 0,
    flow: 0,
    offset: 0,
    scalarNext: false,
    scalar: undefined,
    quotes: [],
  };
  for (const token of new Lexer().lex(text)) {
    if (!accept(state, token, problems)) return undefined;
    tokens.push(token);
    if (tokens.length > limits.sourceTokensMax) {
      problems.report(
        "E001",
        { start: state.offset, end: state.offset },
        `this file has more than ${limits.sourceTokensMax} parts`,
        {
          hint: "split it into several workflows",
        },
      );
      return undefined;
    }
  }
  const unquoted = state.quotes.filter(({ end }) => text[end - 1] === "$");
  for (const range of unquoted) reportUnquoted(text, range, problems);
  return unquoted.length > 0 ? undefined : tokens;
}

interface LexState {
  anchors: number;
  aliases: number;
  flow: number;
  offset: number;
  scalarNext: boolean;
  /** The plain scalar that has just ended. */
  scalar: Range | undefined;
  /** Plain scalars in brackets that end right before a `{`. */
  readonly quotes: Range[];
}

/** Follows one token; false when the file is refused for it. */
function accept(state: LexState, token: string, problems: Problems): boolean {
  if (token === CST.SCALAR || token === CST.DOCUMENT || token === CST.FLOW_END) {
    state.scalarNext = token === CST.SCALAR;
    return true;
  }
  const range = { start: state.offset, end: state.offset + token.length };
  state.offset = range.end;
  const before = state.scalar;
  state.scalar = state.scalarNext ? range : undefined;
  if (state.scalarNext) {
    state.scalarNext = false;
    return true;
  }
  if (token === "{" && state.flow > 0 && before?.end === range.start) {
    state.quotes.push({ start: before.start, end: range.start });
  }
  const type = CST.tokenType(token);
  follow(state, type, token);
  const refused = refusalOf(type, token, state);
  if (refused !== undefined) problems.report("E001", range, refused.message, { hint: refused.hint });
  return refused === undefined;
}

function follow(state: LexState, type: CST.TokenType | null, token: string): void {
  state.flow += brackets.get(token) ?? 0;
  if (type === "anchor") state.anchors += 1;
  if (type === "alias") state.aliases += 1;
}

/** How a token changes the depth; scalars that look like brackets never come here. */
const brackets: ReadonlyMap<string, number> = new Map([
  ["{", 1],
  ["[", 1],
  ["}", -1],
  ["]", -1],
]);

function refusalOf(
  type: CST.TokenType | null,
  token: string,
  { anchors, aliases, flow }: LexState,
): { readonly message: string; readonly hint?: string } | undefined {
  const { sourceAliasesMax, sourceDepthMax } = limits;
  if (type === "directive-line")
    return { message: "directives such as %YAML are not allowed", hint: "remove this line" };
  if (type === "tag") {
    return {
      message: `tags such as '${token}' are not allowed`,
      hint: "remove it; quote the value if it is meant as text",
    };
  }
  if (anchors > sourceAliasesMax) return { message: `this file has more than ${sourceAliasesMax} anchors` };
  if (aliases > sourceAliasesMax) return { message: `this file has more than ${sourceAliasesMax} aliases` };
  return flow > sourceDepthMax ? { message: `this is nested deeper than ${sourceDepthMax} levels` } : undefined;
}

/** E003 for a plain scalar that ends in `$` right before a `{`. */
function reportUnquoted(text: string, found: Range, problems: Problems): void {
  const brace = closingBrace(text, found.end);
  const end = valueEnd(text, brace);
  const value = text.slice(found.start, end);
  const key = /(?:^|[\s{,[])([\w-]{1,64})\s*:\s*$/.exec(text.slice(Math.max(0, found.start - 80), found.start))?.[1];
  const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
  problems.report("E003", { start: found.end - 1, end: brace }, "${…} inside { } or [ ] must be quoted", {
    hint: `write ${key === undefined ? "" : `${key}: `}${quoted}`,
    fix: { range: { start: found.start, end }, text: quoted, isExact: true },
  });
}

/** Offset after the `}` that closes the `{` at `open`, on the same line. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return open + 1;
}

/** Where an unquoted value would end: before the next `,`, `}`, `]` or line end that is not within `${…}`. */
function valueEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[,}\]\n\r]/.test(text[at] ?? ""))
    at = text[at] === "{" && text[at - 1] === "$" ? closingBrace(text, at) : at + 1;
  while (at > from && text[at - 1] === " ") at -= 1;
  return at;
}

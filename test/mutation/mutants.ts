import { stripTypeScriptTypes } from "node:module";
import { type Token, tokensOf } from "./tokens.ts";

/** One small change of a source file that its tests should notice. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** What stood there, and what stands there now. */
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

type Change = Omit<Mutant, "file" | "line" | "from">;

const swaps: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "+=": ["-="],
  "-=": ["+="],
  "++": ["--"],
  "--": ["++"],
  "?.": [],
};

/** All mutants of a TypeScript source. Types are not changed: they are blank before the text is read, with all places as they were. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const code = stripTypeScriptTypes(source);
  const tokens = tokensOf(code);
  const changes = tokens.flatMap((token, index) => [
    ...markChanges(tokens, index),
    ...wordChanges(tokens, index),
    ...literalChanges(tokens, index),
    ...statementChanges(tokens, index, code),
    ...conditionChanges(tokens, index, code),
  ]);
  return changes
    .filter((change) => isProgram(applied(source, change)))
    .map((change) => ({
      file,
      line: source.slice(0, change.start).split("\n").length,
      from: source.slice(change.start, change.end),
      ...change,
    }));
}

/** A source with one change. */
export function applied(source: string, { start, end, to }: Pick<Mutant, "start" | "end" | "to">): string {
  return source.slice(0, start) + to + source.slice(end);
}

function isProgram(source: string): boolean {
  try {
    stripTypeScriptTypes(source);
    return true;
  } catch {
    return false;
  }
}

function changeOf({ start, end }: Pick<Token, "start" | "end">, to: string, kind: string): Change {
  return { start, end, to, kind };
}

function markChanges(tokens: readonly Token[], index: number): readonly Change[] {
  const token = tokens[index];
  if (token?.kind !== "mark") return [];
  const [before, after] = [tokens[index - 1], tokens[index + 1]];
  if (token.text === "??") {
    const end = operandEnd(tokens, index + 1);
    return end === undefined || before === undefined ? [] : [changeOf({ start: before.end, end }, "", "no ??")];
  }
  if (token.text === "!" && !isValueEnd(before)) return [changeOf(token, "", "no !")];
  const isBinary = isValueEnd(before);
  const isText = [before, after].some((near) => near?.kind === "text" || near?.kind === "template");
  if (/^[+-]$/.test(token.text) && (!isBinary || isText)) return [];
  return (swaps[token.text] ?? []).map((to) => changeOf(token, to, "operator"));
}

function isValueEnd(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "mark") return /^[)\]}]$/.test(token.text);
  return (
    token.kind !== "word" ||
    !/^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(token.text)
  );
}

function wordChanges(tokens: readonly Token[], index: number): readonly Change[] {
  const token = tokens[index];
  if (token?.kind !== "word") return [];
  if (token.text === "true" || token.text === "false")
    return [changeOf(token, token.text === "true" ? "false" : "true", "constant")];
  if (token.text !== "return") return [];
  const end = statementEnd(tokens, index + 1);
  const value = tokens[index + 1];
  if (end === undefined || value === undefined || value.text === ";" || value.text === "undefined") return [];
  return [changeOf({ start: value.start, end }, "undefined", "return")];
}

/** Numbers grow by one; texts are emptied, but for those with a space, which are messages, for names of modules and for keys. */
function literalChanges(tokens: readonly Token[], index: number): readonly Change[] {
  const token = tokenAt(tokens, index);
  const isCount = token.kind === "number" && /^\d+$/.test(token.text);
  if (isCount) return [changeOf(token, `${Number(token.text) + 1}`, "number")];
  if (token.kind !== "text" || token.text.length <= 2 || /\s/.test(token.text)) return [];
  const before = tokenAt(tokens, index - 1).text;
  const isKey = tokenAt(tokens, index + 1).text === ":" && /^[{,]$/.test(before);
  return isKey || before === "from" || before === "import" ? [] : [changeOf(token, '""', "text")];
}

/** A call that stands as a statement is left out. */
function statementChanges(tokens: readonly Token[], index: number, code: string): readonly Change[] {
  const token = tokens[index];
  const before = tokens[index - 1];
  if (token?.kind !== "word" || !beginsStatement(tokens, before)) return [];
  if (
    /^(?:return|const|let|if|for|while|throw|import|export|function|switch|case|break|continue|default|do|try|yield|class|else|async|type|interface)$/.test(
      token.text,
    )
  )
    return [];
  const end = statementEnd(tokens, index);
  if (end === undefined || code[end - 1] !== ")" || !isChain(tokens, index, end)) return [];
  return [changeOf({ start: token.start, end }, "void 0", "no call")];
}

/** True for names, dots and brackets only: no operator makes a value of the call. */
function isChain(tokens: readonly Token[], index: number, end: number): boolean {
  for (let at = index; (tokens[at]?.start ?? end) < end; at += 1) {
    const token = tokens[at];
    if (token === undefined) return false;
    if (token.mate > at) at = token.mate;
    else if (token.kind !== "word" && !/^\??\.$/.test(token.text)) return false;
  }
  return true;
}

function beginsStatement(tokens: readonly Token[], before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return before.text === "else";
  if (before.text !== ")") return /^[;{}]$/.test(before.text);
  return /^(?:if|for|while)$/.test(tokens[before.mate - 1]?.text ?? "");
}

/** The condition of an `if`, a `while` or `? :` is turned around. */
function conditionChanges(tokens: readonly Token[], index: number, code: string): readonly Change[] {
  const token = tokenAt(tokens, index);
  const negated = (start: number, end: number): Change =>
    changeOf({ start, end }, `!(${code.slice(start, end)})`, "condition");
  if (token.kind === "mark" && token.text === "?") {
    const start = operandStart(tokens, index - 1);
    return start === undefined ? [] : [negated(start, tokenAt(tokens, index - 1).end)];
  }
  const opening = tokenAt(tokens, index + 1);
  if (token.kind !== "word" || !/^(?:if|while)$/.test(token.text) || opening.mate < 0) return [];
  const inside = { start: opening.end, end: tokenAt(tokens, opening.mate).start };
  const never = changeOf(inside, "false", "condition");
  return token.text === "while" ? [never] : [negated(inside.start, inside.end), never];
}

/** The token with this index; an empty one beyond both ends. */
function tokenAt(tokens: readonly Token[], index: number): Token {
  return tokens[index] ?? { kind: "mark", text: "", start: -1, end: -1, mate: -1 };
}

/** Where the statement that goes on at a token ends: its `;`. */
function statementEnd(tokens: readonly Token[], index: number): number | undefined {
  for (let at = index; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || (token.mate >= 0 && token.mate < at)) return undefined;
    if (token.kind === "mark" && token.text === ";") return token.start;
    if (token.mate > at) at = token.mate;
  }
  return undefined;
}

/** Where the operand that begins at a token ends. */
function operandEnd(tokens: readonly Token[], index: number): number | undefined {
  for (let at = index; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    const isEnd = token.kind === "mark" && /^(?:[;,:?)\]}]|\?\?|\|\||&&|=>)$/.test(token.text);
    if (isEnd && !(token.mate > at)) return tokens[at - 1]?.end;
    if (token.mate > at) at = token.mate;
  }
  return undefined;
}

/** Where the condition that ends at a token begins. */
function operandStart(tokens: readonly Token[], index: number): number | undefined {
  for (let at = index; at >= 0; at -= 1) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    const isMark = token.kind === "mark";
    if (isMark && token.mate >= 0 && token.mate < at) {
      at = token.mate;
      continue;
    }
    const isStart = isMark
      ? /^(?:[;,:?([{=]|=>|\$\{|\+=)$/.test(token.text)
      : /^(?:return|throw|case)$/.test(token.text);
    if (isStart) return tokens[at + 1]?.start;
  }
  return undefined;
}

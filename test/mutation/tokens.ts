/** One part of a program. */
export interface Token {
  readonly kind: "word" | "number" | "text" | "template" | "pattern" | "mark";
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Index of the bracket that belongs to this one. */
  mate: number;
}

const marks =
  ">>>= ... === !== **= <<= >>= >>> &&= ||= ??= => == != <= >= && || ?? ?. ++ -- += -= *= /= %= ** << >>".split(" ");
const beforePattern = /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/;

const forms: readonly (readonly [Token["kind"], RegExp])[] = [
  ["word", /^[\p{L}_$#][\p{L}\w$]*/u],
  ["number", /^(?:0x[\da-f_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?n?)/i],
  ["text", /^(?:"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/],
  ["pattern", /^\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*/],
];

/** The tokens of a JavaScript text whose comments are left out. It reads what this project is written in, no more. */
export function tokensOf(code: string): readonly Token[] {
  const tokens: Token[] = [];
  /** Open brackets, as indexes of tokens. */
  const open: number[] = [];
  let at = 0;
  while (at < code.length) {
    const blank = /^(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)/.exec(code.slice(at, at + 10_000))?.[0];
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const closesHole = code[at] === "}" && tokens[open.at(-1) ?? -1]?.text === "${";
    at = closesHole ? afterHole(at) : add(tokenAt(at), at);
  }
  return tokens;

  function tokenAt(from: number): { readonly kind: Token["kind"]; readonly text: string } {
    if (code[from] === "`") return { kind: "template", text: templatePart(from) };
    const rest = code.slice(from, from + 4000);
    for (const [kind, form] of forms) {
      const text = kind === "pattern" && !isPatternNext() ? undefined : form.exec(rest)?.[0];
      if (text !== undefined) return { kind, text };
    }
    return { kind: "mark", text: marks.find((mark) => rest.startsWith(mark)) ?? rest.slice(0, 1) };
  }

  function isPatternNext(): boolean {
    const before = tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === "mark") return !/^[)\]}]$/.test(before.text);
    return before.kind === "word" && beforePattern.test(before.text);
  }

  /** A template's text as far as its end or its next hole. */
  function templatePart(from: number): string {
    let end = from + 1;
    while (end < code.length && code[end] !== "`" && !code.startsWith("${", end)) end += code[end] === "\\" ? 2 : 1;
    return code.slice(from, code[end] === "`" ? end + 1 : end);
  }

  function add({ kind, text }: { readonly kind: Token["kind"]; readonly text: string }, start: number): number {
    const index = tokens.length;
    const end = start + text.length;
    tokens.push({ kind, text, start, end, mate: -1 });
    if (kind === "mark" && /^[([{]$/.test(text)) open.push(index);
    if (kind === "mark" && /^[)\]}]$/.test(text)) close(index);
    if (kind !== "template" || !code.startsWith("${", end)) return end;
    open.push(tokens.length);
    tokens.push({ kind: "mark", text: "${", start: end, end: end + 2, mate: -1 });
    return end + 2;
  }

  function close(index: number): void {
    const opening = open.pop() ?? -1;
    const [left, right] = [tokens[opening], tokens[index]];
    if (left === undefined || right === undefined) return;
    left.mate = index;
    right.mate = opening;
  }

  /** The `}` of a hole, and the rest of its template. */
  function afterHole(start: number): number {
    tokens.push({ kind: "mark", text: "}", start, end: start + 1, mate: -1 });
    close(tokens.length - 1);
    return add({ kind: "template", text: templatePart(start).slice(1) }, start + 1);
  }
}

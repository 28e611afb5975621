/** A syntax error as the YAML package tells it. */
export interface YamlError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
}

/** A syntax error of the YAML package in our words. */
export function explainYaml(error: YamlError, text: string): { readonly message: string; readonly hint?: string } {
  const line = lineAround(text, error.pos[0]);
  const isFirst = text.slice(0, error.pos[0]).split("\n").at(-1)?.trim() === "";
  switch (error.code) {
    case "TAB_AS_INDENT":
      return { message: "a tab cannot indent YAML", hint: "indent with spaces" };
    case "BAD_INDENT":
      if (/end with a/.test(error.message)) return unclosed(error.message);
      return misaligned;
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return nested(line);
    case "BAD_SCALAR_START":
      return { message: `a value cannot begin with '${text[error.pos[0]] ?? ""}' unquoted`, hint: quoteHint(line) };
    case "BAD_ALIAS":
      return { message: "this alias has no name", hint: quoteHint(line) };
    case "BAD_DQ_ESCAPE":
      return {
        message: `${lowerFirst(error.message)} in a double-quoted text`,
        hint: "double the backslash, or use single quotes",
      };
    case "MISSING_CHAR":
      return missing(error.message);
    case "KEY_OVER_1024_CHARS":
      return { message: "this key is longer than 1,024 characters" };
    case "RESOURCE_EXHAUSTION":
      return { message: "this is nested too deeply" };
    default:
      return unexpected(error.message, isFirst ? undefined : line);
  }
}

const misaligned = {
  message: "this line is indented differently from its neighbours",
  hint: "lines of one list or map begin at the same column",
};

function missing(message: string): { readonly message: string; readonly hint?: string } {
  const quote = /closing (["'])/.exec(message)?.[1];
  if (quote !== undefined) return { message: `this text has no closing ${quote}`, hint: `add ${quote} where it ends` };
  if (message.startsWith("Sequence item without")) return misaligned;
  if (message.startsWith("Implicit map keys"))
    return { message: "a key needs ':' and a value", hint: "write key: value" };
  if (message.includes("flow"))
    return { message: "a ',' is missing before this", hint: "separate the entries of [ ] and { } with commas" };
  return { message: lowerFirst(message) };
}

function unclosed(message: string): { readonly message: string; readonly hint: string } {
  const closing = message.includes("sequence") ? "]" : "}";
  return { message: `this has no closing '${closing}'`, hint: `add '${closing}' where it ends` };
}

function nested(line: string): { readonly message: string; readonly hint: string } {
  if (!line.includes(":")) return { message: "a key needs ':' and a value", hint: "write key: value" };
  return { message: "a value that holds ': ' must be quoted, or stand on a line of its own", hint: quoteHint(line) };
}

function unexpected(message: string, line: string | undefined): { readonly message: string; readonly hint?: string } {
  const closing = /token in YAML stream: "([\]}])"/.exec(message)?.[1];
  if (closing !== undefined) return { message: `this '${closing}' closes nothing` };
  if (/scalar at node end|Unexpected .* at node end/.test(message)) {
    if (line === undefined)
      return {
        message: "this line does not belong to what stands above it",
        hint: "a list and a map cannot be mixed: indent it, or give it a key",
      };
    return { message: "this stands after the end of a value", hint: quoteHint(line) };
  }
  if (message.startsWith("Unexpected block-seq-ind on same line")) {
    return { message: "a list begins on the line below its key", hint: "move '- ' to the next line" };
  }
  return { message: lowerFirst(message) };
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", start);
  return text.slice(start, Math.min(end < 0 ? text.length : end, start + 200)).trim();
}

function quoteHint(line: string): string {
  const pair = /^(?:- )?([\w-]+):\s+(\S.*)$/.exec(line);
  if (pair === null || /^["'|>]/.test(pair[2] ?? "") || line.length > 100) return "quote the whole value";
  const value = pair[2] ?? "";
  return `write ${pair[1]}: ${value.includes("'") && !/["\\]/.test(value) ? `"${value}"` : `'${value.replaceAll("'", "''")}'`}`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

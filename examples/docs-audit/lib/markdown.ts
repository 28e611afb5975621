/** A heading with the anchor that it gets on GitHub and most other renderers. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly line: number;
  readonly anchor: string;
}

/** A link or an image. */
export interface Link {
  readonly target: string;
  readonly text: string;
  readonly line: number;
  readonly isImage: boolean;
}

/** What there is to know about a Markdown text. */
export interface Markdown {
  readonly headings: readonly Heading[];
  readonly links: readonly Link[];
  /** Lines of code fences that name no language. */
  readonly bareFences: readonly number[];
  /** Lines with their text, without code, comments and front matter. */
  readonly prose: readonly NumberedLine[];
  /** Anchors written as HTML. */
  readonly anchors: readonly string[];
}

/** Reads a Markdown text line by line. A sketch of CommonMark that is good enough to find what people forget. */
export function readMarkdown(text: string): Markdown {
  const { prose, bareFences } = splitLines(text.split(/\r?\n/));
  const taken = new Map<string, number>();
  const headings: Heading[] = [];
  for (const [index, { line, text: words }] of prose.entries()) {
    const found = headingAt(words, prose[index + 1]?.text ?? "");
    if (found === undefined) continue;
    const base = anchorOf(found.text);
    const times = taken.get(base) ?? 0;
    taken.set(base, times + 1);
    headings.push({ ...found, line, anchor: times === 0 ? base : `${base}-${times}` });
  }
  return {
    headings,
    links: prose.flatMap(({ line, text: words }) => linksIn(words, line)),
    bareFences,
    prose,
    anchors: [...text.matchAll(/<[a-z]+[^>]*\s(?:id|name)="([^"]+)"/gi)].map((match) => match[1] ?? ""),
  };
}

interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

function splitLines(lines: readonly string[]): Pick<Markdown, "prose" | "bareFences"> {
  const numbered = lines.map((text, index) => ({ line: index + 1, text }));
  const { rest, bareFences } = withoutFences(numbered.slice(frontMatterLines(lines)));
  return { prose: withoutComments(rest), bareFences };
}

function frontMatterLines(lines: readonly string[]): number {
  if (lines[0] !== "---") return 0;
  const end = lines.findIndex((text, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(text));
  return end + 1;
}

function withoutFences(lines: readonly NumberedLine[]): {
  readonly rest: readonly NumberedLine[];
  readonly bareFences: readonly number[];
} {
  const rest: NumberedLine[] = [];
  const bareFences: number[] = [];
  let open = "";
  for (const numbered of lines) {
    const { mark, language } = fenceIn(numbered.text);
    if (open !== "") {
      if (mark.startsWith(open) && language === "") open = "";
    } else if (mark === "") {
      rest.push(numbered);
    } else {
      open = mark;
      if (language === "") bareFences.push(numbered.line);
    }
  }
  return { rest, bareFences };
}

/** The fence that a line is, also inside a quote or a list; an empty mark for any other line. */
function fenceIn(text: string): { readonly mark: string; readonly language: string } {
  const [, mark = "", language = ""] = /^\s{0,3}(?:[-*+>]\s+|\d+\.\s+)*\s*(`{3,}|~{3,})\s*(.*)$/.exec(text) ?? [];
  const isInline = mark.startsWith("`") && language.includes("`");
  return isInline ? { mark: "", language: "" } : { mark, language: language.trim() };
}

function withoutComments(lines: readonly NumberedLine[]): readonly NumberedLine[] {
  let isOpen = false;
  return lines.map(({ line, text }) => {
    const whole = isOpen ? `<!--${text}` : text;
    isOpen = whole.lastIndexOf("<!--") > whole.lastIndexOf("-->");
    return { line, text: whole.replace(/<!--.*?(?:-->|$)/g, "").replace(/(`+)(?:(?!\1).)+\1/g, "`code`") };
  });
}

function headingAt(text: string, below: string): { readonly level: number; readonly text: string } | undefined {
  const hashes = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(text);
  if (hashes?.[1] !== undefined) return { level: hashes[1].length, text: hashes[2] ?? "" };
  if (text.trim() === "" || /^\s*(?:[-*+>|]|\d+\.)/.test(text)) return undefined;
  const line = /^ {0,3}(=+|-{2,})\s*$/.exec(below)?.[1];
  return line === undefined ? undefined : { level: line.startsWith("=") ? 1 : 2, text: text.trim() };
}

function linksIn(text: string, line: number): readonly Link[] {
  const inline = [
    ...text.matchAll(
      /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*(<[^>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+["'(].*?["')])?\s*\)/g,
    ),
  ];
  const definition = /^ {0,3}\[([^\]]+)\]:\s*(<[^>]*>|\S+)/.exec(text);
  return [
    ...inline.map(([, bang = "", words = "", target = ""]) => ({
      target: bare(target),
      text: words,
      line,
      isImage: bang === "!",
    })),
    ...(definition === null || definition[1]?.startsWith("^") === true
      ? []
      : [{ target: bare(definition[2] ?? ""), text: definition[1] ?? "", line, isImage: false }]),
  ];
}

function bare(target: string): string {
  return target.replace(/^<(.*)>$/, "$1");
}

/** The anchor of a heading: lower case, no punctuation, hyphens for blanks. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

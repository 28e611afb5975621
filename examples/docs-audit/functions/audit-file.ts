import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type Heading, type Link, type Markdown, readMarkdown } from "../lib/markdown.ts";
import type { FileAudit, Finding } from "../lib/types.ts";

interface Input {
  readonly folder: string;
  readonly path: string;
}

const wordsPerMinute = 220;

/** Reads one Markdown file and says what is to mend in it. */
export default async function run(ctx: { readonly input: Input }): Promise<{ output: FileAudit }> {
  const file = path.join(ctx.input.folder, ctx.input.path);
  const markdown = readMarkdown(await readFile(file, "utf8"));
  const words = markdown.prose.reduce(
    (sum, { text }) => sum + (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0),
    0,
  );
  const findings = [
    ...(await linkFindings(markdown, file, ctx.input.folder)),
    ...headingFindings(markdown.headings),
    ...markdown.bareFences.map((line) => ({
      kind: "code without language",
      line,
      text: "name it after ```, for example ```sh",
    })),
    ...markdown.links
      .filter((link) => link.isImage && link.text.trim() === "")
      .map(({ line, target }) => ({ kind: "image without text", line, text: target })),
    ...markFindings(markdown),
  ].toSorted((a, b) => a.line - b.line);

  return {
    output: {
      path: ctx.input.path,
      words,
      minutes: Math.round((words / wordsPerMinute) * 10) / 10,
      headings: markdown.headings.length,
      links: markdown.links.length,
      findings,
    },
  };
}

async function linkFindings(markdown: Markdown, file: string, root: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const link of markdown.links) {
    const problem = await linkProblem(link, markdown, file, root);
    if (problem !== undefined)
      findings.push({ kind: "broken link", line: link.line, text: `${link.target} ${problem}` });
  }
  return findings;
}

/** Only links to files and anchors are followed: nothing here asks the network. */
async function linkProblem(link: Link, markdown: Markdown, file: string, root: string): Promise<string | undefined> {
  if (link.target === "") return "(empty) leads nowhere";
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(link.target)) return undefined;
  const [place = "", anchor = ""] = decoded(link.target).split("#");
  const name = place.replace(/\?.*$/, "");
  if (name === "") return hasAnchor(markdown, anchor) ? undefined : "names no heading of this file";
  const target = name.startsWith("/") ? path.join(root, name) : path.resolve(path.dirname(file), name);
  // What lies outside the folder that was named may not be read, so nothing is known about it.
  return path.relative(root, target).startsWith("..") ? undefined : targetProblem(target, anchor);
}

async function targetProblem(target: string, anchor: string): Promise<string | undefined> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return "does not exist";
  if (anchor === "" || !found.isFile() || !/\.(?:md|markdown)$/i.test(target)) return undefined;
  return hasAnchor(readMarkdown(await readFile(target, "utf8")), anchor) ? undefined : "names no heading of that file";
}

function hasAnchor({ headings, anchors }: Markdown, anchor: string): boolean {
  const wanted = anchor.toLowerCase();
  return (
    wanted === "" || wanted === "top" || headings.some((each) => each.anchor === wanted) || anchors.includes(anchor)
  );
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function headingFindings(headings: readonly Heading[]): readonly Finding[] {
  const findings: Finding[] = [];
  const first = headings.filter(({ level }) => level === 1);
  if (first.length === 0)
    findings.push({ kind: "no title", line: 1, text: "a file begins with one heading of the first level" });
  for (const { line, text } of first.slice(1)) findings.push({ kind: "second title", line, text });

  const above: Heading[] = [];
  const seen = new Map<string, number>();
  for (const heading of headings) {
    while ((above.at(-1)?.level ?? 0) >= heading.level) above.pop();
    const parent = above.at(-1);
    if (parent !== undefined && heading.level > parent.level + 1) {
      findings.push({
        kind: "skipped level",
        line: heading.line,
        text: `${heading.text}: from level ${parent.level} to ${heading.level}`,
      });
    }
    // The same heading twice under one parent: nobody can link to the second, or tell them apart in a table of contents.
    const name = [...above.map((each) => each.line), heading.text.toLowerCase()].join("/");
    const before = seen.get(name);
    if (before !== undefined && heading.level > 1) {
      findings.push({ kind: "duplicate heading", line: heading.line, text: `${heading.text}: also in line ${before}` });
    }
    seen.set(name, before ?? heading.line);
    above.push(heading);
  }
  return findings;
}

function markFindings({ prose }: Markdown): readonly Finding[] {
  return prose.flatMap(({ line, text }) =>
    /\b(?:TODO|FIXME|XXX|TBD)\b/.test(text) ? [{ kind: "unfinished", line, text: text.trim().slice(0, 120) }] : [],
  );
}

import type { Rewritten } from "./rewrite.ts";

const token = /"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/[^\n]*|[()]/g;

// An expression asks about each of its relations, one after the other: they are counted once.
const counted = new WeakMap<Rewritten, Uint16Array>();

/** How many round brackets stand open around the operator between two parts: those that close come before it, those that open after it. */
export function bracketsAround(source: Rewritten, from: number, to: number): number {
  const depths = counted.get(source) ?? depthsOf(source.text);
  counted.set(source, depths);
  let least = depths[from] ?? 0;
  for (let at = from; at < to; at += 1) least = Math.min(least, depths[at + 1] ?? 0);
  return least;
}

// The count of open brackets before each offset.
function depthsOf(text: string): Uint16Array {
  const depths = new Uint16Array(text.length + 1);
  let open = 0;
  let done = 0;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (found !== "(" && found !== ")") continue;
    depths.fill(open, done, index + 1);
    done = index + 1;
    open += found === "(" ? 1 : -1;
  }
  return depths.fill(open, done);
}

import type { Syntax } from "./syntax.ts";

/** A part as it is written. Its range leaves out brackets around it, so those that its own parts need are taken back in. */
export function sourceOf(text: string, { start, end }: Syntax): string {
  let from = start;
  let to = end;
  for (let round = 0; round < text.length; round += 1) {
    const balance = balanceOf(text.slice(from, to));
    if (balance === 0) break;
    if (balance < 0) from = text.lastIndexOf("(", from - 1);
    else to = text.indexOf(")", to) + 1;
    if (from === -1 || to === 0) return text.slice(start, end);
  }
  return text.slice(from, to);
}

// Opening brackets without a partner count up, closing ones without a partner down; texts in quotes do not count.
function balanceOf(text: string): number {
  let open = 0;
  let lacking = 0;
  for (const { 0: found } of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()]/g)) {
    if (found === "(") open += 1;
    else if (found === ")" && open > 0) open -= 1;
    else if (found === ")") lacking += 1;
  }
  return lacking > 0 ? -lacking : open;
}

const segmenter = new Intl.Segmenter();
// Code points that terminals draw two cells wide: the East Asian wide and full-width blocks.
const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /^\p{Emoji_Presentation}|\ufe0f/u;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Cells that a text takes in a terminal. It must hold no control characters. */
export function widthOf(text: string): number {
  // Most lines are plain ASCII, where counting is enough.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += cellsOf(segment);
  return width;
}

/** A text cut to `cells`, with `…` at its end when something is missing. */
export function cut(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells < 1) return "";

  let kept = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += cellsOf(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** A text cut or filled with blanks to exactly `cells`. */
export function fit(text: string, cells: number): string {
  const short = cut(text, cells);
  return short + " ".repeat(Math.max(0, cells - widthOf(short)));
}

function cellsOf(segment: string): number {
  if (zeroWidth.test(segment)) return 0;
  return wide.test(segment) || emoji.test(segment) ? 2 : 1;
}

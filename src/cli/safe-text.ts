import { stripVTControlCharacters } from "node:util";
import type { Json } from "../base/json.ts";

// Controls (C0 but for line feed and tab, DEL, C1), direction marks and overrides, line and paragraph separators, byte order marks, and the
// tag characters that no font shows: everything that can move the cursor, reorder what is read, or hide in a text.
const unsafe =
  // eslint-disable-next-line no-control-regex -- finding them is its purpose
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** A text that came from outside, without anything that a terminal obeys. Line feeds stay, and the reader sees every sign in its place. */
export function safeText(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r\n", "\n").replaceAll("\t", "  ").replace(unsafe, "");
}

/** The same on one line. */
export function safeLine(text: string): string {
  return safeText(text)
    .replace(/\s*\n\s*/g, " ")
    .trim();
}

/** JSON for a terminal or a pipe: the same value, with every unsafe character written as its escape. */
export function safeJson(value: Json, indent: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, (char) =>
    [...Array(char.length).keys()]
      .map((index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

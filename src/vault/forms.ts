import { vaultLimits } from "./limits.ts";

/**
 * The texts as which a value may turn up: itself, and what the usual encodings make of it.
 *
 * What holds it is encoded as a whole, so that its base64 depends on what stands before it: it is looked for in all three alignments, without the
 * characters at both ends that other bytes have a part in.
 */
export function formsOf(value: string): readonly string[] {
  const forms = [value, ...linesOf(value)].flatMap((text) => [
    ...textForms(text),
    ...byteForms(Buffer.from(text, "utf8")),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= vaultLimits.valueCharsMin);
}

/** The lines of a key of several lines, since a log takes them one by one. What frames such a key is no secret. */
function linesOf(value: string): readonly string[] {
  if (!value.includes("\n")) return [];
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= vaultLimits.valueCharsMin && !/^-----.*-----$/.test(line));
}

function textForms(value: string): readonly string[] {
  const json = inJson(value);
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*~]/g, (char) => `%${hexOf(char)}`);
  const urls = [
    url,
    strict,
    strict.replaceAll("%20", "+"),
    url.replaceAll("%20", "+"),
    encodeURI(value.toWellFormed()),
  ];
  return [
    value,
    json,
    inJson(json),
    inAscii(json),
    json.replaceAll("/", "\\/"),
    ...urls,
    ...urls.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    encodeURIComponent(url),
    inHtml(value),
  ];
}

function byteForms(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  const pairs = hex.match(/../g) ?? [];
  const percent = pairs.map((pair) => `%${pair}`).join("");
  const base64 = [0, 1, 2].map((before) => base64Core(bytes, before));
  return [
    ...base64,
    ...base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_")),
    hex,
    hex.toUpperCase(),
    pairs.join(" "),
    pairs.join(":"),
    percent,
    percent.toUpperCase(),
    // As Node prints bytes, and as it makes JSON of them.
    [...bytes].join(","),
  ];
}

/** What the base64 of these bytes surely has in it behind so many others, whatever stands around them. */
function base64Core(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(from, to);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** JSON as some programs write it: with an escape for everything that is not ASCII. */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function inHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (char) => names[char] ?? char);
}

function hexOf(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase();
}

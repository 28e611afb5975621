// Secrets that are looked for afterwards, and the looking: it shares nothing with what takes them out.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A secret that stands nowhere else in the world. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** Secrets of different make: a token, a password of many signs, one of two lines, one that is not ASCII. */
export function makeCanaries(seed: number): readonly Canary[] {
  const tail = (at: number): string => ((seed + at) * 2_654_435_761).toString(36).slice(0, 8).padEnd(8, "q");
  return [
    { name: "TOKEN", value: `canary-${tail(1)}-${tail(2)}-${tail(3)}` },
    { name: "PASSWORD", value: `Cn/${tail(4)}+="&'<x>\\ ${tail(5)}%7E` },
    {
      name: "KEY",
      value: `-----BEGIN KEY-----\nZZ${tail(6)}${tail(7)}${tail(8)}\nYY${tail(9)}${tail(10)}\n-----END KEY-----`,
    },
    { name: "WORD", value: `Zürich-ключ-${tail(11)}-🔑` },
  ];
}

/** How the other side hands a secret back. */
export const encodings: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  json: (value) => JSON.stringify({ error: { header: value } }),
  "json-in-json": (value) => JSON.stringify({ body: JSON.stringify([value]) }),
  url: (value) => encodeURIComponent(value),
  form: (value) => new URLSearchParams({ token: value }).toString(),
  base64: (value) => Buffer.from(value).toString("base64"),
  basic: (value) => Buffer.from(`ada:${value}`).toString("base64"),
  odd: (value) => Buffer.from(`a${value}bc`).toString("base64"),
  base64url: (value) => Buffer.from(value).toString("base64url"),
  hex: (value) => Buffer.from(value).toString("hex"),
};

/** Everything in these texts or bytes that gives a canary away: `TOKEN as base64 in data/journal.db`. */
export function findCanaries(places: ReadonlyMap<string, Buffer>, canaries: readonly Canary[]): readonly string[] {
  const wanted = canaries.flatMap(({ name, value }) => traces(value).map(([form, text]) => ({ name, form, text })));
  return [...places].flatMap(([place, bytes]) =>
    wanted.flatMap(({ name, form, text }) => (bytes.includes(text) ? [`${name} as ${form} in ${place}`] : [])),
  );
}

/** Texts that stand in whatever holds the value: each is a part that no other bytes have a hand in. */
function traces(value: string): readonly (readonly [string, string])[] {
  const lines = value.split("\n").filter((line) => !line.startsWith("-----"));
  return lines.flatMap((line) => {
    const bytes = Buffer.from(line);
    const inner = Buffer.from(value);
    return [
      ["plain", line] as const,
      ["json", JSON.stringify(line).slice(1, -1)] as const,
      ["json in json", JSON.stringify(JSON.stringify(line)).slice(3, -3)] as const,
      ["url", encodeURIComponent(line)] as const,
      ["form", new URLSearchParams({ a: line }).toString().slice(2)] as const,
      ["hex", bytes.toString("hex")] as const,
      ...[0, 1, 2].flatMap((shift) => {
        // Groups of three bytes from the first that begins one: whatever stands before and after.
        const whole = inner.subarray(shift, shift + Math.floor((inner.length - shift) / 3) * 3).toString("base64");
        return [["base64", whole] as const, ["base64url", whole.replaceAll("+", "-").replaceAll("/", "_")] as const];
      }),
    ];
  });
}

/** The bytes of every file below a folder, by its name in there. */
export function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const place = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, place), readFileSync(place)] as const;
    }),
  );
}

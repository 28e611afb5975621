// Expressions in `golden/`, each with what the checker says of it (`checks.txt`: its type, or what is wrong and how it is mended) or with its
// value (`values.txt`), to the letter. `UPDATE_GOLDEN=1 node src/language/expression/golden.test.ts` writes that anew; read the difference.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { compileExpression } from "./check.ts";
import type { Environment } from "./checker.ts";
import { evaluate } from "./evaluate.ts";
import { describeType, listOf, objectOf, type Type, types } from "./type.ts";

const inputs = objectOf(
  {
    name: types.text,
    limit: types.integer,
    rate: types.number,
    ok: types.boolean,
    tags: listOf(types.text),
    kind: { kind: "text", enum: ["bug", "spam"] },
    at: objectOf({ x: types.integer }),
    note: types.text,
  },
  { optional: ["note"] },
);
const typed: Environment = {
  names: new Map<string, Type>([
    ["inputs", inputs],
    ["x", types.any],
    ["l", types.list],
    ["o", types.object],
  ]),
  step: (id) => (id === "s" ? { step: 0, id, fields: { output: types.any, status: types.text } } : undefined),
  stepIds: ["s", "my-step"],
};
const values: Readonly<Record<string, Json>> = {
  n: null,
  t: true,
  i: 3,
  f: 2.5,
  s: "héllo",
  l: [3, 1, 2],
  w: ["b", "a", "b"],
  o: { a: 1, b: { c: "x" }, "k-1": null },
};
const open: Environment = {
  names: new Map(Object.keys(values).map((name) => [name, types.any])),
  step: () => undefined,
  stepIds: [],
};

test("the checker says of each expression exactly what it said", () => {
  compare("checks.txt", (text) => {
    const { type, problems } = compileExpression(text, typed);
    if (problems.length === 0) return describeType(type);
    const said = problems.map(({ code, start, end, message, hint, fix }) => {
      const mended = fix === undefined ? "" : ` [${text.slice(0, fix.start)}${fix.text}${text.slice(fix.end)}]`;
      return `${code} ${start}-${end} ${message}${hint === undefined ? "" : ` = ${hint}`}${mended}`;
    });
    return said.join("; ");
  });
});

test("each expression has exactly the value that it had, or fails in the same words", () => {
  compare("values.txt", (text) => {
    const { expression, problems } = compileExpression(text, open);
    if (expression === undefined) return `refused: ${problems[0]?.message}`;
    try {
      return JSON.stringify(evaluate(expression, { name: (name) => values[name] ?? null, step: () => null }));
    } catch (error) {
      if (error instanceof RunwrightError) return `${error.code}: ${error.message}`;
      throw error;
    }
  });
});

/** Holds what is said of each text in a file against what stands below it. */
function compare(file: string, said: (text: string) => string): void {
  const place = new URL(`golden/${file}`, import.meta.url);
  const before = readFileSync(place, "utf8");
  const texts = before.split("\n").filter((line) => line !== "" && !line.startsWith("    "));
  const now = texts.map((text) => `${text}\n    ${said(text)}\n`).join("");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(place, now);
  else assert.equal(now, before);
}

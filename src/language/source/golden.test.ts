// Texts in `golden.txt`, as JSON, each with the tree that is read from it, or with what is wrong with it and how it is mended, to the letter.
// `UPDATE_GOLDEN=1 node src/language/source/golden.test.ts` writes the second half anew; read the difference before you keep it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { createProblems } from "../problems.ts";
import { loadSource } from "./load.ts";
import { kindOf, pathAt, toJson } from "./tree.ts";

const place = new URL("golden.txt", import.meta.url);

function saidOf(text: string): string {
  const problems = createProblems(text);
  const tree = loadSource({ file: "a.yml", text }, problems);
  const said = problems
    .inOrder((offset) => pathAt(tree, offset))
    .map(({ code, range, message, hint, path, fix }) => {
      const mended =
        fix === undefined ? "" : ` [${text.slice(0, fix.range.start)}${fix.text}${text.slice(fix.range.end)}]`;
      return `${code} ${range.start}-${range.end} '${path}' ${message}${hint === undefined ? "" : ` = ${hint}`}${mended}`;
    });
  const read = tree === undefined ? [] : [`${kindOf(tree)} ${JSON.stringify(toJson(tree))}`];
  return [...said, ...read].map((line) => `    ${JSON.stringify(line).slice(1, -1)}\n`).join("");
}

test("each text is read, or refused, exactly as it was", () => {
  const before = readFileSync(place, "utf8");
  const texts = before.split("\n").filter((line) => line !== "" && !line.startsWith("    "));
  const now = texts.map((text) => `${text}\n${saidOf(JSON.parse(text) as string)}`).join("");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(place, now);
  else assert.equal(now, before);
});

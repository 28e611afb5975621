// `fmt` over every file at hand and over files put together at random: it changes no meaning, loses no comment, and is done after one go.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { codeExamples } from "../src/language/code-examples.ts";
import { mended } from "../src/language/code-example.ts";
import { compileWorkflow } from "../src/language/compile.ts";
import { formatWorkflow } from "../src/language/format/format.ts";
import { commentsOf } from "../src/language/format/meaning.ts";
import { root } from "./house/sources.ts";
import { designFiles } from "./reference/design-files.ts";

const world = {
  functions: [
    ..."audit work".split(" "),
    ...globSync("examples/**/functions/*.ts", { cwd: root }).map((file) => path.basename(file, ".ts")),
  ],
  assignments: ["create-app-plan"],
  roles: ["reviewers", "support-leads", "product-owner", "tech-lead"],
};

/** The Plan of a text, without the spelling of its expressions; undefined when it has errors. */
function planOf(text: string, file: string): unknown {
  const { plan, diagnostics } = compileWorkflow({ file, text }, world);
  return plan === undefined ? diagnostics.map(({ code }) => code).toSorted() : plan;
}

/** Formats a text and checks what must hold of every one. Gives the text, undefined where it was refused. */
function holds(text: string, file = "x.workflow.yml"): string | undefined {
  const made = formatWorkflow({ file, text });
  if (made.kind === "refused") {
    assert.ok(made.diagnostics.length > 0);
    return undefined;
  }
  const again = formatWorkflow({ file, text: made.text });
  assert.equal(again.kind === "formatted" ? again.text : "", made.text, "it is done after one go");
  assert.deepEqual(commentsOf(made.text), commentsOf(text), "no comment is lost");
  assert.deepEqual(planOf(made.text, file), planOf(text, file), "the Plan is the same");
  return made.text;
}

test("the examples stand in canonical form", () => {
  const files = globSync("examples/**/*.workflow.{yml,yaml,json}", { cwd: root });
  assert.ok(files.length > 5);
  for (const file of files) {
    const text = readFileSync(path.join(root, file), "utf8").replaceAll("\r\n", "\n");
    assert.equal(holds(text), text, file);
  }
});

test("every file of the goldens, of the codes and of the design keeps its meaning", () => {
  const folder = path.join(root, "src", "language", "golden");
  const goldens = globSync("*.txt", { cwd: folder }).map(
    (file) => readFileSync(path.join(folder, file), "utf8").split("=====\n")[0] ?? "",
  );
  const codes = Object.values(codeExamples).flatMap((example) => [example.file, mended(example)]);
  const made = [...goldens, ...codes, ...Object.values(designFiles)].map((text) => holds(text));
  assert.ok(made.filter((text) => text !== undefined).length > 50);
});

const comment = fc.constantFrom("", "", "", " # why", " #", " # a: b {c");
const above = fc.constantFrom("", "", "", "# above", "# - id: old", "\n# apart\n");
const stepField = fc.constantFrom(
  "title: A title",
  "if: inputs.n > 1",
  "condition: ${{ inputs.n > 1 }}",
  "needs: []",
  "depends_on: []",
  "for_each: '[1, 2]'",
  "retry: { delay: 2s, max: 3 }",
  "retry:\n  delay: 2s # slow\n  # often\n  max: 3",
  "timeout: 5m",
  "on_failure: continue",
  "with: { z: 1, a: ${{ inputs.n }} }".replace("${{ inputs.n }}", '"${{ inputs.n }}"'),
  "with:\n  text: |\n    # no comment\n    b: 1\n  other: >-\n    folded\n\n    text",
  "with:\n  kept: |+\n    text\n\n",
  "output: { n?: number }",
  "output:\n  n?: number\n  # deeper",
  "run_on: always",
  "mood: good",
);
const fileField = fc.constantFrom(
  "name: A name",
  "description: >\n  Long\n  text",
  "labels: { b: 1, a: 2 }",
  "inputs: { n: number }",
  "inputs:\n  # how many\n  n: { default: 1, type: number }",
  "output: { n: 1 }",
  "mode: parallel",
  "models: { b: openai/gpt-5-mini-2025-08-07, a: openai/gpt-5-mini-2025-08-07 }",
  "defaults:\n  timeout: 2m\n  retry: { max: 1 }",
  "env: &names [HOME]",
  "secrets: *names",
);

interface Piece {
  readonly text: string;
  readonly lead: string;
  readonly note: string;
}

const pieces = (field: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.record({ text: field, lead: above, note: comment }), {
    maxLength: 7,
    selector: ({ text }) => text.split(":")[0],
  });

/** Lines of a piece; a comment behind it only where it is one line. */
function linesOf({ text, lead, note }: Piece): readonly string[] {
  const own = text.includes("\n") ? text.split("\n") : [text + note];
  return [...(lead === "" ? [] : lead.split("\n")), ...own];
}

function stepText(index: number, fields: readonly Piece[], inner: readonly string[]): readonly string[] {
  const verb: Piece = { text: inner.length > 0 ? "do:" : "function: work", lead: "", note: "" };
  const all = [...fields.slice(0, 2), { text: `id: s${index}`, lead: "", note: " # id" }, ...fields.slice(2), verb];
  const [first, ...rest] = all;
  const lines = first === undefined ? [] : linesOf({ ...first, lead: "" });
  const body = [...lines, ...rest.flatMap(linesOf), ...inner.map((line) => `  ${line}`)];
  return body.map((line, at) => (line === "" ? "" : `${at === 0 ? "- " : "  "}${line}`));
}

const generated = fc
  .tuple(pieces(fileField), fc.array(pieces(stepField), { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
  .map(([fields, steps, isNested, isFirst]) => {
    const inner = isNested ? stepText(9, steps[0] ?? [], []) : [];
    const list = steps.flatMap((step, index) => [...stepText(index, step, index === 0 ? inner : []), ""]);
    const stepLines = ["steps:", ...list.map((line) => (line === "" ? "" : `  ${line}`))];
    const rest = fields.flatMap(linesOf);
    return ["# head", "", ...(isFirst ? stepLines : rest), "workflow: x", ...(isFirst ? rest : stepLines), ""].join(
      "\n",
    );
  });

test("a file put together at random keeps its meaning and its comments", () => {
  let moved = 0;
  let valid = 0;
  fc.assert(
    fc.property(generated, (text) => {
      const made = holds(text);
      if (made !== undefined && made !== text) moved += 1;
      if (!Array.isArray(planOf(text, "x.workflow.yml"))) valid += 1;
    }),
    { numRuns: 300 },
  );
  assert.ok(moved > 100, `only ${moved} files were changed`);
  assert.ok(valid > 20, `only ${valid} files have a Plan`);
});

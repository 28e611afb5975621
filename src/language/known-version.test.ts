// What is known of the output of a published version: only what is certain of every run that gives one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "./compile.ts";
import { knownVersion } from "./known-version.ts";

/** The output that a version of these steps is known to give. */
function outputOf(rest: string): unknown {
  const text = `workflow: x\ninputs: { who: string, maybe?: string }\n${rest}`;
  const { plan, diagnostics } = compileWorkflow({ file: "x.workflow.yml", text }, { functions: ["load"] });
  assert.ok(plan, diagnostics.map(({ message }) => message).join("\n"));
  const { id, version, output } = knownVersion("3", plan);
  assert.deepEqual([id, version], ["x", "3"]);
  return output;
}

const made = "steps: [{ id: made, set: { n: 1, who: '${inputs.who}' } }]\n";
const text = { type: "string" };

test("the output is known as far as it is written out, through the steps that always run", () => {
  assert.deepEqual(outputOf(`${made}output: { a: "\${made.output.who}", b: "x \${made.output.n}", c: 2, d: [1] }\n`), {
    type: "object",
    properties: { a: text, b: text, c: { type: "number" }, d: { type: "array" } },
    required: ["a", "b", "c", "d"],
    additionalProperties: false,
  });
  assert.deepEqual(outputOf(`${made}output: "\${made.output.n}"\n`), { type: "number" });
  const typed = 'steps: [{ id: made, function: load, output: { n: integer } }]\noutput: "${made.output.n}"\n';
  assert.deepEqual(outputOf(typed), { type: "integer" });
});

test("of what may be skipped, fail, be missing or repeated nothing is known, nor of what is worked out", () => {
  for (const [step, read] of [
    ["{ id: made, if: inputs.who == 'a', set: { n: 1 } }", "made.output"],
    ["{ id: made, function: load, output: { n: integer }, on_failure: continue }", "made.output"],
    ["{ id: made, for_each: '${[1, 2]}', set: { n: 1 } }", "made.output"],
    ["{ id: made, set: { n: 1 } }", "made.output.n + 1"],
    ["{ id: made, set: { n: null } }", "made.output.n"],
    ["{ id: made, set: { n: 1 } }", "made.status"],
    ["{ id: made, set: { n: 1 } }", "default(inputs.maybe, 'x')"],
  ] as const)
    assert.equal(outputOf(`steps: [${step}]\noutput: "\${${read}}"\n`), undefined, `${step} ${read}`);
  assert.equal(outputOf(made), undefined);
});

test("steps that read each other in ever more ways are looked at up to a bound", () => {
  const steps = Array.from({ length: 40 }, (_, index) => {
    const fields = ["a", "b", "c"].map(
      (name) => `${name}: "\${${index === 0 ? "inputs.who" : `s${index - 1}.output`}}"`,
    );
    return `  - { id: s${index}, set: { ${fields.join(", ")} } }\n`;
  });
  const output = outputOf(`steps:\n${steps.join("")}output: "\${s39.output}"\n`);
  assert.ok(JSON.stringify(output).length < 100_000);
});

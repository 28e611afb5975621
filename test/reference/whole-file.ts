import type { Field } from "../../src/language/fields/field.ts";
import type { FieldExample } from "./examples.ts";

const inputs = "inputs: { files: [string], strict: boolean }";
const around = [
  "  - id: plan",
  "    set: { title: Draft, good: true }",
  "  - id: check",
  "    if: inputs.strict",
  "    function: audit",
];
const group = ["do:", "  - id: inner", "    set: { good: true }"];

/** The file that an example of a field of the file stands in. */
export function fileWith({ line }: FieldExample): string {
  const own = line.slice(0, line.search(/:/));
  const rest = [
    ["workflow", ["workflow: example"]],
    ["inputs", [inputs]],
    ["steps", ["steps:", ...around]],
  ] as const;
  const replaced = { id: "workflow" }[own] ?? own;
  return [line, ...rest.flatMap(([name, lines]) => (name === replaced ? [] : lines)), ""].join("\n");
}

/** The file that steps stand in, after `plan` and `check`. */
export function fileWithSteps(lines: readonly string[]): string {
  return ["workflow: example", inputs, "steps:", ...around, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

/** The file that an example of a field of a step stands in. */
export function fileWithStepField(field: Field, { line, beside = [] }: FieldExample): string {
  const lines = [...(line.startsWith("id:") ? [] : ["id: example"]), line, ...beside, ...verbFor(field, beside)];
  return fileWithSteps(lines.map((each, index) => `${index === 0 ? "- " : "  "}${each}`));
}

function verbFor({ on }: Field, beside: readonly string[]): readonly string[] {
  if (beside.some((line) => line.startsWith("approve:"))) return [];
  return on === undefined || on.includes("function") ? ["function: audit"] : group;
}

/** The file that an example of a field of `loop` stands in: with the fields that no loop goes without. */
export function fileWithLoopField({ line }: FieldExample): string {
  const others = ["max_iters: 3", "stop_when: inner.output.good"].filter(
    (other) => other.split(":")[0] !== line.split(":")[0],
  );
  const lines = ["id: example", `loop: { ${[line, ...others].join(", ")} }`, ...group];
  return fileWithSteps(lines.map((each, index) => `${index === 0 ? "- " : "  "}${each}`));
}

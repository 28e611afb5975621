import type { Field, VerbName } from "../../src/language/fields/field.ts";
import type { FieldExample } from "./examples.ts";

const preamble = [
  "workflow: example",
  "inputs: { files: [string], strict: boolean }",
  "secrets: [DESK_KEY]",
  "models: { fast: anthropic/claude-haiku-4-5-20251001, deep: anthropic/claude-opus-4-5-20251101 }",
  "connectors: { desk: zendesk@3.2.0, mail: smtp@1.3.0 }",
  "agents: { coder: codex@0.63.0 }",
  "documents: { backlog: { schema: { epics: [{ id: string, title: string }] } }, notes: { schema: { text: string } } }",
  "entities: { epic: { from: backlog.epics, key: id } }",
  "limits: { cost_usd: 5, runtime: 2h }",
  "policy: { auto_write: true }",
];
const around = [
  "  - id: plan",
  "    set: { title: Draft, good: true }",
  "  - id: check",
  "    if: inputs.strict",
  "    function: audit",
  "  - id: collect",
  "    llm: fast",
  "    prompt: List the epics.",
  "    document: backlog",
];

/** A step of each verb in as few lines as it needs. */
const shortest: Readonly<Record<VerbName, readonly string[]>> = {
  function: ["function: audit"],
  assignment: ["assignment: create-plan"],
  set: ["set: { good: true }"],
  do: ["do:", "  - id: inner", "    set: { good: true }"],
  approve: ["approve: Publish it?", "by: [reviewers]"],
  wait: ["wait: 30s"],
  fail: ["fail: It cannot go on."],
  llm: ["llm: fast", "prompt: Summarise the files."],
  agent: ["agent: coder", "prompt: Mend the links."],
  tool: ["tool: desk.update_ticket", 'with: { id: "7", tags: [docs] }'],
  workflow: ["workflow: archive@3"],
  plan: ["plan: fast", "goal: Answer the ticket.", "allow: { tools: [desk.get_ticket], max_steps: 5 }", "by: [leads]"],
};

/** Key of a line. */
function keyOf(line: string): string {
  return line.slice(0, line.search(/:/));
}

/** The lines whose keys do not stand among the others yet; what is indented goes with the line above it. */
function besideOf(lines: readonly string[], others: readonly string[]): readonly string[] {
  const taken = new Set(others.map(keyOf));
  let isTaken = false;
  return lines.filter((line) => {
    if (!line.startsWith(" ")) isTaken = taken.has(keyOf(line));
    return !isTaken;
  });
}

/** The file that an example of a field of the file stands in. */
export function fileWith({ line }: FieldExample): string {
  const known = keyOf(line) === "id" ? [line, "workflow: replaced"] : [line];
  return [line, ...besideOf([...preamble, "steps:", ...around], known), ""].join("\n");
}

/** The file that steps stand in, after `plan`, `check` and `collect`. */
export function fileWithSteps(lines: readonly string[]): string {
  return [...preamble, "steps:", ...around, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

/** The file that an example of a field of a step stands in: on the first verb that has it, unless one stands beside it. */
export function fileWithStepField({ on }: Pick<Field, "on">, { line, beside = [] }: FieldExample): string {
  const verb = on === undefined || on.includes("function") ? "function" : (on[0] ?? "function");
  const hasVerb = beside.some((each) => keyOf(each) in shortest);
  const own = [line, ...beside];
  const rest = hasVerb ? [] : besideOf(shortest[verb], own);
  const lines = [...(line.startsWith("id:") ? [] : ["id: example"]), ...own, ...rest];
  return fileWithSteps(lines.map((each, index) => `${index === 0 ? "- " : "  "}${each}`));
}

/** The fields of a map in braces, with those without which it would mean nothing. */
export function braced({ line, beside }: FieldExample, needed: readonly string[]): string {
  return `{ ${[line, ...besideOf(beside ?? needed, [line])].join(", ")} }`;
}

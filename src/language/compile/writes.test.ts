import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import { peopleWorld } from "../people-examples.ts";

const head = `workflow: a
inputs: { ask: boolean, text: string }
models: { fast: openai/gpt-5-mini-2025-08-07 }
connectors: { helpdesk: zendesk@3.2.0 }
`;
const answer = "  - id: answer\n    llm: fast\n    prompt: Answer it\n";
const gate = "  - id: review\n    approve: File it?\n    by: [local:ada]\n    show: ${answer.output}\n";
const file = '  - id: file\n    tool: helpdesk.update_ticket\n    with: { id: "7", comment: "${answer.output}" }\n';
const indented = (text: string): string => text.replaceAll(/^/gm, "    ").trimEnd() + "\n";

/** The codes of E075 and W070, with the step that they name. */
function said(steps: string, before = head): readonly string[] {
  const { diagnostics } = compileWorkflow({ file: "a.workflow.yml", text: `${before}steps:\n${steps}` }, peopleWorld);
  return diagnostics
    .filter(({ severity, code }) => severity === "error" || code === "W070")
    .map(({ code, message }) => `${code} ${/'(\w+)'/.exec(message)?.[1] ?? ""}`);
}

test("a write of what a model made asks for a gate, and one that is marked as reviewed does not", () => {
  assert.deepEqual(said(answer + file), ["W070 file"]);
  assert.deepEqual(said(answer + file, `${head}policy: { auto_write: true }\n`), []);
  assert.deepEqual(said(answer + file, `${head}policy: { auto_write: false }\n`), ["W070 file"]);
});

test("a workspace that denies unreviewed writes makes them errors, and takes no word of the file for a person's", () => {
  const denied = (before: string): readonly string[] =>
    compileWorkflow(
      { file: "a.workflow.yml", text: `${before}steps:\n${answer}${file}` },
      { ...peopleWorld, deniesUnreviewed: true },
    ).diagnostics.map(({ severity, code, hint }) => `${severity} ${code} ${hint ?? ""}`);
  for (const before of [head, `${head}policy: { auto_write: true }\n`])
    assert.match(denied(before).join("\n"), /^error W070 add an approve step: the policy of this workspace denies it/);
  assert.deepEqual(said(answer + gate + file), [], "control: behind a gate it is no error");
});

test("a gate between the model and the write is enough; one before the model has seen nothing", () => {
  assert.deepEqual(said(answer + gate + file), []);
  const early = gate.replace("    show: ${answer.output}\n", "");
  assert.deepEqual(said(early + answer + file), ["W070 file"]);
});

test("a gate that time alone accepts, or after whose failure the run goes on, is none", () => {
  assert.deepEqual(said(`${answer}${gate}    timeout: 1d\n    on_timeout: accept\n${file}`), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}    on_failure: continue\n${file}`), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}    timeout: 1d\n    on_timeout: reject\n${file}`), []);
  const goesOn = `${head}defaults: { on_failure: continue }\n`;
  assert.deepEqual(said(answer + gate + file, goesOn), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}    on_failure: stop\n${file}`, goesOn), []);
});

test("a write behind a gate that may be skipped or rejected needs it, directly or through a step that does", () => {
  for (const soft of [`${gate}    if: inputs.ask\n`, `${gate}    on_reject: continue\n`]) {
    assert.deepEqual(said(answer + soft + file), ["E075 file"]);
    assert.deepEqual(said(`${answer}${soft}${file}    needs: [review]\n`), []);
    assert.deepEqual(said(`${answer}${soft}${file}    if: review.decision.outcome == "accepted"\n`), []);
    assert.deepEqual(said(`${answer}${soft}${file}    if: review.status == "succeeded"\n`), []);
    const between = "  - id: note\n    needs: [review]\n    set: { n: 1 }\n";
    assert.deepEqual(said(`${answer}${soft}${between}${file}    needs: [note]\n`), []);
  }
});

test("a write that is meant for the case that the gate did not hold is no slip, but still unseen", () => {
  const soft = `${gate}    if: inputs.ask\n`;
  assert.deepEqual(said(`${answer}${soft}${file}    else: review\n`), ["W070 file"]);
  assert.deepEqual(said(`${answer}${soft}${file}    if: review.status == "skipped"\n`), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}${file}    run_on: always\n`), ["W070 file"]);
});

test("another need that can succeed alone lets the write run past the gate", () => {
  const soft = `${gate}    if: inputs.ask\n`;
  assert.deepEqual(said(`${answer}${soft}${file}    needs: [review, answer]\n`), ["W070 file"]);
});

test("a gate that runs in any case is not skipped with the one it needs", () => {
  const first = gate.replace("review", "first") + "    if: inputs.ask\n";
  const second = `${gate}    needs: [first]\n`;
  assert.deepEqual(said(answer + first + second + file), ["E075 file"]);
  assert.deepEqual(said(`${answer}${first}${second}    run_on: always\n${file}`), []);
});

test("a group is as sure as what it holds: a gate in a group counts, one in a for-each or a contained group does not", () => {
  const group = (fields: string): string => `  - id: check\n${fields}    do:\n${indented(gate)}`;
  assert.deepEqual(said(answer + group("") + file), []);
  assert.deepEqual(said(answer + group("    on_failure: continue\n") + file), ["W070 file"]);
  assert.deepEqual(said(answer + group("    for_each: '[1, 2]'\n") + file), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}  - id: out\n    do:\n${indented(file)}`), []);
});

test("in a parallel list only a gate that the write waits for counts", () => {
  const parallel = `${head}mode: parallel\n`;
  assert.deepEqual(said(answer + gate + file, parallel), ["W070 file"]);
  assert.deepEqual(said(`${answer}${gate}${file}    needs: [review]\n`, parallel), []);
});

test("values are followed through set, functions' inputs, items, groups and the iteration before", () => {
  const write = (value: string): string =>
    `  - id: file\n    tool: helpdesk.update_ticket\n    with: { id: "7", comment: "\${${value}}" }\n`;
  const note = '  - id: note\n    set: { text: "${answer.output}" }\n';
  assert.deepEqual(said(answer + note + write("note.output.text")), ["W070 file"]);
  const group = `  - id: both\n    do:\n${indented(answer)}`;
  assert.deepEqual(said(group + write("both.output.answer")), ["W070 file"]);
  assert.deepEqual(said(`${answer}${write("item")}    for_each: split(answer.output, " ")\n`), ["W070 file"]);
  const loop = `  - id: lp\n    loop: { max_iters: 2, stop_when: iter.n > 1 }\n    do:\n${indented(write("json(iter.last)") + answer)}`;
  assert.deepEqual(said(loop, `${head}limits: { cost_usd: 5 }\n`), ["W070 file"]);
  const chosen = (value: string): string => `${group}    output: { n: "\${${value}}" }\n`;
  assert.deepEqual(said(chosen("answer.output") + write("both.output.n")), ["W070 file"]);
  assert.deepEqual(said(chosen("inputs.text") + write("both.output.n")), [], "only what the group gives is written");
  assert.deepEqual(said(answer + write("answer.status")), []);
  assert.deepEqual(said(answer + write("inputs.text")), []);
});

test("inputs that a webhook fills come from outside, those that a person gives do not", () => {
  const write = '  - id: file\n    tool: helpdesk.update_ticket\n    with: { id: "7", comment: "${inputs.text}" }\n';
  const hook = `${head}on: { webhook: { path: /a, auth: { token: x }, inputs: { text: hello, ask: "\${true}" } } }\n`;
  assert.deepEqual(said(write), []);
  const byVars = write.replace("inputs.text", "vars.text");
  assert.deepEqual(said(byVars), []);
  assert.ok(said(byVars, hook).includes("W070 file"));
  const early = "  - id: review\n    approve: File it?\n    by: [local:ada]\n";
  assert.ok(said(write, hook).includes("W070 file"));
  assert.ok(!said(early + write, hook).includes("W070 file"));
});

test("an accepted document has been seen; one that nobody accepts has not", () => {
  const given = `${answer}    document: reply\n`;
  const write = '  - id: file\n    tool: helpdesk.update_ticket\n    with: { id: "7", comment: "${docs.reply}" }\n';
  assert.deepEqual(said(given + write, `${head}documents: { reply: { accept: { by: [local:ada] } } }\n`), []);
  assert.deepEqual(said(given + file, `${head}documents: { reply: { accept: { by: [local:ada] } } }\n`), []);
  assert.deepEqual(said(given + write, `${head}documents: { reply: {} }\n`), ["W070 file"]);
});

test("a model that calls a writing tool itself is not covered by a gate before it", () => {
  const free = `${gate.replace("    show: ${answer.output}\n", "")}  - id: act\n    llm: fast\n    prompt: Do it\n    tools: [helpdesk.update_ticket]\n`;
  assert.deepEqual(said(free), ["W070 act"]);
  assert.deepEqual(said(free.replace("update_ticket", "get_ticket")), []);
});

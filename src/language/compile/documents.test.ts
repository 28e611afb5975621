import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import { peopleWorld } from "../people-examples.ts";
import type { StepPlan } from "../plan.ts";

const world = { ...peopleWorld, functions: ["audit"], runners: [["gpu", "linux"]] };

interface Found {
  readonly said: readonly string[];
  readonly steps: Readonly<Record<string, StepPlan>>;
}

function compiled(text: string): Found {
  const { diagnostics, plan } = compileWorkflow({ file: "a.workflow.yml", text: `workflow: a\n${text}` }, world);
  return {
    said: diagnostics.map(({ code }) => code),
    steps: Object.fromEntries((plan?.steps ?? []).map((step) => [step.id, step])),
  };
}

const backlog = `documents:
  backlog: { schema: { epics: [{ id: string, title: string }] } }
  design: { scope: epic, schema: { text: string } }
entities: { epic: { from: backlog.epics, key: id } }
`;
const write = "  - id: write\n    function: audit\n    document: backlog\n";
const body = "    do:\n      - id: draw\n        function: audit\n        document: design\n";
const each = `  - id: each\n    for_each: docs.backlog.epics\n    as: epic\n    scope: epic\n${body}`;

test("who reads a document waits for the step that gives it, and sees its type", () => {
  const { said, steps } = compiled(
    `mode: parallel\n${backlog}steps:\n  - id: read\n    set: { n: "\${size(docs.backlog.epics)}" }\n${write}`,
  );
  assert.deepEqual(said, []);
  assert.deepEqual(steps["read"]?.waitsFor, [1]);
  assert.equal(steps["write"]?.document, "backlog");
  assert.equal(steps["write"]?.output?.["type"], "object");
  assert.deepEqual(compiled(`${backlog}steps:\n${write}  - id: read\n    set: { n: "\${docs.backlog.epic}" }\n`).said, [
    "E302",
  ]);
});

test("a scope named after an entity takes the entity's key, and iterate_over is the same for-each", () => {
  const long = compiled(`${backlog}steps:\n${write}${each}`);
  const short = compiled(
    `${backlog}steps:\n${write}  - id: each\n    iterate_over: { document: backlog, collection: epics, entity: epic, scope: epic }\n${body}`,
  );
  assert.deepEqual([long.said, short.said], [[], []]);
  assert.equal(long.steps["each"]?.forEach?.key?.text, "epic.id");
  assert.equal(long.steps["each"]?.scope, "epic");
  assert.deepEqual(short.steps["each"], long.steps["each"]);
  const own = compiled(`${backlog}steps:\n${write}${each.replace("    scope", "    key: epic.title\n    scope")}`);
  assert.equal(own.steps["each"]?.forEach?.key?.text, "epic.title");
});

test("a second for-each of the same scope reads the documents of the first", () => {
  const again = each.replace("id: each", "id: again").replace(body, '    set: { text: "${docs.design.text}" }\n');
  const { said, steps } = compiled(`mode: parallel\n${backlog}steps:\n${write}${each}${again}`);
  assert.deepEqual(said, []);
  assert.deepEqual(steps["again"]?.waitsFor, [0, 1]);
  assert.deepEqual(compiled(`${backlog}steps:\n${write}${each}${again.replace("    scope: epic\n", "")}`).said, [
    "E057",
  ]);
});

test("a document that a step revises is read from the steps before, and may be null where its only step may be skipped", () => {
  const head = "inputs: { ask: boolean }\ndocuments: { plan: { schema: { text: string } } }\nsteps:\n";
  const draft = "  - id: draft\n    function: audit\n    document: plan\n";
  const revise = `  - id: revise\n    function: audit\n    with: { old: "\${docs.plan.text}" }\n    document: plan\n`;
  assert.deepEqual(compiled(head + draft + revise).said, []);
  assert.deepEqual(compiled(head + revise).said, ["E031"]);
  const read = '  - id: read\n    set: { t: "${docs.plan}" }\n';
  assert.deepEqual(compiled(`${head}${draft}    if: inputs.ask\n${read}`).said, ["W034"]);
});

test("a wait for an event gives its data as `output` says, null where the run goes on without", () => {
  const wait = (more: string): string =>
    `steps:\n  - id: w\n    wait: { event: paid, match: event.data.id == "7", timeout: 1d${more} }\n    output: { sum: number }\n  - id: n\n    set: { sum: "\${w.output.sum + 1}" }\n`;
  const { said, steps } = compiled(wait(""));
  assert.deepEqual(said, []);
  const { verb } = steps["w"] ?? {};
  assert.ok(verb?.kind === "wait_event");
  assert.deepEqual([verb.event, verb.timeoutMs, verb.onTimeout], ["paid", 86_400_000, "fail"]);
  assert.equal(steps["w"]?.output?.["type"], "object");
  assert.deepEqual(compiled(wait(", on_timeout: continue")).said, ["E303"]);
});

test("a wait until a time takes a time, or an expression that gives a text", () => {
  const until = (text: string): readonly string[] =>
    compiled(`inputs: { when: string, n: number }\nsteps:\n  - id: w\n    wait: { until: "${text}" }\n`).said;
  assert.deepEqual(until("2030-01-31T09:00:00+01:00"), []);
  assert.deepEqual(until("2030-01-31"), []);
  assert.deepEqual(until("${inputs.when}"), []);
  assert.deepEqual(until("${inputs.n}"), ["E303"]);
  assert.deepEqual(until("2030-13-31"), ["E016"]);
  assert.deepEqual(until(""), ["E015"]);
  assert.deepEqual(until("2030-01-31T09:00:00"), ["E016"]);
});

test("a gate with a form gives the shown value with the form's fields over it, and redo names its step by index", () => {
  const { said, steps } = compiled(
    `steps:\n  - id: draft\n    set: { title: News, n: 1 }\n  - id: review\n    approve: Go?\n    by: [local:ada]\n    show: \${draft.output}\n    form: { n: string }\n    remind: 4h\n    timeout: 1d\n    on_timeout: { escalate: [local:bob], timeout: 2d }\n    on_changes: { redo: draft, max: 2 }\n  - id: read\n    set: { text: "\${review.output.title + review.output.n}" }\n`,
  );
  assert.deepEqual(said, []);
  const { verb } = steps["review"] ?? {};
  assert.ok(verb?.kind === "approve");
  assert.equal(verb.remindMs, 14_400_000);
  assert.deepEqual(verb.onTimeout, { escalate: ["local:bob"], timeoutMs: 172_800_000 });
  assert.deepEqual(verb.onChanges, { redo: 0, max: 2 });
});

test("a redo has to change what the gate decides", () => {
  const steps =
    "mode: parallel\nsteps:\n  - id: draft\n    function: audit\n  - id: review\n    approve: Go?\n    by: [local:ada]\n    on_changes: { redo: draft }\n";
  assert.deepEqual(compiled(steps).said, ["E030"]);
  assert.deepEqual(compiled(`${steps}    needs: [draft]\n`).said, []);
});

test("a redo names a step beside its gate: neither the gate itself, nor its group, nor a step of another list", () => {
  const inGroup = (redo: string): readonly string[] =>
    compiled(
      `steps:\n  - id: other\n    do:\n      - id: inner\n        function: audit\n  - id: group\n    do:\n      - id: draft\n        function: audit\n      - id: review\n        approve: Go?\n        by: [local:ada]\n        on_changes: { ${redo} }\n`,
    ).said;
  assert.deepEqual(inGroup("redo: draft"), []);
  assert.deepEqual(inGroup("redo: review"), ["E031"]);
  assert.deepEqual(inGroup("redo: group"), ["E031"]);
  assert.deepEqual(inGroup("redo: inner"), ["E030"]);
  assert.deepEqual(inGroup("max: 2"), ["E015"]);
  assert.deepEqual(inGroup("rdeo: draft"), ["E010"]);
});

test("of two steps that give a document, the one before the reader is read", () => {
  const give = (id: string): string =>
    `  - id: ${id}\n    function: audit\n    if: inputs.${id}\n    document: backlog\n`;
  const read = '  - id: read\n    set: { n: "${default(docs.backlog, {})}" }\n';
  const { said, steps } = compiled(
    `inputs: { one: boolean, two: boolean }\n${backlog}steps:\n${give("one")}${read}${give("two")}`,
  );
  assert.deepEqual(said, []);
  assert.deepEqual(steps["read"]?.waitsFor, [0]);
});

test("who reads a document that several steps may give waits for all of them", () => {
  const give = (id: string): string =>
    `  - id: ${id}\n    function: audit\n    if: inputs.${id}\n    document: backlog\n`;
  const { said, steps } = compiled(
    `mode: parallel\ninputs: { one: boolean, two: boolean }\n${backlog}steps:\n${give("one")}${give("two")}  - id: read\n    set: { n: "\${default(docs.backlog, {})}" }\n`,
  );
  assert.deepEqual(said, []);
  assert.deepEqual(steps["read"]?.waitsFor, [0, 1]);
});

test("a form has fields, and a wait until a time has no match, timeout or on_timeout", () => {
  const form = (type: string): readonly string[] =>
    compiled(`steps:\n  - id: review\n    approve: Go?\n    by: [local:ada]\n    form: ${type}\n`).said;
  assert.deepEqual(form("{ comment: string }"), []);
  for (const type of ["string", "[string]", "{ enum: [a, b] }"]) assert.deepEqual(form(type), ["E015"], type);
  for (const idle of ['match: event.data.id == "7"', "timeout: 1d", "on_timeout: continue"])
    assert.deepEqual(compiled(`steps:\n  - id: w\n    wait: { until: "2030-01-31", ${idle} }\n`).said, ["E015"], idle);
});

test("the file's defaults mark what is carried out and only cache what reads", () => {
  const { said, steps } = compiled(
    'connectors: { helpdesk: zendesk@3.2.0 }\ndefaults: { cache: { ttl: 1d }, runs_on: [gpu], sensitive: true }\nsteps:\n  - id: read\n    tool: helpdesk.get_ticket\n    with: { id: "7" }\n  - id: write\n    tool: helpdesk.update_ticket\n    with: { id: "7" }\n    undo: { tool: helpdesk.update_ticket, with: "${receipt.before}" }\n  - id: note\n    set: { n: 1 }\n',
  );
  assert.deepEqual(said, []);
  assert.deepEqual(steps["read"]?.cache, { ttlMs: 86_400_000, store: "full" });
  assert.equal(steps["write"]?.cache, undefined);
  assert.equal(steps["write"]?.undo?.action, "update_ticket");
  assert.deepEqual([steps["read"]?.runsOn, steps["note"]?.runsOn], [["gpu"], undefined]);
  assert.equal(steps["note"]?.sensitive, true);
});

test("a scope has a name, and a group gives a document by its output", () => {
  const scoped = (scope: string): readonly string[] =>
    compiled(`steps:\n  - id: each\n    for_each: "\${[1]}"\n    scope: ${scope}\n    function: audit\n`).said;
  assert.deepEqual(scoped("part"), []);
  for (const wrong of ["Part", "a.b", '""', "1a"]) assert.equal(scoped(wrong).length, 1, wrong);
  const group = '  - id: g\n    document: backlog\n    output: { epics: "${[]}" }\n    do:\n      - function: audit\n';
  assert.deepEqual(compiled(`${backlog}steps:\n${group}`).said, []);
});

test("docs is the name of the documents, unless a macro calls its variable so", () => {
  const reads = (text: string): readonly string[] =>
    compiled(`${backlog}steps:\n${write}  - id: read\n    set: { n: '\${${text}}' }\n`).said;
  assert.deepEqual(reads('[{"other": 1}].map(docs, docs.other)'), []);
  assert.deepEqual(reads("[1].map(i, size(docs.backlog.epics) + i)"), []);
  assert.deepEqual(reads("[1].map(i, docs)"), ["E303"]);
  assert.deepEqual(reads("[1].map(i, docs.other)"), ["E056"]);
});

test("vars may have fields that no input has, the inputs may not", () => {
  const reads = (text: string): readonly string[] =>
    compiled(`inputs: { a: string }\nsteps:\n  - id: read\n    set: { n: '\${${text}}' }\n`).said;
  assert.deepEqual(reads("vars.a + vars.other"), []);
  assert.deepEqual(reads("vars.a + 1"), ["E303"]);
  assert.deepEqual(reads("inputs.other"), ["E302"]);
});

test("a misspelt on_timeout, or a misspelt timeout of those who are asked next, is one slip", () => {
  const gate = (fields: string): readonly string[] =>
    compiled(`steps:\n  - id: g\n    approve: Go?\n    by: [local:ada]\n    timeout: 1d\n    ${fields}\n`).said;
  assert.deepEqual(gate("on_timeot: reject"), ["E010"]);
  assert.deepEqual(gate("on_timeout: { escalate: [local:bob], timeot: 2d }"), ["E010"]);
  assert.deepEqual(gate("on_timeout: { escalate: [local:bob] }"), ["E065"]);
});

// Files that are made to hurt: each is answered within a second, all of them within a heap of 64 MiB.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { builtInConnectors } from "../connectors/built-in.ts";
import { compileWorkflow } from "./compile.ts";
import { peopleWorld } from "./people-examples.ts";

const world = {
  functions: ["f"],
  assignments: [],
  roles: [],
  connectors: builtInConnectors,
  runners: peopleWorld.runners,
};
// A quiet machine answers each within a second; a busy one spends more processor time on the same work. What this catches is growth.
const msMax = 3000;
const kib = 1024;

const repeat = (part: string, bytes: number): string => part.repeat(Math.floor(bytes / part.length));
const count = (length: number, make: (index: number) => string): string =>
  Array.from({ length }, (_, index) => make(index)).join("\n");
const steps = (length: number, make: (index: number) => string, head = ""): string =>
  `workflow: x\n${head}steps:\n${count(length, (index) => `  - ${make(index)}`)}\n`;
const names = (length: number, make: (index: number) => string): string =>
  Array.from({ length }, (_, index) => make(index)).join(",");
const desk = "connectors: {a: zendesk@3.2.0, h: zendesk@3.2.0}\n";
const needed = (index: number): string => Array.from({ length: index }, (_, other) => `s${other}`).join(",");

/** By name: the file, and the code it must be refused with; undefined when it is a good file that is only large. */
const files: Readonly<Record<string, readonly [text: string, code: string | undefined]>> = {
  "a billion laughs": [
    `a: &a0 [x,x,x,x]\n${count(30, (n) => `b${n}: &a${n + 1} [*a${n}]`)}\nc: [${repeat("*a3,", 400)}]`,
    "E001",
  ],
  "aliases that double": [
    count(16, (n) => (n === 0 ? "a0: &a0 {x: 1}" : `a${n}: &a${n} {l: *a${n - 1}, r: *a${n - 1}}`)),
    "E001",
  ],
  "an alias of a long text": [`a: &a "${"x".repeat(200_000)}"\n${count(32, (n) => `b${n}: *a`)}`, "E001"],
  "an alias of itself": ["a: &a {b: [*a]}", "E001"],
  "86 KiB of keys": [count(8500, (n) => `key${n}: 1`), "E010"],
  "59 KiB of the same key": [repeat("key: a\n", 59 * kib), "E001"],
  "more than 256 KiB": ["x".repeat(256 * kib + 1), "E001"],
  "256 KiB of open lists": ["[".repeat(256 * kib), "E001"],
  "256 KiB of open maps": ["{".repeat(256 * kib), "E001"],
  "256 KiB of items in items": ["- ".repeat(128 * kib), "E001"],
  "nested items below the count of parts": ["- ".repeat(29_000), "E001"],
  "nested keys below the count of parts": ["? ".repeat(29_000), "E001"],
  "blocks in blocks": [count(700, (n) => `${" ".repeat(n)}a:`), "E001"],
  "256 KiB of commas": [`[${"a,".repeat(128 * kib - 2)}]`, "E001"],
  "256 KiB of colons": [": ".repeat(128 * kib), "E001"],
  "256 KiB of anchors": [repeat("&a ", 256 * kib), "E001"],
  "anchors below the count of parts": [repeat("&a ", 80 * kib), "E001"],
  "unknown aliases": [repeat("*a ", 80 * kib), "E001"],
  "256 KiB of tags": [repeat("!t ", 256 * kib), "E001"],
  "256 KiB of directives": [repeat("%a\n", 256 * kib), "E001"],
  "256 KiB of documents": [repeat("---\n", 256 * kib), "E001"],
  "256 KiB of quotes": [repeat('"', 55 * kib), "E001"],
  "256 KiB of line ends": ["\n".repeat(256 * kib), "E001"],
  "a long plain text": [`workflow: ${"x".repeat(250_000)}`, "E012"],
  "a long text of lines": [`workflow: x\nname: |\n${repeat("  a\n", 240 * kib)}`, "E015"],
  "a long text of escapes": [`workflow: "${"\\n".repeat(120_000)}"`, "E015"],
  "a lone surrogate": ["workflow: x\ud800", "E001"],
  "an escaped lone surrogate": ['workflow: "\\udc00"', "E001"],
  "a control character": ["workflow: \u0000", "E001"],
  "unquoted holes": [`a: [${repeat("${x},", 100 * kib)}]`, "E001"],
  "2,000 steps": [steps(2000, (n) => `{id: s${n}, function: f}`), undefined],
  "2,001 steps": [steps(2001, (n) => `{id: s${n}, function: f}`), "E001"],
  "2,000 steps that run always": [steps(2000, (n) => `{id: s${n}, function: f, run_on: always}`), undefined],
  "2,000 unknown needs": [steps(2000, (n) => `{id: s${n}, function: f, needs: [t${n}]}`), "E030"],
  "2,000 unknown names": [steps(2000, (n) => `{id: s${n}, set: {a: "\${t${n}.output}"}}`), "E301"],
  "1,200 tools that are given what does not fit": [
    steps(1200, (n) => `{id: s${n}, tool: a.update_ticket, with: {id: ${n}, tags: [1, 2], priority: x, b: 1}}`, desk),
    "E054",
  ],
  "2,000 unknown tools": [steps(2000, (n) => `{id: s${n}, tool: a.update_tickets${n}}`, desk), "E050"],
  "1,500 unknown models": [
    steps(
      1500,
      (n) => `{id: s${n}, llm: n${n}, prompt: p}`,
      `models: {${names(4000, (n) => `m${n}: a/b-20250101`)}}\n`,
    ),
    "E046",
  ],
  "a list of 20,000 tools": [
    steps(
      1,
      () => `{id: s, llm: m, prompt: p, tools: [${names(20_000, () => "a.*")}]}`,
      `${desk}models: {m: a/b-20250101}\n`,
    ),
    undefined,
  ],
  "a list of 20,000 models": [
    steps(
      1,
      () => `{id: s, llm: [${names(20_000, (n) => `m${n}`)}], pick: first, prompt: p}`,
      "models: {m: a/b-20250101}\n",
    ),
    "E015",
  ],
  "2,000 steps that run the workflow itself": [steps(2000, (n) => `{id: s${n}, workflow: x@draft}`), "E068"],
  "a value of 5,000 fields that many tools are given": [
    steps(
      1000,
      (n) => `{id: s${n}, tool: a.update_ticket, with: "\${inputs.a}"}`,
      `${desk}inputs: {a: {${names(5000, (n) => `f${n}: string`)}}}\n`,
    ),
    "E053",
  ],
  "2,000 unknown functions": [steps(2000, (n) => `{id: s${n}, function: g${n}}`), "E048"],
  "2,000 steps in a circle": [steps(2000, (n) => `{id: s${n}, function: f, needs: [s${(n + 1) % 2000}]}`), "E033"],
  "2,000 steps of one id": [steps(2000, () => "{id: s, function: f}"), "E024"],
  "2,000 conditions that are false": [steps(2000, (n) => `{id: s${n}, function: f, if: false}`), "E035"],
  "a chain of 1,500 reads forward": [
    steps(1500, (n) => `{id: s${n}, set: {a: "\${s${n + 1}.output.a}"}}`, "mode: parallel\n"),
    "E301",
  ],
  "a chain of 1,500 reads back": [
    steps(1500, (n) => (n === 0 ? "{id: s0, set: {a: 1}}" : `{id: s${n}, set: {a: "\${s${n - 1}.output.a}"}}`)),
    undefined,
  ],
  "every step needs all before it": [
    steps(200, (n) => `{id: s${n}, if: run.id == "", needs: [${needed(n)}], set: {a: "\${s0.output}"}}`),
    "E031",
  ],
  "5,000 inputs and 1,000 misspelt reads": [
    `workflow: x\ninputs:\n${count(5000, (n) => `  k${n}: string`)}\nsteps:\n${count(1000, (n) => `  - {id: a${n}, function: f, with: {x: "\${inputs.zz${n}}"}}`)}`,
    "E302",
  ],
  "a plan of 2,000 subtasks": [
    `{subtasks: [${Array.from({ length: 2000 }, (_, n) => `{id: s${n}, kind: function, target: f, depends_on: [s0x]}`).join(",\n")}]}`,
    "E030",
  ],
  "a plan of 2,000 kinds": [
    `{subtasks: [${Array.from({ length: 2000 }, (_, n) => `{id: s${n}, kind: k${n}}`).join(",\n")}]}`,
    "E015",
  ],
  "20,000 stages": [`stages: [${"s,".repeat(20_000)}]`, "E015"],
  "a path that never ends": [`{stages: [s], loop: {max_iters: 2, stop_when: "$${".a".repeat(60_000)} =="}}`, "E300"],
  "an enum of 15,000 values": [
    `workflow: x\ninputs: {a: {enum: [${Array.from({ length: 15_000 }, (_, n) => `v${n}`).join(",")}]}}\nsteps: [{function: f}]`,
    "E018",
  ],
  "types that refer to each other": [
    'workflow: x\ninputs: {b: {$ref: "#/properties/c"}, c: {$ref: "#/properties/b"}}\nsteps: [{function: f, with: {y: "${inputs.b.c}"}}]',
    undefined,
  ],
  "a type that refers to itself ten times": [
    `workflow: x\ninputs: {type: object, properties: {b: {$ref: "#/$defs/a"}}, $defs: {a: {type: object, properties: {${Array.from({ length: 10 }, (_, n) => `p${n}: {$ref: "#/$defs/a"}`).join(", ")}}}}}\nsteps: [{function: f, with: {y: "\${inputs.b.p0.p1}"}}]`,
    undefined,
  ],
  "a pattern that repeats repetitions": [
    'workflow: x\ninputs: {a: {type: string, pattern: "((a{1,1000}){1,1000}){1,1000}"}}\nsteps: [{function: f}]',
    "E306",
  ],
  "an expression of 200,000 characters": [
    `workflow: x\nsteps: [{id: a, set: {x: "\${${"1+".repeat(100_000)}1}"}}]`,
    "E399",
  ],
  "5,000 models that are not pinned": [
    `workflow: x\nmodels:\n${count(5000, (n) => `  m${n}: a/b${n}`)}\nsteps: [{function: f}]`,
    "E041",
  ],
  "a document of 2,500 fields and 2,000 misspelt entities": [
    `workflow: x\ndocuments:\n  d:\n    schema:\n${count(2500, (n) => `      f${n}: [string]`)}\nentities:\n${count(2000, (n) => `  e${n}: {from: d.g${n}, key: a}`)}\nsteps: [{function: f}]`,
    "E302",
  ],
  "3,000 schedules that never come": [
    `workflow: x\non:\n  schedule:\n${count(3000, (n) => `    - {cron: "0 0 31 2 *", timezone: Europe/Ber${n}}`)}\nsteps: [{function: f}]`,
    "E067",
  ],
  "100 triggers that fill none of 5,000 inputs": [
    `workflow: x\ninputs:\n${count(5000, (n) => `  k${n}: string`)}\non:\n  schedule:\n${count(100, () => "    - {every: 1h}")}\nsteps: [{function: f}]`,
    "E079",
  ],
  "1,500 undeclared secrets beside 8,000 declared ones": [
    `workflow: x\nsecrets: [${Array.from({ length: 8000 }, (_, n) => `S${n}`).join(",")}]\nconnectors:\n  c:\n    use: z@1\n    with:\n${count(1500, (n) => `      a${n}: "\${secrets.T${n}}"`)}\nsteps: [{function: f}]`,
    "E080",
  ],
  "a cron line of 240,000 characters": [
    `workflow: x\non: {schedule: {cron: "${"1,".repeat(120_000)}1 * * * *"}}\nsteps: [{function: f}]`,
    "E067",
  ],
  "60,000 holes": [`workflow: x\nsteps: [{id: a, fail: "${"${1}".repeat(60_000)}"}]`, undefined],
  "16,000 holes with a mistake": [
    `workflow: x\nsteps:\n  - id: a\n    fail: |\n${"      ${inputs.a} ${inputs.b}\n".repeat(8000)}`,
    "E302",
  ],
  "1,500 steps that write what the one before gave": [
    steps(
      1500,
      (n) => `{id: s${n}, tool: h.update_ticket, with: {id: "7", comment: "\${json(s${Math.max(1, n) - 1}.output)}"}}`,
      desk,
    ),
    "E031",
  ],
  "a circle of 1,500 writes": [
    steps(
      1500,
      (n) => `{id: s${n}, tool: h.update_ticket, with: {id: "7", comment: "\${json(s${(n + 1) % 1500}.output)}"}}`,
      `${desk}mode: parallel\n`,
    ),
    "E033",
  ],
  "600 gates, each before a write": [
    steps(
      1200,
      (n) =>
        n % 2 === 0
          ? `{id: s${n}, approve: go, by: ["local:a"], on_changes: {redo: s${Math.max(1, n - 1)}}, show: "\${run}"}`
          : `{id: s${n}, tool: h.reply, with: {id: "7", comment: "\${json(s${n - 1}.output)}"}}`,
      desk,
    ),
    "E073",
  ],
  "2,000 reads of a document that ten steps give": [
    steps(
      2000,
      (n) => (n < 10 ? `{id: s${n}, set: {a: 1}, document: d}` : `{id: s${n}, set: {a: "\${docs.d}"}}`),
      "documents: {d: {}}\n",
    ),
    undefined,
  ],
  "120,000 holes that never close": [`workflow: x\nsteps: [{id: a, fail: "${"${".repeat(120_000)}"}]`, "E300"],
};

for (const [name, [text, code]] of Object.entries(files)) {
  test(`${name}: ${code === undefined ? "read" : `refused with ${code}`} within a second`, () => {
    const before = cpuMs();
    const { diagnostics, plan } = compileWorkflow({ file: "x.workflow.yml", text }, world);
    const took = cpuMs() - before;
    assert.ok(took < msMax, `it took ${Math.round(took)} ms`);
    assert.equal(plan !== undefined, code === undefined);
    assert.ok(
      code === undefined || diagnostics.some((one) => one.code === code),
      diagnostics.map((one) => one.code).join(" "),
    );
    assert.ok(diagnostics.length <= 200);
  });
}

test(
  "all of them are answered within a heap of 64 MiB",
  { skip: process.env["RUNWRIGHT_HOSTILE_CHILD"] === "1" },
  () => {
    const flags = ["--max-old-space-size=64", "--max-semi-space-size=4"];
    const child = spawnSync(process.execPath, [...flags, import.meta.filename], {
      env: { ...process.env, RUNWRIGHT_HOSTILE_CHILD: "1", NODE_TEST_CONTEXT: "" },
      encoding: "utf8",
    });
    assert.equal(child.signal, null, child.stderr.slice(0, 500));
    assert.doesNotMatch(child.stderr, /heap out of memory/);
  },
);

/** Time on the processor, so that what else the machine does is not measured. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

import { type CodeExample, example } from "./code-example.ts";
import type { Code } from "./codes.ts";
import { declareExamples, declareWorld } from "./declare-examples.ts";
import { expressionExamples } from "./expression-examples.ts";
import { verbExamples, verbWorld } from "./verb-examples.ts";
import { peopleExamples, peopleWorld } from "./people-examples.ts";
import type { World } from "./world.ts";

/** What an example may name: the folders and the configuration that it is checked with. */
export const exampleWorld: Partial<World> = {
  functions: ["audit"],
  assignments: [],
  roles: ["reviewers"],
  ...declareWorld,
  ...peopleWorld,
  ...verbWorld,
};

const audit = "    function: audit\n";

const fileExamples = {
  E001: example(`steps:\n  - id: check\n   function: audit\n`, "   function", "    function"),
  E003: example(
    `inputs: { name: string }\nsteps:\n  - id: greet\n    set: { text: \${inputs.name} }\n`,
    "${inputs.name}",
    '"${inputs.name}"',
  ),
  E010: example(`steps:\n  - id: check\n${audit}    wiht: { strict: true }\n`, "wiht", "with"),
  E011: example(`steps:\n  - approve: Publish it?\n    by: [reviewers]\n`, "- approve", "- id: publish\n    approve"),
  E012: example(`steps:\n  - id: Check Links\n${audit}`, "Check Links", "check-links"),
  E015: example(`mode: paralel\nsteps:\n  - function: audit\n`, "paralel", "parallel"),
  E016: example(`steps:\n  - id: pause\n    wait: 2 days\n`, "2 days", "2d"),
  E017: example(
    `steps:\n  - id: plan\n    set: { title: Draft }\n  - id: check\n${audit}    with:\n      title: #plan.title\n`,
    "#plan.title",
    '"#plan.title"',
  ),
  E018: example(`inputs:\n  name: text\nsteps:\n  - function: audit\n`, "text", "string"),
  E020: example(`steps:\n  - id: publish\n    aprove: Publish it?\n    by: [reviewers]\n`, "aprove", "approve"),
  E021: example(`steps:\n  - id: check\n${audit}    set: { done: true }\n`, "    set:", "  - id: note\n    set:"),
  E022: example(`steps:\n  - id: inputs\n${audit}`, "inputs", "read-inputs"),
  E024: example(`steps:\n  - id: check\n${audit}  - id: check # again\n${audit}`, "check # again", "check-again"),
  E030: example(
    `steps:\n  - id: check\n${audit}  - id: note\n    needs: [chekc]\n    set: { done: true }\n`,
    "chekc",
    "check",
  ),
  E031: example(
    `steps:\n  - id: plan\n    set: { n: 1 }\n  - id: check\n    needs: [check]\n${audit}`,
    "[check]",
    "[plan]",
  ),
  E032: example(
    `inputs: { strict: boolean }\nsteps:\n  - id: check\n    function: audit\n  - id: skip\n    else: check\n    set: { done: false }\n`,
    "    function: audit\n",
    "    if: inputs.strict\n    function: audit\n",
  ),
  E033: example(
    `mode: parallel\nsteps:\n  - id: plan\n    needs: [check]\n${audit}  - id: check\n    needs: [plan]\n${audit}`,
    "    needs: [check]\n",
    "",
  ),
  W034: example(
    `inputs: { strict: boolean }\nsteps:\n  - id: check\n    if: inputs.strict\n    set: { found: 3 }\n  - id: note\n    set: { found: "\${check.output}" }\n`,
    "${check.output}",
    "${default(check.output, {})}",
  ),
  E035: example(`steps:\n  - id: check\n    if: 1 > 2\n${audit}`, "    if: 1 > 2\n", ""),
  E036: example(
    `steps:\n  - id: note\n    set: { n: "\${count.output.n}" }\n  - id: count\n    set: { n: 1 }\n`,
    `  - id: note\n    set: { n: "\${count.output.n}" }\n  - id: count\n    set: { n: 1 }\n`,
    `  - id: count\n    set: { n: 1 }\n  - id: note\n    set: { n: "\${count.output.n}" }\n`,
  ),
  E037: example(
    `inputs: { files: [string] }\nsteps:\n  - id: each\n    for_each: inputs.files\n    do:\n      - id: read\n        set: { name: "\${item}" }\n  - id: note\n    set: { names: "\${read.output}" }\n`,
    "${read.output}",
    "${each.output}",
  ),
  E048: example(`steps:\n  - function: audti\n`, "audti", "audit"),
  E051: example(
    `steps:\n  - id: publish\n    approve: Publish it?\n`,
    "Publish it?\n",
    "Publish it?\n    by: [reviewers]\n",
  ),
  E052: example(
    `steps:\n  - id: publish\n    approve: Publish it?\n    by: [reviewer]\n`,
    "[reviewer]",
    "[reviewers, local:ada]",
  ),
  E060: example(
    `steps:\n  - id: polish\n    loop: { stop_when: check.output.good }\n    do:\n      - id: check\n        set: { good: true }\n`,
    "{ stop_when",
    "{ max_iters: 5, stop_when",
  ),
  E061: example(
    `steps:\n  - id: polish\n    loop: { max_iters: 5, stop_when: check.output.good, fallback_next_stage: chekc }\n    do:\n      - id: check\n        set: { good: true }\n`,
    "chekc",
    "check",
  ),
  W060: example(
    `steps:\n  - id: polish\n    loop: { max_iters: 5 }\n    do:\n      - id: check\n        set: { good: true }\n`,
    "max_iters: 5",
    "max_iters: 5, stop_when: check.output.good",
  ),
  E065: example(
    `steps:\n  - id: publish\n    approve: Publish it?\n    by: [reviewers]\n    timeout: 2d\n`,
    "timeout: 2d\n",
    "timeout: 2d\n    on_timeout: reject\n",
  ),
  E076: example(
    `steps:\n  - id: draft\n    set: { title: News, text: Hello }\n  - id: publish\n    approve: Publish it?\n    by: [reviewers]\n    show: \${draft.output}\n    editable: [title, title]\n`,
    "[title, title]",
    "[title, text]",
  ),
  E077: example(
    `inputs: { rows: [[number]] }\nsteps:\n  - id: table\n    for_each: inputs.rows\n    as: row\n    do:\n      - id: cells\n        for_each: row\n        as: row # again\n        set: { n: 1 }\n`,
    "row # again",
    "cell",
  ),
  E090: example(`steps:\n  - id: check\n    cache: { ttl: 1d }\n${audit}`, "    cache: { ttl: 1d }\n", ""),
} satisfies Partial<Record<Code, CodeExample>>;

/** An example for every code: `validate --explain` shows it, and a test checks that it gives its code and that mended it gives nothing. */
export const codeExamples: Readonly<Record<Code, CodeExample>> = {
  ...fileExamples,
  ...declareExamples,
  ...verbExamples,
  ...peopleExamples,
  ...expressionExamples,
};

import { type CodeExample, example } from "./code-example.ts";
import type { Code } from "./codes.ts";
import { desk, mail } from "./example-connectors.ts";
import type { World } from "./world.ts";

/** The connectors and runners that the examples may name. */
export const peopleWorld: Pick<World, "connectors" | "runners"> = {
  connectors: [desk, mail],
  runners: [["linux", "x64"]],
};

type PeopleCode = Extract<
  Code,
  "E050" | "E056" | "E057" | "E058" | "E063" | "W064" | "W070" | "E073" | "W073" | "E074" | "E075"
>;

const helpdesk = "connectors: { helpdesk: zendesk@3.2.0 }\n";
const smtp = "connectors: { mail: smtp@1.3.0 }\n";
const fast = "models: { fast: openai/gpt-5-mini-2025-08-07 }\n";
const plan = "documents: { plan: { schema: { text: string } } }\n";
const update = '    tool: helpdesk.update_ticket\n    with: { id: "7" }\n';
const send = "    tool: mail.send\n    with: { to: ada@example.com, subject: Hello }\n    accept_blind: true\n";
const gate = "  - id: review\n    approve: File it?\n    by: [reviewers]\n";

/** The examples of the codes of documents, gates, and what is written. */
export const peopleExamples: Readonly<Record<PeopleCode, CodeExample>> = {
  E050: example(
    `${helpdesk}steps:\n  - id: file\n${update}    undo: { tool: helpdesk.update_tickt, with: "\${receipt.before}" }\n`,
    "update_tickt",
    "update_ticket",
  ),
  E056: example(`${plan}steps:\n  - id: write\n    function: audit\n    document: plna\n`, "plna", "plan"),
  E057: example(
    `inputs: { files: [string] }\ndocuments: { note: { scope: file } }\nsteps:\n  - id: each\n    for_each: inputs.files\n    do:\n      - id: read\n        function: audit\n        document: note\n`,
    "    do:\n",
    "    scope: file\n    do:\n",
  ),
  E058: example(
    `${plan}steps:\n  - id: write\n    function: audit\n    document: plan\n    output: { title: string }\n`,
    "    output: { title: string }\n",
    "",
  ),
  E063: example(`${helpdesk}steps:\n  - id: file\n${update}    cache: { ttl: 1d }\n`, "    cache: { ttl: 1d }\n", ""),
  W064: example(
    `${smtp}steps:\n  - id: tell\n${send}    undo: { tool: mail.send }\n`,
    "    undo: { tool: mail.send }\n",
    "",
  ),
  W070: example(
    `${fast}${helpdesk}steps:\n  - id: answer\n    llm: fast\n    prompt: Answer the customer\n  - id: file\n    tool: helpdesk.update_ticket\n    with: { id: "7", comment: "\${answer.output}" }\n`,
    "  - id: file\n",
    `${gate}    show: \${answer.output}\n  - id: file\n`,
  ),
  E073: example(
    `${helpdesk}steps:\n  - id: file\n${update}${gate}    on_changes: { redo: file }\n`,
    `    with: { id: "7" }\n`,
    `    with: { id: "7" }\n    undo: { tool: helpdesk.update_ticket, with: { id: "7" } }\n`,
  ),
  W073: example(`steps:\n  - id: check\n    function: audit\n    runs_on: [linux, gpu]\n`, "gpu", "x64"),
  E074: example(`${smtp}steps:\n  - id: tell\n${send}    on_failure: retry\n`, "    on_failure: retry\n", ""),
  E075: example(
    `inputs: { ask: boolean }\n${helpdesk}steps:\n${gate}    if: inputs.ask\n  - id: file\n${update}`,
    "  - id: file\n",
    "  - id: file\n    needs: [review]\n",
  ),
};

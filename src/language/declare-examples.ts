import { type CodeExample, example } from "./code-example.ts";
import type { Code } from "./codes.ts";
import type { World } from "./world.ts";

/** What the examples of declarations may name. */
export const declareWorld: Pick<World, "connectors" | "agents"> = {
  connectors: [{ name: "zendesk", version: "3.2.0", title: "Tickets", actions: {} }],
  agents: ["codex"],
};

type DeclareCode = Extract<
  Code,
  "E040" | "E041" | "E042" | "E043" | "E045" | "E056" | "E066" | "E067" | "E068" | "E070" | "E072" | "E079" | "E080"
>;

const steps = "steps:\n  - function: audit\n";
const backlog = "documents:\n  backlog: { schema: { epics: [{ id: string }] } }\n";
const hook = "on:\n  webhook:\n    path: /mail\n";

/** The examples of the codes of what a file declares beside its steps. */
export const declareExamples: Readonly<Record<DeclareCode, CodeExample>> = {
  E040: example(
    `models: { fast: gpt-5-mini-2025-08-07 }\n${steps}`,
    "gpt-5-mini-2025-08-07",
    "openai/gpt-5-mini-2025-08-07",
  ),
  E041: example(`models: { fast: openai/gpt-5-mini }\n${steps}`, "gpt-5-mini", "gpt-5-mini-2025-08-07"),
  E042: example(`connectors: { helpdesk: zendesc@3.2.0 }\n${steps}`, "zendesc", "zendesk"),
  E043: example(`connectors: { helpdesk: zendesk }\n${steps}`, "zendesk", "zendesk@3.2.0"),
  E045: example(`agents: { coder: codex }\n${steps}`, "codex", "codex@0.63.0"),
  E056: example(`${backlog}entities: { epic: { from: backlg.epics, key: id } }\n${steps}`, "backlg.", "backlog."),
  E066: example(
    `secrets: [MAIL_KEY]\n${hook}${steps}`,
    "/mail\n",
    '/mail\n    auth: { hmac: "${secrets.MAIL_KEY}" }\n',
  ),
  E067: example(`on:\n  schedule: { cron: "61 7 * * 1-5" }\n${steps}`, "61 7", "1 7"),
  E068: example(`on:\n  workflow: { id: example }\n${steps}`, "{ id: example }", "{ id: daily-import }"),
  E070: example(
    `secrets: [MAIL_KEY]\n${hook}    auth: { token: 6f1c9b2e }\n${steps}`,
    "6f1c9b2e",
    '"${secrets.MAIL_KEY}"',
  ),
  E072: example(
    `models: { fast: openai/gpt-5-mini-2025-08-07 }\nsteps:\n  - id: polish\n    loop: { max_iters: 5, stop_when: draft.output.good }\n    do:\n      - id: draft\n        llm: fast\n        prompt: Write it better\n        output: { good: boolean }\n`,
    "steps:",
    "limits: { cost_usd: 5 }\nsteps:",
  ),
  E079: example(
    `inputs: { subject: string }\non:\n  schedule: { every: 1h }\n${steps}`,
    "every: 1h",
    "every: 1h, inputs: { subject: Each hour }",
  ),
  E080: example(
    `secrets: [MAIL_KEY]\n${hook}    auth: { token: "\${secrets.MAIL_KY}" }\n${steps}`,
    "MAIL_KY}",
    "MAIL_KEY}",
  ),
};

import { type CodeExample, example } from "./code-example.ts";
import type { Code } from "./codes.ts";
import { desk, mail } from "./example-connectors.ts";
import type { World } from "./world.ts";

const text = { type: "string" } as const;

/** The connectors, tools and workflows that the examples may name. */
export const verbWorld: Pick<World, "connectors" | "tools" | "workflows" | "agents"> = {
  connectors: [desk, mail],
  agents: ["codex"],
  tools: ["zendesk.*", "smtp.send"],
  workflows: [
    {
      id: "triage",
      version: "1",
      inputs: { type: "object", properties: { subject: text }, required: ["subject"] },
      runs: [],
      hasDepth: false,
    },
  ],
};

type VerbCode = Extract<
  Code,
  "E025" | "E046" | "E047" | "E050" | "E053" | "E054" | "E055" | "E062" | "E068" | "E071" | "E078" | "E081"
>;

const models = "models: { fast: openai/gpt-5-mini-2025-08-07, strong: anthropic/claude-opus-4-5-20251101 }\n";
const agents = "agents: { coder: codex@0.63.0 }\n";
const connectors = "connectors: { helpdesk: zendesk@3.2.0, mail: smtp@1.3.0 }\n";
const step = `${connectors}steps:\n  - id: file\n    tool: `;

/** The examples of the codes of what calls models, agents, tools and other workflows. */
export const verbExamples: Readonly<Record<VerbCode, CodeExample>> = {
  E025: example(
    `${models}steps:\n  - id: sum-up\n    llm: fast\n    temperature: 0\n`,
    "    temperature: 0\n",
    "    temperature: 0\n    prompt: Sum up the day\n",
  ),
  E046: example(`${models}steps:\n  - id: sum-up\n    llm: fats\n    prompt: Sum up the day\n`, "fats", "fast"),
  E047: example(`${agents}steps:\n  - id: mend\n    agent: codr\n    prompt: Mend the tests\n`, "codr", "coder"),
  E050: example(
    `${step}helpdesk.update_tickets\n    with: { id: "7", priority: high }\n`,
    "update_tickets",
    "update_ticket",
  ),
  E053: example(`${step}helpdesk.update_ticket\n    with: { id: "7", prioritty: high }\n`, "prioritty", "priority"),
  E054: example(`${step}helpdesk.update_ticket\n    with: { id: "7", priority: hihg }\n`, "hihg", "high"),
  E055: example(
    `${step}helpdesk.update_ticket\n    with: { priority: high }\n`,
    "{ priority: high }",
    '{ id: "7", priority: high }',
  ),
  E062: example(
    `${models}limits: { cost_usd: 5 }\nsteps:\n  - id: work\n    plan: strong\n    goal: Plan my day\n    review: never\n`,
    "    review: never\n",
    "    review: never\n    allow: { models: [fast], max_steps: 5 }\n",
  ),
  E068: example(`steps:\n  - id: sort\n    workflow: triage@1\n    with: { subjct: Help }\n`, "subjct", "subject"),
  E071: example(`${step}mail.verify\n`, "mail.verify\n", 'helpdesk.get_ticket\n    with: { id: "7" }\n'),
  E078: example(
    `${models}steps:\n  - id: sum-up\n    llm: [fast, strong]\n    prompt: Sum up the day\n`,
    "prompt: Sum up the day\n",
    "prompt: Sum up the day\n    pick: first\n",
  ),
  E081: example(
    `${step}mail.send\n    with: { to: ada@example.com, subject: Hello }\n`,
    "subject: Hello }\n",
    "subject: Hello }\n    accept_blind: true\n",
  ),
};

import { exampleWorld } from "../../src/language/code-examples.ts";
import type { World } from "../../src/language/world.ts";

const example: Partial<World> = exampleWorld;

/** What is there for the files: everything that a file made from the tables or an example of a code may name. */
export const world: World = {
  functions: [...new Set(["work", "other", "audit", "find", ...(example.functions ?? [])])],
  assignments: [...new Set(["create-app-plan", ...(example.assignments ?? [])])],
  roles: [...new Set(["boss", "team", "tech-lead", "product-owner", "support-leads", ...(example.roles ?? [])])],
  connectors: [
    ...(example.connectors ?? []),
    {
      name: "fuzzdesk",
      version: "1.0.0",
      title: "Help desk",
      settings: { type: "object", properties: { password: { type: "string" } } },
      actions: {
        find_ticket: { title: "Find", effect: "read", input: { type: "object" }, output: { type: "object" } },
        update_ticket: {
          title: "Update",
          effect: "keyed",
          input: { type: "object" },
          receipt: { type: "object" },
          undo: "update_ticket",
        },
        send: { title: "Send", effect: "blind", input: { type: "object" } },
      },
    },
  ],
  agents: [...new Set(["codex", "claude-code", ...(example.agents ?? [])])],
  workflows: [
    ...(example.workflows ?? []),
    {
      id: "child",
      version: "draft",
      inputs: { type: "object", properties: {}, required: [] },
      runs: [],
      hasDepth: true,
    },
  ],
  pins: { models: { pinned: "anthropic/claude-haiku-4-5-20251001" }, connectors: {}, agents: {} },
  runners: [["linux"], ...(example.runners ?? [])],
};

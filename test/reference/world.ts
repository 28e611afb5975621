import type { ActionDescriptor, ConnectorDescriptor } from "../../src/language/connector.ts";
import type { World } from "../../src/language/world.ts";

const text = { type: "string" } as const;
const ticket = { type: "object", properties: { id: text, tags: { type: "array", items: text } } } as const;

function action(rest: Partial<ActionDescriptor> & Pick<ActionDescriptor, "effect" | "title">): ActionDescriptor {
  return { input: { type: "object", properties: {} }, ...rest };
}

const desk: ConnectorDescriptor = {
  name: "zendesk",
  version: "3.2.0",
  title: "Zendesk",
  settings: { type: "object", properties: { password: text } },
  actions: {
    get_ticket: action({
      title: "Read a ticket",
      effect: "read",
      input: { ...ticket, required: ["id"] },
      output: ticket,
    }),
    update_ticket: action({
      title: "Change a ticket",
      effect: "readback",
      input: { ...ticket, required: ["id"] },
      output: ticket,
      receipt: { type: "object", properties: { remote_id: text, before: { ...ticket, required: ["id"] } } },
    }),
  },
};

const mail: ConnectorDescriptor = {
  name: "smtp",
  version: "1.3.0",
  title: "Mail",
  actions: {
    send: action({
      title: "Send a mail",
      effect: "blind",
      input: { type: "object", properties: { to: text, subject: text }, required: ["to"] },
    }),
  },
};

/** What the examples of the reference may name. */
export const world: Partial<World> = {
  functions: ["audit"],
  assignments: ["create-plan"],
  roles: ["reviewers", "leads"],
  connectors: [desk, mail],
  agents: ["codex", "claude-code"],
  workflows: [
    {
      id: "archive",
      version: "3",
      inputs: { type: "object", properties: {}, required: [] },
      runs: [],
      hasDepth: true,
    },
  ],
  runners: [["linux"]],
};

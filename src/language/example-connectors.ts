import type { ConnectorDescriptor } from "./connector.ts";

const text = { type: "string" } as const;

/** Tickets: what the examples of the codes call `zendesk@3.2.0`. */
export const desk: ConnectorDescriptor = {
  name: "zendesk",
  version: "3.2.0",
  title: "Tickets",
  actions: {
    get_ticket: {
      title: "Reads a ticket",
      effect: "read",
      input: { type: "object", properties: { id: text }, required: ["id"] },
    },
    update_ticket: {
      title: "Changes a ticket",
      effect: "conditional",
      input: {
        type: "object",
        properties: { id: text, priority: { enum: ["low", "normal", "high"] }, comment: text },
        required: ["id"],
      },
      receipt: { type: "object", properties: { remote_id: text, before: { type: "object" } } },
    },
  },
};

/** Mail: `smtp@1.3.0`. */
export const mail: ConnectorDescriptor = {
  name: "smtp",
  version: "1.3.0",
  title: "Mail",
  actions: {
    send: {
      title: "Sends a mail",
      effect: "blind",
      input: { type: "object", properties: { to: text, subject: text }, required: ["to", "subject"] },
    },
    verify: { title: "Tries the connection", effect: "read", input: { type: "object", properties: {} } },
  },
};

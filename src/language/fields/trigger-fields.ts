import type { Field } from "./field.ts";

const later = { supported: false } as const;

const inputsField: Field = {
  name: "inputs",
  kind: "templates",
  ...later,
  doc: "The run's inputs, from `trigger`.",
};

/** Fields of a webhook. */
export const webhookFields: readonly Field[] = [
  { name: "path", kind: "text", ...later, doc: "Where it is called, for example /support-mail; required." },
  {
    name: "auth",
    kind: "map",
    fields: [
      { name: "hmac", kind: "template", ...later, doc: "Secret that bodies are signed with." },
      {
        name: "scheme",
        kind: "choice",
        choices: ["standard", "github"],
        default: "standard",
        ...later,
        doc: "How the signature is sent: Standard Webhooks, or as GitHub does.",
      },
      { name: "token", kind: "template", ...later, doc: "Secret that is sent as a bearer token." },
    ],
    ...later,
    doc: "How the caller proves who it is: hmac or token; required.",
  },
  { name: "dedupe", kind: "expression", ...later, doc: "Two deliveries of the same value start one run." },
  inputsField,
  {
    name: "respond",
    kind: "choice",
    choices: ["accepted", "output"],
    default: "accepted",
    ...later,
    doc: "accepted: answers at once with the run's id; output: waits for the run's output.",
  },
];

const scheduleFields: readonly Field[] = [
  { name: "cron", kind: "text", ...later, doc: 'Five fields, for example "0 7 * * 1-5".' },
  { name: "every", kind: "duration", ...later, doc: "Instead of cron: the time from start to start." },
  { name: "timezone", kind: "text", default: "UTC", ...later, doc: "Zone that cron is meant in: Europe/Berlin." },
  {
    name: "overlap",
    kind: "choice",
    choices: ["skip", "queue", "allow"],
    default: "skip",
    ...later,
    doc: "What happens when the run before has not ended.",
  },
  {
    name: "catchup",
    kind: "choice",
    choices: ["skip", "one", "all"],
    default: "one",
    ...later,
    doc: "What happens with times that passed while nothing ran.",
  },
  inputsField,
];

const eventFields: readonly Field[] = [
  { name: "type", kind: "name", ...later, doc: "Type of the event; required." },
  { name: "match", kind: "expression", default: "true", ...later, doc: "Which events count; sees `trigger`." },
  inputsField,
];

const workflowFields: readonly Field[] = [
  { name: "id", kind: "workflow id", ...later, doc: "The other workflow; required." },
  {
    name: "status",
    kind: "choice",
    choices: ["completed", "failed", "cancelled"],
    listable: true,
    default: "completed",
    ...later,
    doc: "How its run ended.",
  },
  inputsField,
];

/** Fields of `on`: each kind of trigger, one or a list. */
export const triggerFields: readonly Field[] = [
  {
    name: "manual",
    kind: "true/false",
    or: { kind: "map", fields: [] },
    default: "true",
    ...later,
    doc: "false: people cannot start it by hand.",
  },
  { name: "webhook", kind: "map", fields: webhookFields, listable: true, ...later, doc: "A call from outside." },
  { name: "schedule", kind: "map", fields: scheduleFields, listable: true, ...later, doc: "Points in time." },
  { name: "event", kind: "map", fields: eventFields, listable: true, ...later, doc: "Something was reported." },
  { name: "workflow", kind: "map", fields: workflowFields, listable: true, ...later, doc: "Another run ended." },
];

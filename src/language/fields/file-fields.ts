import type { Field } from "./field.ts";
import { cacheField, gateFields, onFailureField, retryFields, runsOnField, sensitiveField } from "./shared.ts";
import { triggerFields } from "./trigger-fields.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;

/** Fields of `defaults`. */
export const defaultsFields: readonly Field[] = [
  { name: "retry", kind: "map", fields: retryFields, ...now, doc: "Retry of every step that leaves the process." },
  { name: "timeout", kind: "duration", ...now, doc: "Per attempt; never for gates and waits." },
  onFailureField,
  runsOnField,
  cacheField,
  sensitiveField,
];

/** Fields of `limits`. */
const limitsFields: readonly Field[] = [
  {
    name: "runtime",
    kind: "duration",
    default: "24h",
    ...now,
    doc: "Time in which steps run or back off; waiting for people, timers or capacity does not count.",
  },
  { name: "deadline", kind: "duration", default: "none", ...now, doc: "Time from the start of the run to its end." },
  { name: "steps", kind: "whole number", between: [1, 1_000_000], ...now, doc: "Step instances in all." },
  { name: "depth", kind: "whole number", between: [1, 20], default: "5", ...now, doc: "Workflows within workflows." },
  { name: "tokens", kind: "whole number", between: [1, 1e12], ...now, doc: "Tokens of all model calls together." },
  { name: "cost_usd", kind: "number", between: [0, 1e6], ...now, doc: "Money for all model calls together." },
  { name: "parallel", kind: "whole number", between: [1, 10_000], ...now, doc: "Calls at once in one run." },
  {
    name: "on_budget",
    kind: "choice",
    choices: ["pause", "fail"],
    default: "pause",
    ...now,
    doc: "What happens when tokens or money are used up.",
  },
];

/** Fields of `concurrency`. */
const concurrencyFields: readonly Field[] = [
  { name: "key", kind: "expression", default: "the workflow", ...later, doc: "Runs with the same key count together." },
  { name: "max", kind: "whole number", between: [1, 10_000], ...later, doc: "How many of them run at once; required." },
  {
    name: "when_full",
    kind: "choice",
    choices: ["queue", "reject", "cancel_oldest"],
    default: "queue",
    ...later,
    doc: "What happens to one more.",
  },
];

/** Fields of `policy`. */
const policyFields: readonly Field[] = [
  {
    name: "auto_write",
    kind: "true/false",
    default: "false",
    ...later,
    doc: "Writes of what models or others made need no gate.",
  },
];

/** Fields of a connector that is given settings. */
export const connectorFields: readonly Field[] = [
  { name: "use", kind: "name", ...now, doc: "The pin: zendesk@3.2.0; required." },
  { name: "with", kind: "templates", ...now, doc: "Its settings; secrets may stand here." },
];

/** Fields of an agent that is given a model. */
export const agentFields: readonly Field[] = [
  { name: "use", kind: "name", ...later, doc: "The pin: claude-code@2.1.14; required." },
  { name: "model", kind: "name", ...later, doc: "The model that it works with, pinned." },
];

/** Fields of a document. */
export const documentFields: readonly Field[] = [
  { name: "schema", kind: "type", default: "any", ...later, doc: "Type of the document." },
  { name: "scope", kind: "name", default: "the run", ...later, doc: "There is one per item of this scope." },
  { name: "accept", kind: "map", fields: gateFields, ...later, doc: "The gate it has to pass." },
];

/** Fields of an entity. */
export const entityFields: readonly Field[] = [
  { name: "from", kind: "text", ...later, doc: "The list it comes from: <document>.<field>; required." },
  { name: "key", kind: "name", ...later, doc: "The field that names each; required." },
];

const declarations: readonly Field[] = [
  {
    name: "on",
    aliases: ["triggers"],
    kind: "map",
    fields: triggerFields,
    ...later,
    doc: "What starts runs: webhooks, schedules, events, other workflows.",
  },
  {
    name: "models",
    kind: "map",
    entries: { name: "model", kind: "name", ...now, doc: "The pin: <provider>/<model>." },
    ...now,
    doc: "Models by alias.",
  },
  {
    name: "connectors",
    kind: "map",
    entries: {
      name: "connector",
      kind: "name",
      or: { kind: "map", fields: connectorFields },
      ...now,
      doc: "The pin: <connector>@<version>.",
    },
    ...now,
    doc: "Connectors by alias.",
  },
  {
    name: "agents",
    kind: "map",
    entries: {
      name: "agent",
      kind: "name",
      or: { kind: "map", fields: agentFields },
      ...later,
      doc: "The pin: <agent>@<version>.",
    },
    ...later,
    doc: "Coding agents by alias.",
  },
  {
    name: "documents",
    kind: "map",
    entries: { name: "document", kind: "map", fields: documentFields, ...later, doc: "One type of document." },
    ...later,
    doc: "Documents that steps produce, with their acceptance.",
  },
  {
    name: "entities",
    kind: "map",
    entries: { name: "entity", kind: "map", fields: entityFields, ...later, doc: "One kind of thing." },
    ...later,
    doc: "Things in documents that scopes are named after.",
  },
  { name: "secrets", kind: "names", ...now, doc: "Names of the secrets it uses." },
  {
    name: "retain",
    kind: "choice",
    choices: ["full", "metadata"],
    default: "full",
    ...later,
    doc: "metadata: contents are destroyed when the run has ended.",
  },
  { name: "limits", kind: "map", fields: limitsFields, ...now, doc: "Bounds on time, steps, tokens and money." },
  { name: "concurrency", kind: "map", fields: concurrencyFields, ...later, doc: "How many runs go at once." },
  { name: "policy", kind: "map", fields: policyFields, ...later, doc: "What may be written without a gate." },
];

/** Fields of the file itself. */
export const fileFields: readonly Field[] = [
  {
    name: "workflow",
    aliases: ["id"],
    kind: "workflow id",
    ...now,
    doc: "Id of the workflow; the file is named after it.",
  },
  { name: "name", kind: "text", ...now, doc: "Name for people." },
  { name: "description", kind: "text", ...now, doc: "What the workflow is for." },
  { name: "labels", kind: "labels", ...now, doc: "Texts by name, to find workflows by." },
  { name: "inputs", kind: "types", ...now, doc: "What a run is given: names and their types." },
  { name: "output", kind: "template", ...now, doc: "What a run gives back." },
  { name: "env", kind: "names", ...now, doc: "Environment variables that expressions may read." },
  ...declarations,
  {
    name: "defaults",
    kind: "map",
    fields: defaultsFields,
    ...now,
    doc: "What holds for every step that does not say otherwise.",
  },
  {
    name: "mode",
    kind: "choice",
    choices: ["sequential", "parallel"],
    default: "sequential",
    ...now,
    doc: "sequential: one step after the other; parallel: each as soon as its needs allow.",
  },
  { name: "steps", kind: "steps", ...now, doc: "What is done, in order." },
];

import type { Field } from "./field.ts";
import { cacheField, onFailureField, retryFields, runsOnField, sensitiveField } from "./shared.ts";

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
  {
    name: "on",
    aliases: ["triggers"],
    kind: "map",
    ...later,
    doc: "What starts runs: webhooks, schedules, events, other workflows.",
  },
  { name: "models", kind: "map", ...later, doc: "Models by alias." },
  { name: "connectors", kind: "map", ...later, doc: "Connectors by alias." },
  { name: "agents", kind: "map", ...later, doc: "Coding agents by alias." },
  { name: "documents", kind: "map", ...later, doc: "Documents that steps produce, with their acceptance." },
  { name: "entities", kind: "map", ...later, doc: "Things in documents that scopes are named after." },
  { name: "secrets", kind: "names", ...later, doc: "Names of the secrets it uses." },
  { name: "retain", kind: "choice", choices: ["full", "metadata"], ...later, doc: "What is kept after a run." },
  { name: "limits", kind: "map", ...later, doc: "Bounds on time, steps, tokens and money." },
  { name: "concurrency", kind: "map", ...later, doc: "How many runs go at once." },
  { name: "policy", kind: "map", ...later, doc: "What may be written without a gate." },
];

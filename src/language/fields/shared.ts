import type { Field } from "./field.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;

/** Fields of `retry`. */
export const retryFields: readonly Field[] = [
  {
    name: "max",
    kind: "whole number",
    between: [0, 999],
    default: "2; 0 where nobody could tell whether it was done: blind actions, and agents in a shared workspace",
    ...now,
    doc: "How often a failed attempt is repeated.",
  },
  {
    name: "backoff",
    kind: "choice",
    choices: ["exponential", "linear", "fixed"],
    default: "exponential",
    ...now,
    doc: "How the delay grows from attempt to attempt.",
  },
  { name: "delay", kind: "duration", default: "1s", ...now, doc: "The first delay." },
  {
    name: "factor",
    kind: "number",
    between: [1, 100],
    default: "2",
    ...now,
    doc: "What an exponential delay is multiplied by each time.",
  },
  { name: "max_delay", kind: "duration", default: "60s", ...now, doc: "No delay is longer." },
  {
    name: "jitter",
    kind: "true/false",
    default: "true",
    ...now,
    doc: "Draws each delay from the whole range below its length.",
  },
  { name: "total", kind: "duration", default: "24h", ...now, doc: "Bound on all attempts of a step together." },
  { name: "on", kind: "names", ...now, doc: "Error codes that are retried; all that can be, when not written." },
  { name: "except", kind: "names", ...now, doc: "Error codes that are not retried." },
];

/** Fields of `loop`. */
export const loopFields: readonly Field[] = [
  {
    name: "max_iters",
    kind: "whole number",
    between: [1, 10_000],
    ...now,
    doc: "How many iterations there are at most; required.",
  },
  { name: "stop_when", kind: "expression", ...now, doc: "The loop ends after an iteration in which this is true." },
  {
    name: "next_stage",
    kind: "expression",
    default: "recommended_next_stage of the last step's output",
    ...now,
    doc: "Id of the step at which the next iteration starts.",
  },
  {
    name: "fallback_next_stage",
    kind: "step id",
    default: "the first step",
    ...now,
    doc: "Where the next iteration starts when next_stage names no step of the loop.",
  },
  {
    name: "on_exhausted",
    kind: "choice",
    choices: ["fail", "continue"],
    default: "fail",
    ...now,
    doc: "What happens when max_iters is reached and stop_when is not true.",
  },
];

/** What happens when a step fails. */
export const onFailureField: Field = {
  name: "on_failure",
  kind: "choice",
  choices: ["stop", "continue", "retry"],
  default: "stop",
  ...now,
  doc: "stop: the group fails; continue: it goes on without this step's output; retry: three more attempts (or `retries`), then stop.",
};

/** Where a step is carried out. */
export const runsOnField: Field = {
  name: "runs_on",
  kind: "names",
  ...later,
  doc: "Labels of the runner that carries it out.",
};

/** Fields of `cache`. */
const cacheFields: readonly Field[] = [
  { name: "ttl", kind: "duration", ...later, doc: "How long a result is used again; required." },
  {
    name: "key",
    kind: "expression",
    default: "the step, its pins and its inputs",
    ...later,
    doc: "What makes two calls the same.",
  },
  {
    name: "store",
    kind: "choice",
    choices: ["full", "metadata"],
    default: "full",
    ...later,
    doc: "metadata: keeps that there was a result, not the result.",
  },
];

/** Reuse of earlier results. */
export const cacheField: Field = {
  name: "cache",
  kind: "map",
  fields: cacheFields,
  ...later,
  doc: "Reuses an earlier result of the same step with the same inputs; never a failure, never a write.",
};

/** Values that are not shown. */
export const sensitiveField: Field = {
  name: "sensitive",
  kind: "true/false",
  default: "false",
  ...later,
  doc: "Keeps the value out of journal and views.",
};

/** Bound on attempts, groups and waiting people. */
export const byField: Field = { name: "by", kind: "names", ...now, doc: "Roles or users who can accept." };

/** What a deadline for people leads to. */
const onTimeoutField: Field = {
  name: "on_timeout",
  kind: "choice",
  choices: ["reject", "accept", "fail"],
  or: {
    kind: "map",
    fields: [
      { name: "escalate", kind: "names", ...now, doc: "Roles or users who are asked next; required." },
      { name: "timeout", kind: "duration", ...now, doc: "How long those have; the gate fails after it. Required." },
    ],
  },
  ...now,
  doc: "What happens when nobody decided in time.",
};

/** Fields of `on_changes`. */
const onChangesFields: readonly Field[] = [
  { name: "redo", kind: "step id", ...now, doc: "The step that is done again, with all that depends on it." },
  {
    name: "max",
    kind: "whole number",
    between: [1, 100],
    default: "3",
    ...now,
    doc: "How often; then the gate is rejected.",
  },
];

/** How a gate is decided: fields of `approve` and of a document's `accept`. */
export const gateFields: readonly Field[] = [
  byField,
  {
    name: "quorum",
    kind: "quorum",
    default: "any",
    ...now,
    doc: "How many must accept: any, all (each of `by`) or a number.",
  },
  { name: "timeout", kind: "duration", default: "none", ...now, doc: "How long people have." },
  onTimeoutField,
  {
    name: "on_reject",
    kind: "choice",
    choices: ["stop", "fail", "continue"],
    default: "stop",
    ...now,
    doc: "What a rejection means for the run.",
  },
  {
    name: "on_changes",
    kind: "map",
    fields: onChangesFields,
    ...now,
    doc: "Lets the decider ask for changes.",
  },
];

/** Fields of `ask`. */
export const askFields: readonly Field[] = [
  { name: "by", kind: "names", ...later, doc: "Roles or users who may answer; required." },
  { name: "max", kind: "whole number", between: [1, 20], default: "1", ...later, doc: "How many questions." },
  { name: "timeout", kind: "duration", default: "none", ...later, doc: "How long people have for an answer." },
  {
    name: "on_timeout",
    kind: "choice",
    choices: ["fail", "continue"],
    ...later,
    doc: "continue: the model goes on without an answer.",
  },
];

/** Fields of `undo`. */
export const undoFields: readonly Field[] = [
  { name: "tool", kind: "name", ...now, doc: "The action that undoes it: <connector>.<action>; required." },
  { name: "with", kind: "templates", ...now, doc: "What it is called with; sees `receipt`." },
];

/** Fields of `allow`. */
export const allowFields: readonly Field[] = [
  { name: "tools", kind: "names", ...later, doc: "Actions as <connector>.<action>, or <connector>.* for all of one." },
  { name: "functions", kind: "names", ...later, doc: "Functions." },
  { name: "agents", kind: "names", ...later, doc: "Agents by alias." },
  { name: "models", kind: "names", ...later, doc: "Models by alias." },
  { name: "max_steps", kind: "whole number", between: [1, 200], default: "20", ...later, doc: "Steps in all." },
];

/** Fields of `wait` as a map: `until`, or `event` with what belongs to it. */
export const waitFields: readonly Field[] = [
  { name: "until", kind: "text", ...now, doc: "A time: 2030-01-31T09:00:00Z, or an expression that gives one." },
  { name: "event", kind: "name", ...now, doc: "Type of the event that is waited for." },
  { name: "match", kind: "expression", default: "true", ...now, doc: "Which events count; sees `event`." },
  { name: "timeout", kind: "duration", default: "none", ...now, doc: "How long is waited for the event." },
  {
    name: "on_timeout",
    kind: "choice",
    choices: ["fail", "continue"],
    default: "fail",
    ...now,
    doc: "What happens when no event came in time.",
  },
];

/** Fields of `iterate_over`. */
export const iterateFields: readonly Field[] = [
  { name: "document", kind: "name", ...later, doc: "The document." },
  { name: "collection", kind: "name", ...later, doc: "The list in it." },
  { name: "entity", kind: "name", ...later, doc: "What each item is called." },
  { name: "scope", kind: "name", default: "the entity", ...later, doc: "The scope that each item opens." },
];

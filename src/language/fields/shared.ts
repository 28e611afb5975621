import type { Field } from "./field.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;

/** Fields of `retry`. */
export const retryFields: readonly Field[] = [
  {
    name: "max",
    kind: "whole number",
    between: [0, 999],
    default: "2",
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
  { name: "on", kind: "names", ...later, doc: "Error codes that are retried." },
  { name: "except", kind: "names", ...later, doc: "Error codes that are not retried." },
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
/** Reuse of earlier results. */
export const cacheField: Field = {
  name: "cache",
  kind: "map",
  ...later,
  doc: "Reuses an earlier result of the same step with the same inputs.",
};
/** Values that are not shown. */
export const sensitiveField: Field = {
  name: "sensitive",
  kind: "true/false",
  ...later,
  doc: "Keeps the value out of journal and views.",
};

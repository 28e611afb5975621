import type { Field, VerbName } from "./field.ts";
import { allowFields, askFields, undoFields } from "./shared.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;
const llm: readonly VerbName[] = ["llm"];
const agent: readonly VerbName[] = ["agent"];
const plan: readonly VerbName[] = ["plan"];
const both: readonly VerbName[] = ["llm", "agent"];

/** Fields about what a step writes. */
export const writeFields: readonly Field[] = [
  {
    name: "idempotency_key",
    kind: "text",
    on: ["tool"],
    default: "made from the run and the step",
    ...now,
    doc: "Key under which the remote side recognises the call: the same words mean the same write, in every run that says them.",
  },
  { name: "undo", kind: "map", fields: undoFields, on: ["tool"], ...now, doc: "How the write is undone." },
  {
    name: "accept_blind",
    kind: "true/false",
    default: "false",
    on: ["tool", "llm", "agent", "plan"],
    ...now,
    doc: "Accepts that nobody can tell whether an interrupted write was done.",
  },
  {
    name: "detach",
    kind: "true/false",
    default: "false",
    on: ["workflow"],
    ...now,
    doc: "Does not wait for the child run.",
  },
];

/** Fields of a model call, and those that it shares with agents. */
export const llmFields: readonly Field[] = [
  { name: "prompt", kind: "text", on: both, ...now, doc: "What the model is told." },
  { name: "system", kind: "text", on: llm, ...now, doc: "The model's standing orders." },
  { name: "messages", kind: "template", on: llm, ...now, doc: "The conversation so far: a list of {role, content}." },
  { name: "tools", kind: "names", on: both, ...now, doc: "Actions that the model may call: <connector>.<action>." },
  { name: "temperature", kind: "number", between: [0, 2], on: llm, ...now, doc: "How much the model varies." },
  {
    name: "max_tokens",
    kind: "whole number",
    between: [1, 10_000_000],
    on: llm,
    ...now,
    doc: "Bound on the answer.",
  },
  { name: "ask", kind: "map", fields: askFields, on: both, ...later, doc: "Lets the model ask people first." },
  {
    name: "pick",
    kind: "choice",
    choices: ["first", "all", "majority"],
    or: {
      kind: "map",
      fields: [{ name: "best", kind: "name", ...later, doc: "Alias of the model that judges; required." }],
    },
    on: both,
    ...later,
    doc: "How the result of several models or agents is chosen.",
  },
];

/** Fields of a coding agent. */
export const agentFields: readonly Field[] = [
  { name: "role", kind: "name", on: agent, ...later, doc: "Role of the agent." },
  { name: "profile", kind: "name", on: agent, ...later, doc: "Profile of the agent." },
  { name: "skills", kind: "names", on: agent, ...later, doc: "Skills of the agent." },
  {
    name: "workspace",
    kind: "choice",
    choices: ["shared", "worktree", "temp"],
    default: "shared; worktree with `pick`",
    on: agent,
    ...later,
    doc: "Where the agent works.",
  },
  {
    name: "max_turns",
    kind: "whole number",
    between: [1, 1000],
    on: agent,
    ...later,
    doc: "Bound on the agent's turns.",
  },
];

/** Fields of a planned sub-graph. */
export const planFields: readonly Field[] = [
  { name: "goal", kind: "text", on: plan, ...later, doc: "What the plan is for." },
  { name: "allow", kind: "map", fields: allowFields, on: plan, ...later, doc: "What a plan may use; required." },
  {
    name: "strategy",
    kind: "choice",
    choices: ["graph", "reactive"],
    default: "graph",
    on: plan,
    ...later,
    doc: "All steps at once, or turn by turn.",
  },
  {
    name: "review",
    kind: "choice",
    choices: ["always", "when_writes", "never"],
    default: "when_writes",
    on: plan,
    ...later,
    doc: "When people see the plan first.",
  },
];

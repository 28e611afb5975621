import type { Verb } from "./field.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;

/** The verbs; a step has exactly one. */
export const verbs: readonly Verb[] = [
  { name: "function", kind: "name", ...now, doc: "Calls a module of the functions folder." },
  { name: "assignment", kind: "name", ...now, doc: "Calls a module of the assignments folder." },
  { name: "set", kind: "templates", ...now, doc: "Computes values from other values." },
  { name: "do", kind: "steps", ...now, doc: "Groups steps: a stage, a branch, the body of a loop or of a for-each." },
  { name: "approve", kind: "text", ...now, doc: "Asks people, and waits for their decision." },
  { name: "wait", kind: "duration", ...now, doc: "Waits for some time." },
  { name: "fail", kind: "text", ...now, doc: "Ends the step as failed, with this text." },
  { name: "llm", kind: "name", ...later, doc: "Calls a model once." },
  { name: "agent", aliases: ["provider"], kind: "name", ...later, doc: "Lets a coding agent work." },
  { name: "tool", kind: "name", ...later, doc: "Calls an action of a connector." },
  { name: "workflow", kind: "name", ...later, doc: "Runs another workflow." },
  { name: "plan", kind: "name", ...later, doc: "Lets a model plan steps, checks the plan, and runs it." },
];

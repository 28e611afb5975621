import type { Verb, VerbName } from "./field.ts";
import { waitFields } from "./shared.ts";

const later = { supported: false } as const;
const now = { supported: true } as const;

/** The verbs; a step has exactly one. */
export const verbs: readonly Verb[] = [
  { name: "function", kind: "name", ...now, doc: "Calls a module of the functions folder." },
  { name: "assignment", kind: "name", ...now, doc: "Calls a module of the assignments folder." },
  { name: "set", kind: "templates", ...now, doc: "Computes values from other values." },
  { name: "do", kind: "steps", ...now, doc: "Groups steps: a stage, a branch, the body of a loop or of a for-each." },
  { name: "approve", kind: "text", ...now, doc: "Asks people, and waits for their decision." },
  {
    name: "wait",
    kind: "duration",
    or: { kind: "map", fields: waitFields },
    ...now,
    doc: "Waits for some time, until a time, or for an event.",
  },
  { name: "fail", kind: "text", ...now, doc: "Ends the step as failed, with this text." },
  { name: "llm", kind: "name", listable: true, ...now, doc: "Calls a model, by alias; a list of them with `pick`." },
  {
    name: "agent",
    aliases: ["provider"],
    kind: "name",
    listable: true,
    ...later,
    doc: "Lets a coding agent work, by alias.",
  },
  { name: "tool", kind: "name", ...now, doc: "Calls an action of a connector: <connector>.<action>." },
  { name: "workflow", kind: "name", ...now, doc: "Runs another workflow: <id>@<version>." },
  { name: "plan", kind: "name", ...later, doc: "Lets a model, by alias, plan steps, checks the plan, and runs it." },
];

/** The verbs that call something outside the run: they have attempts, a timeout, and a result whose type a file may say. */
export const calledVerbs = ["function", "assignment", "llm", "agent", "tool", "plan", "workflow"] as const;

/** A verb that calls something. */
export type CalledVerb = (typeof calledVerbs)[number];

/** Whether a step calls something: the one place that knows which verbs do. */
export function isCalled(verb: VerbName | undefined): verb is CalledVerb {
  return calledVerbs.some((called) => called === verb);
}

/** Verbs whose failed attempts are repeated. A sub-workflow repeats its own steps, and a plan its own tries. */
export const triedVerbs: readonly VerbName[] = ["function", "assignment", "llm", "agent", "tool"];

/** Whether failed attempts of a step are repeated. */
export function isTried(verb: VerbName | undefined): boolean {
  return triedVerbs.some((tried) => tried === verb);
}

/** Whether a step calls a module of the project, which lends it its name. */
export function callsModule(verb: VerbName | undefined): verb is "function" | "assignment" {
  return verb === "function" || verb === "assignment";
}

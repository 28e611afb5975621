import {
  type GateState,
  gateTransitions,
  type RunPhase,
  runTransitions,
  type StepStatus,
  stepTransitions,
  type Transition,
} from "../../src/machine/states.ts";
import { table } from "./table.ts";

/** What each state of a run says. */
const runStates: Readonly<Record<RunPhase, string>> = {
  created: "it exists, and nothing of it has begun",
  running: "something runs, may begin, or comes by itself: a timer, an event, another run",
  awaiting_approval: "a gate is open, and without people nothing goes on",
  paused: "somebody paused it: nothing begins and no timer fires; what runs goes on to its end",
  completed: "all its steps have ended; the outcome is ok, or rejected when a gate with `on_reject: stop` was",
  failed: "a failure stopped it, a limit was reached, or its output could not be made",
  cancelled: "somebody cancelled it, and all that ran has ended",
};

/** What each state of a step says. */
const stepStates: Readonly<Record<StepStatus, string>> = {
  pending: "it waits for other steps",
  ready: "what it waits for has ended: it begins, or is skipped, as soon as there is room",
  running: "an attempt is under way; a group or for-each: something in it has not ended",
  waiting: "for people, a time, an event, another run or the next attempt",
  succeeded: "it has its output",
  failed: "no attempt is left, or something in it failed",
  cancelled: "it had begun when its list, its group or the run was stopped, or changes were asked for",
  skipped: "it never began, or is a gate that was rejected and lets the run go on",
};

/** What each state of a gate says. */
const gateStates: Readonly<Record<GateState, string>> = {
  open: "it asks; a word that is not enough yet, or others who are asked, leave it open",
  accepted: "enough have accepted, or nobody decided in time and `on_timeout` is accept",
  rejected: "somebody has rejected it",
  expired: "nobody decided in time",
  withdrawn: "the run or its list was stopped, or changes were asked for: then another gate opens",
};

/** The text of docs/states.md. */
export function statesReference(): string {
  return `# States

Where a run, a step and a gate can stand, and which events of the journal lead from one state to another. What is not listed does not
happen: the machine refuses it. This page is made of \`src/machine/states.ts\` (\`UPDATE_DOCS=1 node test/states.test.ts\`); a test compares
the tables with what tens of thousands of random runs do.

${section("Runs", runStates, runTransitions)}

A run that is cancelled while it waits for people is running until its gates are withdrawn. Only these states are stored; what a run waits
for, and since when it is being cancelled, stand beside them.

${section("Steps", stepStates, stepTransitions)}

Every instance has a state of its own: each iteration of a loop and each item of a for-each. A step begins a further attempt by the way
from running to waiting, ready and running again. One that is done again, because changes were asked for, is a new instance.

${section("Gates", gateStates, gateTransitions)}
`;
}

function section<State extends string>(
  title: string,
  states: Readonly<Record<State, string>>,
  transitions: readonly Transition<State>[],
): string {
  const meanings = Object.entries<string>(states).map(([state, what]) => [`\`${state}\``, what]);
  const rows = transitions.map(({ from, to, by }) => [
    from === undefined ? "—" : `\`${from}\``,
    `\`${to}\``,
    by.map((kind) => `\`${kind}\``).join(", "),
  ]);
  return [
    `## ${title}`,
    diagram(Object.keys(states), transitions),
    table(["State", "It says"], meanings),
    table(["From", "To", "By"], rows),
  ].join("\n\n");
}

/** A Mermaid diagram: the ways alone, since the events stand in the table. */
function diagram(states: readonly string[], transitions: readonly Transition<string>[]): string {
  const ways = transitions.filter(({ from, to }) => from !== to).map(({ from = "[*]", to }) => `    ${from} --> ${to}`);
  const ends = states.filter((state) => !transitions.some(({ from }) => from === state));
  const lines = ["stateDiagram-v2", ...ways, ...ends.map((state) => `    ${state} --> [*]`)];
  return `\`\`\`mermaid\n${lines.join("\n")}\n\`\`\``;
}

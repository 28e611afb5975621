import type { ApprovePlan, RetryPlan, Schema, VerbPlan } from "../../../src/language/plan.ts";
import type { Seeded } from "../../simulation/chance.ts";
import type { Making } from "./draft.ts";
import { fieldsOf, isNumber, item, literal } from "./expressions.ts";

/** Where the clock of a model run stands at its start. */
export const startMs = 1_700_000_000_000;

/** The events that runs wait for. */
export const eventTypes = ["paid", "left"] as const;

/** One object, so that its validator is made once. */
const form: Schema = {
  type: "object",
  properties: { reason: { type: "string" } },
  required: ["reason"],
  additionalProperties: false,
};

/** A policy of up to three attempts. */
export function randomRetry(chance: Seeded, calm: boolean): RetryPlan {
  return {
    attemptsMax: chance.whole(1, 3),
    backoff: chance.pick(["exponential", "linear", "fixed"]),
    delayMs: 100,
    factor: 2,
    delayMsMax: 1000,
    jitter: chance.maybe(0.5),
    totalMs: !calm && chance.maybe(0.1) ? 200 : 86_400_000,
  };
}

/** A wait for some time, until a time (which may have passed), or for an event. */
export function randomWait(chance: Seeded, calm: boolean): VerbPlan {
  const dice = calm ? 0 : chance.whole(0, 3);
  if (dice === 0) return { kind: "wait", durationMs: chance.whole(0, 3000) };
  if (dice === 1) {
    const until = new Date(startMs + chance.whole(-1000, 4000)).toISOString();
    return { kind: "wait_until", until: literal(chance.maybe(0.05) ? "soon" : until) };
  }
  return {
    kind: "wait_event",
    event: chance.pick(eventTypes),
    onTimeout: chance.pick(["continue", "fail"]),
    ...(chance.maybe(0.5) && { match: isNumber(chance.whole(1, 2)) }),
    ...(chance.maybe(0.4) && { timeoutMs: chance.whole(0, 3000) }),
  };
}

/** A gate of every policy. In a calm plan it has no time limit and one word decides it. */
export function randomGate(making: Making, before: readonly number[]): ApprovePlan {
  const { chance, calm } = making;
  const read = before.at(-1);
  const reads = read !== undefined && chance.maybe(0.5);
  const by = chance.pick([["boss"], ["boss", "team"], ["requester"], ["ada"], ["team"]]);
  return {
    kind: "approve",
    question: literal("Go on?"),
    show: reads ? fieldsOf({ amount: item(read, "output") }) : literal({ amount: 1 }),
    editable: ["amount"],
    by,
    quorum: calm ? "any" : chance.pick<ApprovePlan["quorum"]>(["any", "all", 2]),
    onReject: calm ? chance.pick(["fail", "continue"]) : chance.pick(["stop", "fail", "continue"]),
    ...(chance.maybe(0.2) && { form }),
    ...(!calm && randomTimeout(chance)),
    // Not by chance: another throw of the dice would make other plans of all seeds.
    ...(!calm && by[0] === "requester" && { remindMs: 700 }),
    ...(!calm && chance.maybe(0.5) && randomChanges(chance, before)),
  };
}

function randomTimeout(chance: Seeded): Partial<ApprovePlan> {
  if (!chance.maybe(0.4)) return {};
  const escalation = { escalate: ["team"], timeoutMs: chance.whole(100, 2000) };
  const onTimeout = chance.pick<ApprovePlan["onTimeout"] & {}>(["reject", "accept", "fail", escalation]);
  return { timeoutMs: chance.whole(100, 3000), onTimeout };
}

function randomChanges(chance: Seeded, before: readonly number[]): Partial<ApprovePlan> {
  const [first, ...rest] = before;
  const max = chance.whole(1, 2);
  return { onChanges: first === undefined ? { max } : { redo: chance.pick([first, ...rest]), max } };
}

import { RunwrightError } from "../base/error.ts";
import { digestJson } from "../base/digest.ts";
import { limits } from "../base/limits.ts";
import type { Json } from "../base/json.ts";
import type { ApprovePlan } from "../language/plan.ts";
import { settleEffect } from "./effect-gate.ts";
import type { GateOffer, RunEvent } from "./event.ts";
import { clearTimer, end, setTimer, setWaiting, skip } from "./lifecycle.ts";
import { redo } from "./redo.ts";
import type { Gate, Instance, RunState } from "./state.ts";

/** The events of gates. */
export type GateEvent = Extract<RunEvent, { kind: `gate.${string}` }>;

/** True for the events that `applyGateEvent` folds. */
export function isGateEvent(event: RunEvent): event is GateEvent {
  return event.kind.startsWith("gate.");
}

/** What a gate will show, with its digest; `times` is how often changes were asked for. */
export function gateOffer(
  plan: ApprovePlan,
  shown: { readonly question: string; readonly show: Json },
  timing: { readonly expiresAt: number | undefined; readonly times: number },
): GateOffer {
  const { editable, by, form, onChanges, remindMs } = plan;
  const { expiresAt, times } = timing;
  const hash = digestJson({
    question: shown.question,
    show: shown.show,
    editable,
    ...(form !== undefined && { form }),
  });
  return {
    ...shown,
    editable,
    by,
    quorum: quorumOf(plan.quorum, by),
    hash,
    ...(form !== undefined && { form }),
    ...(onChanges !== undefined && { changesLeft: Math.max(0, onChanges.max - times) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(remindMs !== undefined && { remindMs }),
  };
}

function quorumOf(quorum: ApprovePlan["quorum"], by: readonly string[]): number {
  if (quorum === "any") return 1;
  return quorum === "all" ? Math.max(1, by.length) : quorum;
}

/** Folds an event of a gate. */
export function applyGateEvent(state: RunState, instance: Instance, event: GateEvent, at: number): void {
  if (event.kind === "gate.opened") {
    instance.attempt = 1;
    instance.startedAt = at;
    instance.firstStartedAt = at;
    instance.gate = { offer: event.gate, openedAt: at, votes: [], escalated: false, reminders: 0, state: "open" };
    setWaiting(state, instance, "gate", dueOf(instance.gate, at));
    state.gates.add(instance);
    return;
  }

  const gate = instance.gate;
  if (gate === undefined || gate.state !== "open") {
    throw new RunwrightError(
      "machine.illegal",
      `Event ${event.kind} of ${instance.path} cannot follow: its gate is not open.`,
    );
  }
  switch (event.kind) {
    case "gate.voted":
      gate.votes.push(event.vote);
      return;
    case "gate.decided":
      return decided(state, instance, gate, event, at);
    case "gate.changes-requested":
      gate.votes.push(event.vote);
      gate.state = "withdrawn";
      return redo(state, instance, event.vote, at);
    case "gate.escalated":
      return escalated(state, instance, gate, event, at);
    case "gate.reminded":
      return reminded(state, instance, gate, event, at);
    case "gate.expired":
      return expire(state, instance, gate, at);
    case "gate.withdrawn":
      gate.state = "withdrawn";
      return end(state, instance, "cancelled", at);
  }
}

// eslint-disable-next-line max-params -- an event with everything it changes
function decided(
  state: RunState,
  instance: Instance,
  gate: Gate,
  event: Extract<GateEvent, { kind: "gate.decided" }>,
  at: number,
): void {
  gate.votes.push(event.vote);
  gate.state = event.vote.outcome === "rejected" ? "rejected" : "accepted";
  if (gate.offer.kind !== undefined) return settleEffect(state, instance, gate, event, at);
  if (gate.state === "accepted") accept(state, instance, event.output, at);
  else refuse(state, instance, approvePlan(instance).onReject, at);
}

/** Others are asked, and have their own time. */
// eslint-disable-next-line max-params -- an event with everything it changes
function escalated(
  state: RunState,
  instance: Instance,
  gate: Gate,
  { by, expiresAt }: Extract<GateEvent, { kind: "gate.escalated" }>,
  at: number,
): void {
  gate.escalated = true;
  gate.offer = { ...gate.offer, by, expiresAt, quorum: quorumOf(approvePlan(instance).quorum, by) };
  state.ready.delete(instance);
  setTimer(state, instance, dueOf(gate, at) ?? expiresAt, false);
}

// eslint-disable-next-line max-params -- an event with everything it changes
function reminded(
  state: RunState,
  instance: Instance,
  gate: Gate,
  { n }: Extract<GateEvent, { kind: "gate.reminded" }>,
  at: number,
): void {
  if (gate.offer.remindMs === undefined || n !== gate.reminders + 1) {
    const why = `reminder ${gate.reminders + 1} was expected`;
    throw new RunwrightError("machine.illegal", `Event gate.reminded of ${instance.path} cannot follow: ${why}.`);
  }
  gate.reminders = n;
  const due = dueOf(gate, at);
  clearTimer(state, instance);
  if (due !== undefined) setTimer(state, instance, due, false);
}

/** When a gate is looked at next: for its end, or to remind. What was slept through is made up for by one reminder. */
function dueOf({ offer: { expiresAt, remindMs }, openedAt, reminders }: Gate, at: number): number | undefined {
  if (remindMs === undefined || reminders >= limits.remindersMax) return expiresAt;
  const next = openedAt + (Math.floor((at - openedAt) / remindMs) + 1) * remindMs;
  return Math.min(next, expiresAt ?? Number.POSITIVE_INFINITY);
}

/** What happens when the timer of an instance falls due: a gate that has time left only reminds. */
export function dueEvent({ path, gate }: Instance, nowMs: number): RunEvent {
  const isOver = gate?.state !== "open" || (gate.offer.expiresAt ?? Number.POSITIVE_INFINITY) <= nowMs;
  return isOver ? { kind: "timer.fired", v: 1, path } : { kind: "gate.reminded", v: 1, path, n: gate.reminders + 1 };
}

/** What follows when nobody has decided in time. */
export function afterTimeout(instance: Instance, nowMs: number): RunEvent {
  const { path, gate } = instance;
  const { onTimeout } = approvePlan(instance);
  if (typeof onTimeout !== "object" || gate?.escalated === true) return { kind: "gate.expired", v: 1, path };
  return { kind: "gate.escalated", v: 1, path, by: onTimeout.escalate, expiresAt: nowMs + onTimeout.timeoutMs };
}

function accept(state: RunState, instance: Instance, output: Json, at: number): void {
  instance.output = output;
  end(state, instance, "succeeded", at);
}

function refuse(state: RunState, instance: Instance, policy: ApprovePlan["onReject"], at: number): void {
  if (policy === "continue") return skip(state, instance, "rejected", at);
  if (policy === "stop") state.rejectedAt ??= instance;
  instance.error = { code: "gate.rejected", message: `Gate ${instance.path} was rejected.` };
  end(state, instance, "failed", at);
}

function expire(state: RunState, instance: Instance, gate: Gate, at: number): void {
  const plan = approvePlan(instance);
  gate.state = plan.onTimeout === "accept" ? "accepted" : "expired";
  if (plan.onTimeout === "accept") return accept(state, instance, gate.offer.show, at);
  if (plan.onTimeout === "reject") return refuse(state, instance, plan.onReject, at);
  instance.error = { code: "gate.expired", message: `Nobody decided gate ${instance.path} in time.` };
  end(state, instance, "failed", at);
}

function approvePlan(instance: Instance): ApprovePlan {
  const verb = instance.step.verb;
  if (verb.kind !== "approve")
    throw new RunwrightError("machine.illegal", `Step instance ${instance.path} is not a gate.`);
  return verb;
}

import { digestJson } from "../base/digest.ts";
import type { RunKey } from "../base/ids.ts";
import type { RunEvent, Target } from "../machine/event.ts";
import { operationName, type RunState } from "../machine/state.ts";
import type { AuditEntry } from "../ports/audit.ts";

/** What is told of one event: everything but whose run it is and when. */
type Told = Pick<AuditEntry, "actor" | "action" | "object" | "outcome" | "policy" | "payload">;

type GateEvent = Extract<RunEvent, { kind: "gate.voted" | "gate.decided" | "gate.changes-requested" }>;

/** What the books say of an event that is about to be applied: before a call, after it, and of every word of people. Most events say nothing. */
export function auditOf(
  { tenant, workspace, run }: RunKey,
  state: RunState,
  event: RunEvent,
  at: number,
): readonly AuditEntry[] {
  const told = toldOf(state, event);
  if (told === undefined) return [];
  const { object, ...rest } = told;
  return [{ tenant, workspace, at, ...rest, object: object === "" ? run : `${run} ${object}` }];
}

function toldOf(state: RunState, event: RunEvent): Told | undefined {
  switch (event.kind) {
    case "effect.intended":
    case "effect.denied":
    case "effect.held":
    case "effect.unknown":
    case "effect.received":
    case "effect.failed":
    case "effect.reconciled":
      return effectTold(state, event);
    case "gate.voted":
    case "gate.decided":
    case "gate.changes-requested":
      return gateTold(state, event);
    case "run.cancel-requested":
      return { actor: event.by, action: "run.cancelled", object: "", outcome: "requested" };
    case "run.paused":
      return { actor: event.by, action: "run.paused", object: "", outcome: "ok" };
    case "run.resumed": {
      const outcome = event.budget === undefined ? "ok" : `budget ${event.budget}`;
      return { actor: event.by, action: "run.resumed", object: "", outcome };
    }
    default:
      return undefined;
  }
}

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;

/** An operation of a user's module has no target: they answer for it, and the books do not tell of it, unless people are asked about it. */
function effectTold(state: RunState, event: EffectEvent): Told | undefined {
  const { path, operation } = event;
  const { target, policy } =
    "target" in event ? event : (state.instances.get(path)?.effects?.get(operationName(operation)) ?? {});
  if (target === undefined && event.kind !== "effect.unknown") return undefined;
  const { action, outcome, payload } = stageOf(event, target);
  return {
    actor: starterOf(state),
    action,
    object: `${path} ${target?.name ?? operation.name}`,
    outcome,
    ...(policy !== undefined && { policy }),
    ...(payload !== undefined && { payload }),
  };
}

function starterOf({ created }: RunState): string {
  return created?.startedBy ?? "";
}

function stageOf(
  event: EffectEvent,
  target: Target | undefined,
): { readonly action: string; readonly outcome: string; readonly payload: string | undefined } {
  const kind = target?.kind ?? "function";
  const sent = event.operation.digest;
  switch (event.kind) {
    case "effect.intended":
      return { action: `${kind}.call`, outcome: "intended", payload: sent };
    case "effect.denied":
      return { action: `${kind}.call`, outcome: "denied", payload: sent };
    case "effect.held":
      return { action: `${kind}.call`, outcome: "needs approval", payload: event.gate.hash };
    case "effect.unknown":
      return { action: `${kind}.result`, outcome: "unknown", payload: event.gate.hash };
    case "effect.received":
      return { action: `${kind}.result`, outcome: "received", payload: digestJson(event.receipt) };
    case "effect.failed":
      return { action: `${kind}.${event.looked === true ? "look" : "result"}`, outcome: event.code, payload: sent };
    case "effect.reconciled":
      return { action: `${kind}.result`, outcome: "reconciled", payload: digestJson(event.receipt) };
  }
}

/** A decision is bound to the digest of what was shown. */
function gateTold(state: RunState, { kind, path, vote }: GateEvent): Told {
  const shown = state.instances.get(path)?.gate?.offer.hash;
  return {
    actor: vote.by,
    action: kind === "gate.changes-requested" ? "gate.changes" : kind,
    object: path,
    outcome: vote.outcome,
    ...(shown !== undefined && { payload: shown }),
  };
}

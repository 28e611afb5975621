import { RunwrightError } from "../base/error.ts";
import { digestJson } from "../base/digest.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { ApprovePlan } from "../language/plan.ts";
import type { GateOffer, RunEvent, Vote } from "./event.ts";
import { end, setWaiting, skip } from "./lifecycle.ts";
import type { Gate, Instance, RunState } from "./state.ts";

/** The events of gates. */
export type GateEvent = Extract<RunEvent, { kind: `gate.${string}` }>;

/** True for the events that `applyGateEvent` folds. */
export function isGateEvent(event: RunEvent): event is GateEvent {
  return event.kind.startsWith("gate.");
}

/** What somebody decided, before it is checked. */
export interface DecisionRequest {
  readonly path: string;
  readonly outcome: "accepted" | "rejected";
  readonly comment?: string;
  readonly edits?: JsonObject;
  /** Digest of what the decider was shown; refused when the gate shows something else. */
  readonly hash?: string;
}

/** Who decides: an id and the roles that hold at this moment (`*` = all). */
export interface Decider {
  readonly id: string;
  readonly roles: readonly string[];
}

/** What a gate will show, with its digest. */
export function gateOffer(
  plan: ApprovePlan,
  shown: { readonly question: string; readonly show: Json },
  expiresAt: number | undefined,
): GateOffer {
  const quorum = plan.quorum === "any" ? 1 : plan.quorum === "all" ? Math.max(1, plan.by.length) : plan.quorum;
  const { editable, by } = plan;
  const hash = digestJson({ question: shown.question, show: shown.show, editable });
  return { ...shown, editable, by, quorum, hash, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** Folds an event of a gate. */
export function applyGateEvent(state: RunState, instance: Instance, event: GateEvent, at: number): void {
  if (event.kind === "gate.opened") {
    instance.attempt = 1;
    instance.startedAt = at;
    instance.firstStartedAt = at;
    instance.gate = { offer: event.gate, openedAt: at, votes: [], state: "open" };
    setWaiting(state, instance, "gate", event.gate.expiresAt);
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
  if (event.kind === "gate.voted") {
    gate.votes.push(event.vote);
  } else if (event.kind === "gate.decided") {
    gate.votes.push(event.vote);
    gate.state = event.vote.outcome;
    if (event.vote.outcome === "accepted") accept(state, instance, event.output, at);
    else refuse(state, instance, approvePlan(instance).onReject, at);
  } else if (event.kind === "gate.expired") {
    expire(state, instance, gate, at);
  } else {
    gate.state = "withdrawn";
    end(state, instance, "cancelled", at);
  }
}

/**
 * The events that a decision leads to. Throws `gate.not-found`, `gate.decided` (with the first decision), `gate.forbidden` or
 * `gate.edit-refused`; then nothing has happened.
 */
export function decide(state: RunState, request: DecisionRequest, by: Decider, at: number): readonly RunEvent[] {
  const instance = state.instances.get(request.path);
  const gate = instance?.gate;
  if (instance === undefined || gate === undefined) {
    const open = [...state.gates].map((each) => each.path);
    const hint = open.length === 0 ? "No gate is open." : `Open: ${open.slice(0, 10).join(", ")}.`;
    throw new RunwrightError("gate.not-found", `There is no gate ${request.path}. ${hint}`);
  }
  if (gate.state !== "open" || instance.cancelling) throw alreadyDecided(instance, gate);
  assertMayDecide(state, gate, request, by);

  const self = by.id === state.created?.startedBy;
  const { outcome, comment, edits } = request;
  const vote: Vote = {
    outcome,
    by: by.id,
    at,
    self,
    ...(comment === undefined ? {} : { comment }),
    ...(edits === undefined ? {} : { edits }),
  };
  const path = instance.path;
  if (outcome === "rejected") return [{ kind: "gate.decided", v: 1, path, vote, output: null }];

  const accepted = gate.votes.filter((each) => each.outcome === "accepted").length + 1;
  if (accepted < gate.offer.quorum) return [{ kind: "gate.voted", v: 1, path, vote }];
  return [{ kind: "gate.decided", v: 1, path, vote, output: effectiveValue(gate, vote) }];
}

function assertMayDecide(state: RunState, gate: Gate, request: DecisionRequest, by: Decider): void {
  const { offer } = gate;
  const named = offer.by.filter((who) => who === by.id || by.roles.includes(who) || isRequester(state, who, by));
  if (named.length === 0 && !by.roles.includes("*")) {
    throw new RunwrightError(
      "gate.forbidden",
      `${by.id} may not decide gate ${request.path}: it asks ${offer.by.join(", ")}.`,
    );
  }
  if (gate.votes.some((vote) => vote.by === by.id)) {
    throw new RunwrightError(
      "gate.decided",
      `${by.id} has already voted on gate ${request.path}; it needs ${offer.quorum} acceptances.`,
    );
  }
  if (request.hash !== undefined && request.hash !== offer.hash) {
    throw new RunwrightError(
      "gate.decided",
      `Gate ${request.path} shows something else now; look at it again before you decide.`,
    );
  }
  const refused = Object.keys(request.edits ?? {}).filter((field) => !offer.editable.includes(field));
  if (refused.length > 0) {
    const may = offer.editable.length === 0 ? "nothing may be edited" : `editable are: ${offer.editable.join(", ")}`;
    throw new RunwrightError(
      "gate.edit-refused",
      `Gate ${request.path} does not let ${refused.join(", ")} be edited; ${may}.`,
    );
  }
}

function isRequester(state: RunState, who: string, by: Decider): boolean {
  return who === "requester" && by.id === state.created?.startedBy;
}

function alreadyDecided(instance: Instance, gate: Gate): RunwrightError {
  const last = gate.votes.at(-1);
  const by = last === undefined ? "" : ` by ${last.by}`;
  const state = instance.cancelling && gate.state === "open" ? "being withdrawn" : gate.state;
  return new RunwrightError("gate.decided", `Gate ${instance.path} is already ${state}${by}.`);
}

/** The shown value with the edits of everybody who accepted, the later over the earlier. */
function effectiveValue(gate: Gate, vote: Vote): Json {
  const edits = [...gate.votes, vote].map((each) => each.edits ?? {});
  if (!isJsonObject(gate.offer.show)) return gate.offer.show;
  return Object.assign({}, gate.offer.show, ...edits) as JsonObject;
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

import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { validateValue } from "../language/schema/validate.ts";
import type { GateOffer, RunEvent, Vote } from "./event.ts";
import type { Gate, Instance, RunState } from "./state.ts";

/** What somebody decided, before it is checked. */
export interface DecisionRequest {
  readonly path: string;
  readonly outcome: Vote["outcome"];
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

/**
 * The events that a decision leads to. Throws `gate.not-found`, `gate.decided` (with the first decision), `gate.forbidden` or
 * `gate.edit-refused`; then nothing has happened.
 */
export function decide(state: RunState, request: DecisionRequest, by: Decider, at: number): readonly RunEvent[] {
  const instance = state.instances.get(request.path);
  const gate = instance?.gate;
  if (instance === undefined || gate === undefined) {
    throw notFound(state, request.path);
  }
  if (gate.state !== "open" || instance.cancelling) throw alreadyDecided(instance, gate);
  assertMayDecide(state, gate, request, by);

  const self = by.id === state.created?.startedBy;
  const { path, outcome, comment, edits } = request;
  const said = { ...(comment !== undefined && { comment }), ...(edits !== undefined && { edits }) };
  return [votedEvent(gate, path, { outcome, by: by.id, at, self, ...said })];
}

/** The event that one more word of somebody who may have it leads to. */
function votedEvent(gate: Gate, path: string, vote: Vote): RunEvent {
  const { outcome } = vote;
  if (outcome === "changes") {
    assertMayChange(gate, path);
    return { kind: "gate.changes-requested", v: 1, path, vote };
  }
  if (outcome === "retry") assertMayRetry(gate, path);
  if (outcome !== "accepted") return { kind: "gate.decided", v: 1, path, vote, output: null };
  const accepted = gate.votes.filter((each) => each.outcome === "accepted").length + 1;
  if (accepted < gate.offer.quorum) return { kind: "gate.voted", v: 1, path, vote };
  assertFilledIn(gate, vote, path);
  return { kind: "gate.decided", v: 1, path, vote, output: effectiveValue(gate, vote) };
}

function assertMayRetry({ offer }: Gate, path: string): void {
  if (offer.kind === "effect-unknown") return;
  throw new RunwrightError(
    "gate.edit-refused",
    `Gate ${path} is about no call that could be made again; accept or reject it.`,
  );
}

function assertMayChange({ offer }: Gate, path: string): void {
  if ((offer.changesLeft ?? 0) > 0) return;
  const why =
    offer.changesLeft === undefined ? "does not let changes be asked for" : "has been changed as often as it may be";
  throw new RunwrightError("gate.edit-refused", `Gate ${path} ${why}; accept or reject it.`);
}

/** The form is filled in by those who accept, together. */
function assertFilledIn({ offer, votes }: Gate, vote: Vote, path: string): void {
  if (offer.form === undefined) return;
  const names = new Set(formFields(offer));
  const given = Object.entries(editsOf(votes, vote)).filter(([name]) => names.has(name));
  const problems = validateValue(offer.form, Object.fromEntries(given));
  if (problems.length === 0) return;
  const listed = problems.slice(0, 5).map((each) => `${each.path} ${each.message}`);
  throw new RunwrightError("gate.edit-refused", `The form of gate ${path} is not filled in: ${listed.join("; ")}.`);
}

function formFields({ form }: GateOffer): readonly string[] {
  const properties = form?.["properties"];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

function editsOf(votes: readonly Vote[], vote: Vote): JsonObject {
  return Object.assign({}, ...[...votes, vote].map((each) => each.edits ?? {})) as JsonObject;
}

function notFound(state: RunState, path: string): RunwrightError {
  const open = Array.from(state.gates, (each) => each.path);
  const hint = open.length === 0 ? "No gate is open." : `Open: ${open.slice(0, 10).join(", ")}.`;
  return new RunwrightError("gate.not-found", `There is no gate ${path}. ${hint}`);
}

function assertMayDecide(state: RunState, gate: Gate, request: DecisionRequest, by: Decider): void {
  const { offer } = gate;
  const { path, outcome } = request;
  assertAsked(state, offer, path, by);
  if (outcome === "accepted") assertSecondPerson(state, offer, path, by);
  if (gate.votes.some((vote) => vote.by === by.id)) {
    throw new RunwrightError(
      "gate.decided",
      `${by.id} has already voted on gate ${path}; it needs ${offer.quorum} acceptances.`,
    );
  }
  if (request.hash !== undefined && request.hash !== offer.hash) {
    throw new RunwrightError(
      "gate.decided",
      `Gate ${path} shows something else now; look at it again before you decide.`,
    );
  }
  const fields = [...offer.editable, ...formFields(offer)];
  const refused = Object.keys(request.edits ?? {}).filter((field) => !fields.includes(field));
  if (refused.length > 0) {
    const may = fields.length === 0 ? "nothing may be edited" : `editable are: ${fields.join(", ")}`;
    throw new RunwrightError("gate.edit-refused", `Gate ${path} does not let ${refused.join(", ")} be edited; ${may}.`);
  }
}

function assertAsked(state: RunState, { by: asked }: GateOffer, path: string, by: Decider): void {
  const isAsked = asked.some((who) => who === by.id || by.roles.includes(who) || isRequester(state, who, by));
  if (isAsked || by.roles.includes("*")) return;
  throw new RunwrightError("gate.forbidden", `${by.id} may not decide gate ${path}: it asks ${asked.join(", ")}.`);
}

/** A role does not let people accept what they started; where one person has every role, there is no second one to ask. */
function assertSecondPerson(state: RunState, { by: asked }: GateOffer, path: string, by: Decider): void {
  if (by.id !== state.created?.startedBy || by.roles.includes("*")) return;
  if (asked.includes(by.id) || asked.includes("requester")) return;
  throw new RunwrightError(
    "gate.forbidden",
    `${by.id} started this run and may not accept gate ${path} as one of ${asked.join(", ")}; somebody else of them can.`,
  );
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
  const edits = editsOf(gate.votes, vote);
  const { show, kind } = gate.offer;
  if (kind !== undefined) return edits["receipt"] ?? null;
  if (isJsonObject(show)) return { ...show, ...edits };
  return gate.offer.form === undefined ? show : edits;
}

import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { nextBudget } from "../machine/budget.ts";
import type { RunEvent } from "../machine/event.ts";
import { decide, type DecisionRequest } from "../machine/decide.ts";
import { receive, type Report } from "../machine/events.ts";
import type { RunState } from "../machine/state.ts";
import type { InboxEntry, InboxOutcome, InboxRow } from "../ports/journal.ts";
import type { Decision } from "./contract.ts";
import { takeInChild } from "./family.ts";

/** A decision as it lies in an inbox: with the roles its author had at that moment. */
export function decisionEntry(
  decision: Decision,
  by: { readonly id: string; readonly roles: readonly string[] },
  at: number,
): InboxEntry {
  const { path, outcome, comment, edits, hash } = decision;
  const body: JsonObject = {
    path,
    outcome,
    roles: by.roles,
    ...(comment === undefined ? {} : { comment }),
    ...(edits === undefined ? {} : { edits }),
    ...(hash === undefined ? {} : { hash }),
  };
  return { kind: "decide", body, principal: by.id, at };
}

/** The events that an inbox row leads to and what its sender is told. A refused row leads to none. */
export function takeIn(
  state: RunState,
  row: InboxRow,
  at: number,
): { readonly events: readonly RunEvent[]; readonly told: InboxOutcome } {
  try {
    return { events: eventsOf(state, row, at), told: { id: row.id, outcome: { ok: true } } };
  } catch (error) {
    if (!(error instanceof RunwrightError) || error.code.startsWith("machine.")) throw error;
    return { events: [], told: { id: row.id, outcome: { ok: false, code: error.code, message: error.message } } };
  }
}

function eventsOf(state: RunState, row: InboxRow, at: number): readonly RunEvent[] {
  const by = row.principal;
  if (state.ended !== undefined)
    throw new RunwrightError("run.ended", `The run has already ended (${state.ended.phase}).`);
  switch (row.kind) {
    case "cancel":
      return state.cancel === undefined ? [{ kind: "run.cancel-requested", v: 1, by, ...reasonOf(row.body) }] : [];
    case "pause":
      return state.paused ? [] : [{ kind: "run.paused", v: 1, by }];
    case "resume":
      return state.paused ? [{ kind: "run.resumed", v: 1, by, ...budgetOf(state) }] : [];
    case "child":
      return takeInChild(state, row.body);
    case "event":
      return receive(state, reportOf(row.body), by);
    case "decide": {
      const { request, roles } = decisionOf(row.body);
      return decide(state, request, { id: by, roles }, at);
    }
  }
}

/** Whoever resumes a run that has used up its budget grants it one more of the same size. */
function budgetOf(state: RunState): { readonly budget?: number } {
  const budget = nextBudget(state);
  return budget === undefined ? {} : { budget };
}

function reasonOf(body: JsonObject): { readonly reason?: string } {
  const reason = body["reason"];
  return typeof reason === "string" ? { reason } : {};
}

function reportOf(body: JsonObject): Report {
  const { type, data } = body;
  if (typeof type !== "string" || type === "")
    throw new RunwrightError("usage.invalid", "An event has a type, which is a text.");
  return { type, data: data ?? null };
}

function decisionOf(body: JsonObject): { readonly request: DecisionRequest; readonly roles: readonly string[] } {
  const { path, outcome, comment, edits, hash, roles } = body;
  if (typeof path !== "string" || !isOutcome(outcome)) {
    throw new RunwrightError(
      "usage.invalid",
      "A decision names a gate's path and the outcome accepted, rejected, changes or retry.",
    );
  }
  const request = {
    path,
    outcome,
    ...(typeof comment === "string" ? { comment } : {}),
    ...(isJsonObject(edits) ? { edits } : {}),
    ...(typeof hash === "string" ? { hash } : {}),
  } as const;
  return { request, roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [] };
}

function isOutcome(value: Json | undefined): value is DecisionRequest["outcome"] {
  return value === "accepted" || value === "rejected" || value === "changes" || value === "retry";
}

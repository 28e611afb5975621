import { formatDuration } from "../base/duration.ts";
import type { Committed } from "../app/runs.ts";
import { apply } from "../machine/apply.ts";
import type { RunEvent, Vote } from "../machine/event.ts";
import { type Instance, isWhole, type RunState } from "../machine/state.ts";
import type { Tone } from "./output.ts";
import { safeLine } from "./safe-text.ts";
import { shownPath, type Word, wordOfStep } from "./words.ts";

/** Something that happened and is over: it is shown once and stays. */
export interface Line extends Word {
  readonly path: string;
  readonly tookMs?: number;
  /** `24/24`, `attempt 2`. */
  readonly count?: string;
  readonly note?: string;
  /** True for what went wrong. */
  readonly failed: boolean;
}

/** Something that is under way. */
export interface Row extends Word {
  readonly path: string;
  readonly since: number;
  readonly count?: string;
  readonly note?: string;
}

/** What there is to see of one run. */
export interface Tracker {
  /** Takes in what was committed; events that are known already are passed over. */
  take(committed: Committed): readonly Line[];
  /** What runs and waits now: people first, then whole lists, then single calls. */
  rows(): readonly Row[];
  readonly state: RunState;
}

/** Follows a run from the state it has, the way its engine does: by folding the same events. */
export function createTracker(state: RunState): Tracker {
  const waiting = new Set<Instance>();
  const wholes = new Set<Instance>();
  for (const instance of state.instances.values()) note(instance);

  return {
    state,
    take({ seq, at, events }) {
      const lines: Line[] = [];
      for (const [index, event] of events.entries()) {
        if (seq + index <= state.seq) continue;
        apply(state, event, at);
        const instance = "path" in event ? state.instances.get(event.path) : undefined;
        if (instance === undefined) continue;
        note(instance);
        const left = lineOf(event, instance, at);
        if (left !== undefined) lines.push(left);
        for (const warning of event.warnings ?? []) lines.push(line(instance, warned, warning));
      }
      return lines;
    },
    rows: () => [
      ...[...waiting].filter((each) => isAsking(each)).map(waitingRow),
      ...[...wholes].map((each) => runningRow(each)),
      ...[...state.calls].map((each) => runningRow(each)),
      ...[...waiting].filter((each) => !isAsking(each)).map(waitingRow),
    ],
  };

  function note(instance: Instance): void {
    if (instance.status === "waiting") waiting.add(instance);
    else waiting.delete(instance);
    if (instance.status === "running" && isWhole(instance)) wholes.add(instance);
    else wholes.delete(instance);
  }
}

/** True while people are asked; a step whose call had to wait for them keeps its gate. */
function isAsking({ gate }: Instance): boolean {
  return gate?.state === "open";
}

function waitingRow(instance: Instance): Row {
  const question = isAsking(instance) ? instance.gate?.offer.question : undefined;
  const until =
    instance.timer === undefined ? undefined : `until ${new Date(instance.timer.dueAt).toLocaleTimeString()}`;
  const words =
    question ?? (instance.waiting === "backoff" ? `${instance.error?.message ?? "failed"} Next try ${until}` : until);
  return {
    ...wordOfStep("waiting"),
    path: shownPath(instance.path),
    since: instance.startedAt ?? 0,
    ...(words === undefined ? {} : { note: safeLine(words) }),
  };
}

function runningRow(instance: Instance): Row {
  const { path, startedAt = 0, each, attempt, title } = instance;
  const count = each === undefined ? attemptOf(attempt) : `${each.ended}/${each.items.length}`;
  return {
    ...wordOfStep("running"),
    path: shownPath(path),
    since: startedAt,
    ...(count === undefined ? {} : { count }),
    ...(title === undefined ? {} : { note: safeLine(title) }),
  };
}

/** The line that an event leaves behind; most leave none. */
function lineOf(event: RunEvent, instance: Instance, at: number): Line | undefined {
  switch (event.kind) {
    case "step.succeeded":
      return isQuiet(instance) ? undefined : endLine(instance, "succeeded");
    case "step.failed":
      return event.retryAt === undefined
        ? failedLine(instance)
        : retryLine(instance, event.error.message, event.retryAt - at);
    case "step.skipped":
      return event.reason === "parent" || isInItem(instance)
        ? undefined
        : line(instance, wordOfStep("skipped"), skipNotes[event.reason]);
    case "step.cancelled":
      return isQuiet(instance) ? undefined : endLine(instance, "cancelled");
    case "gate.opened":
    case "effect.unknown":
    case "effect.held":
      return line(instance, wordOfStep("waiting"), event.gate.question);
    case "gate.decided":
      return line(instance, decided(event.vote.outcome), saidBy(event.vote));
    case "effect.denied":
      return line(instance, { word: "denied", tone: "bad" }, `the policy does not allow ${event.target.name}`);
    case "gate.changes-requested":
      return line(instance, decided("changes"), saidBy(event.vote));
    case "gate.escalated":
      return line(instance, { word: "escalated", tone: "attention" }, `to ${event.by.join(", ")}`);
    case "gate.reminded":
      return line(instance, { word: "reminder", tone: "attention" }, reminder(instance, at));
    case "gate.expired":
      return line(instance, { word: "expired", tone: "attention" }, "nobody decided in time");
    default:
      return undefined;
  }
}

/** `Write the report? (open for 2d; asks boss)`. */
function reminder({ gate }: Instance, at: number): string {
  if (gate === undefined) return "";
  const { question, by } = gate.offer;
  return `${question} (open for ${formatDuration(at - gate.openedAt)}; asks ${by.join(", ")})`;
}

const skipNotes = {
  if: "its `if` is false",
  else: "the other branch was taken",
  needs: "what it needs was skipped",
  rejected: "its gate was rejected",
  parent: "",
} as const;

const warned: Word = { word: "warning", tone: "attention" };

function saidBy({ by, comment }: Vote): string {
  return [`by ${by}`, comment].filter(Boolean).join(": ");
}

function decided(outcome: Vote["outcome"]): Word {
  if (outcome === "retry") return { word: "called again", tone: "attention" };
  if (outcome === "changes") return { word: "changes asked for", tone: "attention" };
  return outcome === "accepted" ? { word: "accepted", tone: "good" } : { word: "rejected", tone: "attention" };
}

/** Groups and single items end without a word: the lists they stand in say how many. */
function isQuiet(instance: Instance): boolean {
  if (instance.whole !== undefined || isInItem(instance)) return true;
  return instance.step.verb.kind === "do" && instance.step.loop === undefined && !isWhole(instance);
}

function isInItem(instance: Instance): boolean {
  for (let owner = instance.scope.owner; owner !== undefined; owner = owner.scope.owner) {
    if (owner.whole !== undefined) return true;
  }
  return false;
}

function endLine(instance: Instance, status: "succeeded" | "cancelled"): Line {
  const { body, each, attempt, startedAt, endedAt } = instance;
  const rounds = body?.iteration === undefined ? undefined : `round ${body.iteration}`;
  const count = each === undefined ? (rounds ?? attemptOf(attempt)) : `${each.ended}/${each.items.length}`;
  return {
    ...line(instance, wordOfStep(status), endNote(instance)),
    // A mapping takes no time worth telling.
    ...(startedAt === undefined || endedAt === undefined || instance.step.verb.kind === "set"
      ? {}
      : { tookMs: endedAt - startedAt }),
    ...(count === undefined ? {} : { count }),
  };
}

function endNote({ each, title = "" }: Instance): string {
  const failed = each?.instances.filter((item) => item.status === "failed").length ?? 0;
  return failed === 0 ? title : `${failed} failed`;
}

/** A group fails because something in it has failed, which was said already. */
function failedLine(instance: Instance): Line | undefined {
  if (instance.body !== undefined && instance.error?.code !== "loop.exhausted") return undefined;
  if (instance.each !== undefined) return undefined;
  const { error, startedAt, endedAt, attempt } = instance;
  const count = attemptOf(attempt);
  return {
    ...line(instance, wordOfStep("failed"), error?.message ?? ""),
    failed: true,
    ...(startedAt === undefined || endedAt === undefined ? {} : { tookMs: endedAt - startedAt }),
    ...(count === undefined ? {} : { count }),
  };
}

function retryLine(instance: Instance, message: string, delayMs: number): Line {
  const retrying: { readonly word: string; readonly tone: Tone } = { word: "retrying", tone: "attention" };
  return line(instance, retrying, `in ${formatDuration(delayMs)} after attempt ${instance.attempt}: ${message}`);
}

function line(instance: Instance, word: Word, note: string): Line {
  return { ...word, path: shownPath(instance.path), failed: false, ...(note === "" ? {} : { note: safeLine(note) }) };
}

function attemptOf(attempt: number): string | undefined {
  return attempt > 1 ? `attempt ${attempt}` : undefined;
}

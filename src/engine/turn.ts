import type { Chance } from "../base/clock.ts";
import { RunwrightError } from "../base/error.ts";
import { apply } from "../machine/apply.ts";
import type { Command } from "../machine/command.ts";
import type { RunEvent } from "../machine/event.ts";
import { next } from "../machine/next.ts";
import { hasEnded } from "../machine/states.ts";
import type { Instance, RunState } from "../machine/state.ts";
import type { AuditEntry } from "../ports/audit.ts";
import type { Blob, InboxOutcome, InboxRow, NewRun, Post } from "../ports/journal.ts";
import type { CallEnd } from "./calls.ts";
import { encodeEvent, endEvent } from "./encode.ts";
import { type Answered, type Answers, takeAsks, takeReceipts } from "./effect-words.ts";
import { auditOf } from "./audit-of.ts";
import { childRun, type Family, wordsOf } from "./family.ts";
import { takeIn } from "./inbox.ts";
import { launch, type Launch, type Launcher } from "./launches.ts";
import type { EffectWord } from "./once.ts";

/** The end of one attempt, as reported. */
export interface Ended {
  readonly path: string;
  readonly attempt: number;
  readonly end: CallEnd;
}

/** What has arrived since the last turn. It stays with the driver until it is durable: a refused commit takes nothing from it. */
export interface Arrivals {
  readonly rows: readonly InboxRow[];
  readonly ends: readonly Ended[];
  readonly words: readonly EffectWord[];
}

/** A run that is only about to be created has heard of nothing. */
export const noArrivals: Arrivals = { rows: [], ends: [], words: [] };

/** What one turn made of the arrivals, already applied to the state. */
export interface Turn extends Answers {
  readonly events: readonly RunEvent[];
  /** The events as JSON, in the same order. */
  readonly texts: readonly string[];
  /** The large values in them, by their digests. */
  readonly blobs: ReadonlyMap<string, Blob>;
  /** Attempts to carry out once the events are durable. */
  readonly launches: readonly Launch[];
  readonly told: readonly InboxOutcome[];
  /** Runs that begin with this turn. */
  readonly creates: readonly NewRun[];
  /** What other runs are told. */
  readonly posts: readonly Post[];
  /** What the books are told of the events. */
  readonly audit: readonly AuditEntry[];
}

/** Whose turn it is, and what it is made with. */
export interface TurnOptions {
  readonly at: number;
  readonly frozen: boolean;
  readonly chance: Chance;
  readonly run: Family & Launcher;
}

/** How many events one turn of one run makes at most; the rest follows in its next turn. */
const turnEventsMax = 4000;

/** Takes in what has arrived, then lets the machine go as far as it can (not at all when `frozen`). */
export function makeTurn(state: RunState, arrivals: Arrivals, { at, frozen, chance, run }: TurnOptions): Turn {
  const turn = {
    events: [] as RunEvent[],
    texts: [] as string[],
    blobs: new Map<string, Blob>(),
    launches: [] as Launch[],
    told: [] as InboxOutcome[],
    creates: [] as NewRun[],
    posts: [] as Post[],
    audit: [] as AuditEntry[],
    answered: [] as Answered[],
    waiting: [] as EffectWord[],
  };

  for (const row of arrivals.rows) {
    const { events, told } = takeIn(state, row, at);
    for (const event of events) add(event);
    turn.told.push(told);
  }
  turn.answered.push(...takeReceipts(state, arrivals.words, add));
  for (const { path, attempt, end } of arrivals.ends) {
    const instance = state.instances.get(path);
    if (instance === undefined || instance.attempt !== attempt || !state.calls.has(instance)) continue;
    add(endEvent(instance, end, at, chance));
  }
  let commands = frozen ? [] : next(state, at);
  while (commands.length > 0) {
    const before = turn.events.length;
    for (const command of commands) carryOut(command);
    // The first of them is always possible in a sound state: asking on would be asking for ever.
    if (turn.events.length === before) throw new RunwrightError("machine.illegal", stuckMessage(commands));
    commands = turn.events.length < turnEventsMax ? next(state, at) : [];
  }
  // Last: what has ended or is to end by now begins nothing more.
  const { answered, waiting } = takeAsks(state, arrivals.words, { add, frozen, asker: run });
  turn.answered.push(...answered);
  turn.waiting.push(...waiting);
  return turn;

  function carryOut(command: Command): void {
    const instance = command.kind === "call" ? command.instance : instanceOf(command.event);
    // A command before this one may have stopped the list or the run: then what was ready has ended or is being cancelled.
    if (state.ended !== undefined || (instance !== undefined && isOvertaken(instance, command))) return;
    if (command.kind === "record") {
      add(command.event);
      return;
    }
    const { kind } = add(command.started);
    if (kind !== "step.started" && kind !== "step.continued") return;
    const launched = launch(run, state, command.instance, { at, add });
    if (launched !== undefined) turn.launches.push(launched);
  }

  function instanceOf(event: RunEvent): Instance | undefined {
    return "path" in event ? state.instances.get(event.path) : undefined;
  }

  function add(proposed: RunEvent): RunEvent {
    const { event, stored } = encodeEvent(state, withChild(proposed), at);
    turn.posts.push(...wordsOf(run, state, event, at));
    turn.audit.push(...auditOf(run.key, state, event, at));
    apply(state, event, at);
    turn.events.push(event);
    turn.texts.push(stored.text);
    for (const blob of stored.blobs) turn.blobs.set(blob.digest, blob);
    return event;
  }

  /** The run that an event starts begins in the same commit; where it cannot begin, the step fails instead. */
  function withChild(event: RunEvent): RunEvent {
    if (event.kind !== "child.started") return event;
    const child = childRun(run, state, event, at);
    if ("failed" in child) return child.failed;
    turn.creates.push(child.run);
    return event;
  }
}

function stuckMessage([first]: readonly Command[]): string {
  const what = first?.kind === "call" ? `a call of ${first.instance.path}` : (first?.event.kind ?? "nothing");
  return `The machine asks for what cannot be done: ${what}.`;
}

/** The turn that ends a run whose own rules failed: what is known about the fault, and nothing else. */
export function brokenTurn(state: RunState, family: Family, fault: RunwrightError, at: number): Turn {
  const error = { code: fault.code, message: fault.message, path: "" };
  const event = { kind: "run.finished", v: 1, status: "failed", output: null, error } as const;
  const posts = wordsOf(family, state, event, at);
  apply(state, event, at);
  const nothing = { blobs: new Map<string, Blob>(), launches: [], told: [], creates: [], audit: [], answered: [] };
  return { events: [event], texts: [JSON.stringify(event)], posts, ...nothing, waiting: [] };
}

/** True when the state has moved on since the machine gave the command: the next round decides again. */
function isOvertaken(instance: Instance, command: Command): boolean {
  if (hasEnded(instance.status)) return true;
  if (!instance.cancelling) return false;
  return (
    command.kind === "call" || (command.event.kind !== "step.cancelled" && command.event.kind !== "gate.withdrawn")
  );
}

/** Why a run with so many events ends. */
export function eventsLimit(events: number): RunwrightError {
  const message = `The run has ${events} events, which is the most that are kept of one; spread its work over several runs (a step may run another workflow).`;
  return new RunwrightError("run.limit", message);
}

import { type RunKey, runKeyText } from "../../src/base/ids.ts";
import { isJsonObject } from "../../src/base/json.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall } from "../../src/ports/action.ts";
import type { Append, InboxEntry, InboxOutcome, InboxRow, Journal, NewRun } from "../../src/ports/journal.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import { createEffectsWitness, type EffectsWitness } from "./effects-witness.ts";

/** What is known to be durable of one run, seen from outside the engine. */
interface Seen {
  readonly started: Set<string>;
  readonly succeeded: Set<string>;
  /** Runs that its steps wait for, by the path of the step. */
  readonly children: Map<string, string>;
  ended: boolean;
}

/** Events that became durable of one run. */
interface Durable {
  readonly key: RunKey;
  readonly events: readonly RunEvent[];
}

/** Watches the store and the calls from outside and notes every broken promise. It shares no code with the engine. */
export interface Witness {
  readonly violations: readonly string[];
  readonly calls: number;
  readonly effects: EffectsWitness;
  /** How many appends have become durable: while it does not rise, nothing happens. */
  readonly appends: number;
  blame(what: string): void;
  /** Runs that have become durable, each with its first turn. */
  created(runs: readonly NewRun[]): void;
  /** What one commit of a process has made durable. */
  appended(batch: readonly Append[], generation: number): void;
  tookOver(key: RunKey, generation: number): void;
  reread(journal: Journal, keys: readonly RunKey[]): Promise<void>;
  callBegins(call: ActionCall, generation: number): void;
  callEnds(call: ActionCall, generation: number): void;
  /** A word lies durably in an inbox. */
  posted(key: RunKey, row: InboxRow): void;
  /** True when this has been asked for durably, and not refused since: whoever asks only once does not ask again. */
  wasAsked(key: RunKey, about: string): boolean;
  refused(key: RunKey, about: string): void;
  decisionAcked(key: RunKey, path: string): void;
  readonly decisions: readonly { readonly key: RunKey; readonly path: string }[];
}

/** A witness that has seen nothing yet. */
export function createWitness(): Witness {
  const violations: string[] = [];
  const runs = new Map<string, Seen>();
  const running = new Set<string>();
  /** Runs in which no call may start any more, and those in which none may until they are resumed. */
  const cancelled = new Set<string>();
  const paused = new Set<string>();
  const holders = new Map<string, number>();
  const asked = new Set<string>();
  /** What is not answered yet, as far as is known, by its place in the inboxes. */
  const open = new Map<string, { readonly key: RunKey; readonly id: number; readonly about: string }>();
  const decisions: { readonly key: RunKey; readonly path: string }[] = [];
  const effects = createEffectsWitness(blame);
  let calls = 0;
  let appends = 0;

  return {
    violations,
    decisions,
    effects,
    get calls() {
      return calls;
    },
    get appends() {
      return appends;
    },
    blame,
    created: (fresh) => noteAll(fresh.map(({ key, segment }) => ({ key, events: eventsOf(segment.events) }))),
    appended(batch, generation) {
      appends += batch.length;
      for (const { lease, consumed } of batch) {
        checkHolder(lease.key, generation);
        for (const { id, outcome } of consumed) answered(lease.key, id, outcome);
      }
      const durable = batch.flatMap(({ lease: { key }, segment }) =>
        segment === undefined ? [] : [{ key, events: eventsOf(segment.events) }],
      );
      for (const each of durable) checkStarts(each);
      noteAll(durable);
    },
    tookOver: (key, generation) => void holders.set(runKeyText(key), generation),
    reread,
    callBegins(call, generation) {
      calls += 1;
      const seen = seenOf(call.key);
      const name = `${runKeyText(call.key)} ${call.path}`;
      if (!seen.started.has(`${call.path}#${call.attempt}`))
        blame(`${name}#${call.attempt} left before its start was durable`);
      if (seen.succeeded.has(call.path)) blame(`${name} had succeeded and was carried out again`);
      if (running.has(`${generation} ${name}`)) blame(`${name} runs twice at once`);
      running.add(`${generation} ${name}`);
    },
    callEnds(call, generation) {
      running.delete(`${generation} ${runKeyText(call.key)} ${call.path}`);
    },
    posted(key, row) {
      const name = runKeyText(key);
      const about = `${name} ${aboutOf(row)}`;
      asked.add(about);
      open.set(`${name} ${row.id}`, { key, id: row.id, about });
      if (row.kind === "cancel") cancelled.add(name);
      if (row.kind === "pause") paused.add(name);
      if (row.kind === "resume") paused.delete(name);
    },
    wasAsked: (key, about) => asked.has(`${runKeyText(key)} ${about}`),
    refused: (key, about) => void asked.delete(`${runKeyText(key)} ${about}`),
    decisionAcked: (key, path) => void decisions.push({ key, path }),
  };

  function blame(what: string): void {
    violations.push(what);
  }

  /** What was refused may be asked for again, also by one whose process ended before it could tell. */
  function answered(key: RunKey, id: number, outcome: InboxOutcome["outcome"]): void {
    const row = `${runKeyText(key)} ${id}`;
    const asking = open.get(row);
    if (asking === undefined) return;
    if (!outcome.ok) asked.delete(asking.about);
    open.delete(row);
  }

  function seenOf(key: RunKey): Seen {
    const name = runKeyText(key);
    const seen = runs.get(name) ?? { started: new Set(), succeeded: new Set(), children: new Map(), ended: false };
    runs.set(name, seen);
    return seen;
  }

  /** Whoever has taken a run over is the only one who writes to it. */
  function checkHolder(key: RunKey, generation: number): void {
    const name = runKeyText(key);
    const holder = holders.get(name) ?? generation;
    if (holder !== generation) blame(`${name} has two holders: ${generation} wrote after ${holder} had taken it over`);
    holders.set(name, holder);
  }

  function checkStarts({ key, events }: Durable): void {
    const name = runKeyText(key);
    for (const event of events) {
      const start = startIn(name, event);
      if (start === undefined) continue;
      if (cancelled.has(name)) blame(`${start} was started after its cancel was durable`);
      if (paused.has(name)) blame(`${start} was started after its pause was durable`);
    }
  }

  /** What was committed together: ends first, since a run that has ended is told nothing any more. */
  function noteAll(durable: readonly Durable[]): void {
    for (const { key, events } of durable)
      if (events.some(({ kind }) => kind === "run.finished" || kind === "run.set-aside")) seenOf(key).ended = true;
    for (const { key, events } of durable) {
      for (const event of events) {
        note(key, seenOf(key), event);
        effects.note(key, event);
      }
    }
  }

  function note(key: RunKey, seen: Seen, event: RunEvent): void {
    switch (event.kind) {
      case "step.started":
        seen.started.add(`${event.path}#${event.attempt}`);
        break;
      case "step.succeeded":
        seen.succeeded.add(event.path);
        seen.children.delete(event.path);
        break;
      case "child.started":
        if (!event.detach) seen.children.set(event.path, event.run);
        break;
      case "step.failed":
      case "step.cancelled":
        for (const child of goingOn(key, seen.children.get(event.path))) cancelled.add(child);
        seen.children.delete(event.path);
        break;
      case "run.paused":
        asked.delete(`${runKeyText(key)} resume`);
        for (const child of goingOn(key, ...seen.children.values())) paused.add(child);
        break;
      // Another question in the same place: who has answered the one before is asked again.
      case "effect.unknown":
      case "effect.held":
        asked.delete(`${runKeyText(key)} ${event.path}`);
        break;
      case "run.resumed":
        for (const child of goingOn(key, ...seen.children.values())) paused.delete(child);
        break;
      default:
        break;
    }
  }

  function goingOn(key: RunKey, ...others: readonly (string | undefined)[]): readonly string[] {
    return others.flatMap((run) => {
      if (run === undefined) return [];
      const child = { ...key, run };
      return seenOf(child).ended ? [] : [runKeyText(child)];
    });
  }

  async function reread(journal: Journal, keys: readonly RunKey[]): Promise<void> {
    running.clear();
    runs.clear();
    effects.forget();
    const durable: Durable[] = [];
    for (const key of keys)
      for await (const segment of journal.read(key, 1))
        durable.push({ key, events: await readEvents(journal, key, segment) });
    const before = new Set(asked);
    noteAll(durable);
    for (const { key, id } of open.values()) {
      const outcome = await journal.outcome(key, id);
      if (outcome !== undefined) answered(key, id, outcome);
    }
    paused.clear();
    for (const key of keys) {
      const rows = await journal.inbox(key);
      const last = rows.findLast(({ kind }) => kind === "pause" || kind === "resume");
      if (last?.kind === "pause") paused.add(runKeyText(key));
      // It is asked for again unless it still lies there: whether it was for the latest pause, or the latest gate, nobody remembers.
      for (const row of rows) {
        const about = `${runKeyText(key)} ${aboutOf(row)}`;
        if (before.has(about)) asked.add(about);
      }
    }
  }
}

/** What leaves the process with an event, if anything does: a call, or an operation of one. */
function startIn(run: string, event: RunEvent): string | undefined {
  if (event.kind === "effect.intended") return `operation of ${run} ${event.path}`;
  if (event.kind === "step.continued") return `${run} ${event.path}#${event.attempt}`;
  return event.kind === "step.started" && event.input !== undefined
    ? `${run} ${event.path}#${event.attempt}`
    : undefined;
}

/** Events as they are about to be written. Large values are missing: none is looked at here. */
function eventsOf(text: string): readonly RunEvent[] {
  return JSON.parse(text) as readonly RunEvent[];
}

/** What a word is about: a gate, the wait that an event is reported for, or the run itself. */
function aboutOf({ kind, body: { path, data } }: InboxEntry): string {
  if (typeof path === "string") return path;
  const about = isJsonObject(data ?? null) ? (data as { readonly for?: unknown }).for : undefined;
  return typeof about === "string" ? about : kind;
}

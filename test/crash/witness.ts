import { equalJson, type Json } from "../../src/base/json.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { isTerminal } from "../../src/machine/states.ts";
import { createAsideWitness, isAside } from "./aside-witness.ts";
import { type Durable, type DurableRun, readDurable } from "./durable.ts";
import { createEffectsWitness } from "./effects-witness.ts";
import { attemptName, begunAgain, type LedgerLine, overlaps, readEffects, readLedger, unstableKeys } from "./ledger.ts";
import { type Said, seedOf } from "./life.ts";
import { expectedOutput, expectedPart } from "./workflow.ts";

/** The promises that a crash could break. Each counts to 0. */
export const promiseNames = [
  /** What was acknowledged is not in the journal: runs, decisions, commits, words in an inbox. */
  "lost",
  /** An attempt whose end, or an operation whose receipt, was durable before a kill began again after it. */
  "repeated",
  /** A step succeeded that no function has carried out to its end. */
  "missing",
  /** A function began before its start was durable, or an operation before its intent. */
  "early",
  /** A run or a process did not come to its end. */
  "stuck",
  /** An idempotency key was not one and the same, or not only one's. */
  "keys",
  /** A chain of hashes is broken, or a row is not what its journal folds to. */
  "state",
  /** A run gave another output than it gives without a crash. */
  "output",
] as const;

export type PromiseName = (typeof promiseNames)[number];

/** Broken promises, each with a sentence. */
export type Broken = Readonly<Record<PromiseName, readonly string[]>>;

/** What was looked at, so that a count of 0 says something. */
export interface Looked {
  readonly runs: number;
  /** Runs that steps of others started. */
  readonly children: number;
  /** Runs that kills hit so often in a row that they were not taken up again. */
  readonly aside: number;
  readonly decisions: number;
  readonly reports: number;
  readonly commits: number;
  readonly calls: number;
  /** Calls that a kill interrupted and the next life made again. */
  readonly begunAgain: number;
  /** Of those, calls that the dead process's child still carried out meanwhile. */
  readonly overlaps: number;
  /** Operations that left for another system, and how many of them left again because a kill took the receipt. */
  readonly effects: number;
  readonly effectsAgain: number;
}

/** Stands outside, hears what processes acknowledge and compares it with what their folder holds. It shares no code with the engine's driver. */
export interface Witness {
  hear(said: readonly Said[]): void;
  blame(promise: PromiseName, what: string): void;
  /** To be called while no process holds the folder. */
  look(): Promise<void>;
  /** To be called once everything should have ended. */
  conclude(): Promise<void>;
  /** Dedupe keys whose run was acknowledged. */
  readonly started: ReadonlySet<string>;
  /** Words that were said to be durable in an inbox. */
  readonly posted: ReadonlySet<string>;
  readonly broken: Broken;
  looked(): Looked;
}

/** A witness for one folder. */
export function createWitness(folder: string): Witness {
  const acked: Said[] = [];
  const started = new Map<string, string>();
  /** For each attempt that has ended for good: the length of the ledger when that was known. */
  const endedAt = new Map<string, number>();
  const children = new Set<string>();
  const broken = Object.fromEntries(promiseNames.map((name) => [name, new Set<string>()])) as Record<
    PromiseName,
    Set<string>
  >;
  const blame = (promise: PromiseName, what: string): void => void broken[promise].add(what);

  const effects = createEffectsWitness(blame);
  const asides = createAsideWitness(blame);

  return {
    hear(said) {
      acked.push(...said);
      for (const each of said) if (each.kind === "started") noteStart(each.dedupeKey, each.run);
    },
    blame,
    look: () => readDurable(folder, lookAt),
    conclude: () => readDurable(folder, concludeWith),
    get started() {
      return new Set(started.keys());
    },
    get posted() {
      return new Set(acked.flatMap((each) => (each.kind === "posted" ? [each.word] : [])));
    },
    get broken() {
      return Object.fromEntries(promiseNames.map((name) => [name, [...broken[name]]])) as unknown as Broken;
    },
    looked() {
      const ledger = readLedger(folder);
      const count = (kind: Said["kind"]): number => acked.filter((each) => each.kind === kind).length;
      return {
        runs: started.size,
        children: children.size,
        aside: asides.aside,
        decisions: count("decided"),
        reports: count("reported"),
        commits: count("committed"),
        calls: ledger.filter((line) => line.what === "begin").length,
        begunAgain: begunAgain(ledger),
        overlaps: overlaps(ledger),
        effects: readEffects(folder).length,
        effectsAgain: readEffects(folder).length - new Set(readEffects(folder).map(({ key }) => key)).size,
      };
    },
  };

  function noteStart(dedupeKey: string, run: string): void {
    const known = started.get(dedupeKey);
    if (known !== undefined && known !== run) blame("lost", `${dedupeKey} was run ${known} and is ${run} now`);
    started.set(dedupeKey, run);
  }

  async function lookAt(durable: Durable): Promise<void> {
    const ledger = readLedger(folder);
    for (const { problems } of durable.runs.values()) for (const problem of problems) blame("state", problem);
    findLost(durable);
    findEarly(durable, ledger);
    effects.look(durable.runs, readEffects(folder));
    asides.look(durable.runs);
    for (const [index, line] of ledger.entries()) {
      if (line.what === "begin" && index >= (endedAt.get(attemptName(line)) ?? Infinity)) {
        blame("repeated", `${attemptName(line)} had ended and began again in life ${line.life}`);
      }
    }
    for (const [run, { events }] of durable.runs) {
      for (const name of endedAttempts(run, events)) if (!endedAt.has(name)) endedAt.set(name, ledger.length);
    }
    for (const problem of unstableKeys(ledger)) blame("keys", problem);
    findFamily(durable);
  }

  /** A run and the note that it was started are one commit: neither is there without the other, and no step starts two. */
  function findFamily({ runs }: Durable): void {
    const named = new Set<string>();
    for (const [run, { events }] of runs) {
      for (const event of events) {
        if (event.kind !== "child.started") continue;
        named.add(event.run);
        if (!runs.has(event.run)) blame("lost", `run ${event.run}, which ${event.path} of ${run} started, is gone`);
      }
    }
    for (const [run, { events }] of runs) {
      if (parentOf(events) === undefined) continue;
      children.add(run);
      if (!named.has(run)) blame("repeated", `run ${run} was started by a step that does not know of it`);
    }
  }

  function findLost({ runs }: Durable): void {
    for (const each of acked) {
      if (each.kind === "started" && !runs.has(each.run)) blame("lost", `run ${each.run} is gone`);
      if (each.kind === "decided" && !isDecided(runs.get(each.run), each)) {
        blame("lost", `the decision of ${each.path} in ${each.run} is gone`);
      }
      if (each.kind === "reported" && !hasKind(runs.get(each.run), "event.received")) {
        blame("lost", `what was reported to ${each.run} is gone`);
      }
      if (each.kind === "committed" && !isCommitted(runs.get(each.run), each)) {
        blame("lost", `commit ${each.seq} of ${each.run} is gone`);
      }
    }
  }

  function findEarly({ runs }: Durable, ledger: readonly LedgerLine[]): void {
    const begun = new Set<string>();
    for (const [run, { events }] of runs) {
      for (const event of events) if (event.kind === "step.started") begun.add(attemptName({ ...event, run }));
    }
    for (const line of ledger) {
      if (!begun.has(attemptName(line))) blame("early", `${attemptName(line)} began before its start was durable`);
    }
  }

  async function concludeWith(durable: Durable): Promise<void> {
    await lookAt(durable);
    if (durable.runs.size - children.size !== started.size) {
      blame("lost", `${started.size} dedupe keys made ${durable.runs.size - children.size} runs`);
    }
    const finished = new Set(
      readLedger(folder)
        .filter((line) => line.what === "end")
        .map(attemptName),
    );
    for (const [dedupeKey, run] of started) {
      const found = durable.runs.get(run);
      if (found === undefined) continue;
      const parts = found.events.flatMap((event) => {
        const part = event.kind === "child.started" ? durable.runs.get(event.run) : undefined;
        return part === undefined ? [] : [part];
      });
      // What waits for a run that was set aside fails with it.
      concludeRun(found, parts.some(isAside) ? undefined : expectedOutput(seedOf(dedupeKey)), finished);
      for (const part of parts) concludeRun(part, expectedPart(seedOf(dedupeKey)), finished);
    }
    for (const each of acked) {
      if (each.kind !== "posted") continue;
      const outcome = await durable.outcome(each.run, each.id);
      if (outcome === "unread") blame("lost", `row ${each.id} in the inbox of ${each.run} was never taken in`);
    }
  }

  function concludeRun({ row, events }: DurableRun, expected: Json | undefined, finished: ReadonlySet<string>): void {
    const { run } = row.key;
    if (!isTerminal(row.summary.status)) return blame("stuck", `${run} is ${row.summary.status}`);
    if (expected !== undefined && !isAside({ events })) concludeOutput(run, events.at(-1), expected);
    for (const name of succeededCalls(run, events)) {
      if (!finished.has(name)) blame("missing", `${name} succeeded and no function has ended it`);
    }
  }

  function concludeOutput(run: string, end: RunEvent | undefined, expected: Json): void {
    if (end?.kind !== "run.finished" || end.status !== "completed" || !equalJson(end.output, expected))
      blame("output", `${run} ended with ${JSON.stringify(end)}`);
  }
}

function isDecided(run: DurableRun | undefined, { path, outcome }: Extract<Said, { kind: "decided" }>): boolean {
  const kind = outcome === "accepted" ? "gate.decided" : "gate.changes-requested";
  return run?.events.some((event) => event.kind === kind && event.path === path) ?? false;
}

function hasKind(run: DurableRun | undefined, kind: RunEvent["kind"]): boolean {
  return run?.events.some((event) => event.kind === kind) ?? false;
}

function parentOf([first]: readonly RunEvent[]): string | undefined {
  return first?.kind === "run.created" ? first.parent?.run : undefined;
}

function isCommitted(run: DurableRun | undefined, commit: { readonly seq: number; readonly hash: string }): boolean {
  return run?.segments.some((segment) => segment.seq === commit.seq && segment.hash === commit.hash) ?? false;
}

/** Attempts whose end the journal tells: they must never begin again. */
function endedAttempts(run: string, events: readonly RunEvent[]): readonly string[] {
  const attempts = new Map<string, number>();
  const ended: string[] = [];
  for (const event of events) {
    if (event.kind === "step.started") attempts.set(event.path, event.attempt);
    const attempt = "path" in event ? attempts.get(event.path) : undefined;
    if (attempt === undefined || !("path" in event)) continue;
    if (event.kind === "step.succeeded" || event.kind === "step.failed")
      ended.push(attemptName({ run, path: event.path, attempt }));
  }
  return ended;
}

/** Attempts of functions that succeeded. Their start names an input; that of a group does not. */
function succeededCalls(run: string, events: readonly RunEvent[]): readonly string[] {
  const attempts = new Map<string, number>();
  const calls: string[] = [];
  for (const event of events) {
    if (event.kind === "step.started" && event.input !== undefined) attempts.set(event.path, event.attempt);
    const attempt = event.kind === "step.succeeded" ? attempts.get(event.path) : undefined;
    if (event.kind === "step.succeeded" && attempt !== undefined)
      calls.push(attemptName({ run, path: event.path, attempt }));
  }
  return calls;
}

import { digestText } from "../../src/base/digest.ts";
import type { RunKey } from "../../src/base/ids.ts";
import type { Json } from "../../src/base/json.ts";
import { summaryOf } from "../../src/engine/summary.ts";
import type { Plan } from "../../src/language/plan.ts";
import type { Command } from "../../src/machine/command.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { emptyState, type RunState } from "../../src/machine/state.ts";
import type { Segment } from "../../src/ports/journal.ts";
import { noHash, segmentHash } from "../../src/ports/segment-hash.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import { standing } from "./standing.ts";

/** The rules that a journal is read by. A control puts others in their place. */
export interface Rules {
  readonly apply: (state: RunState, event: RunEvent, at: number) => void;
  readonly next: (state: RunState, nowMs: number) => readonly Command[];
}

/** A journal as it was written, with what came of it after each event. */
export interface Golden {
  readonly about: string;
  /** Number of the rules by which the run went. */
  readonly machine: number;
  readonly key: RunKey;
  readonly plan: Plan;
  readonly segments: readonly Segment[];
  readonly blobs: Readonly<Record<string, string>>;
  /** After each event: digests of the state and of the commands that follow. */
  readonly steps: readonly (readonly [state: string, commands: string])[];
  /** What lists show of the run in the end. */
  readonly summary: Json;
}

/** A file of several lines of JSON: what was run, a line for each segment, what came of it. */
export function goldenText({ segments, steps, summary, ...head }: Golden): string {
  const lines: readonly unknown[] = [head, ...segments, { steps }, { summary }];
  return `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
}

/** Reads what `goldenText` wrote. */
export function goldenIn(text: string): Golden {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const [head, ...rest] = lines;
  const [steps, summary] = rest.slice(-2) as [Pick<Golden, "steps">, Pick<Golden, "summary">];
  return {
    ...(head as Omit<Golden, "segments" | "steps" | "summary">),
    segments: rest.slice(0, -2) as readonly Segment[],
    ...steps,
    ...summary,
  };
}

/** The events with their times, every hash checked. */
export async function eventsOf(golden: Golden): Promise<readonly (readonly [RunEvent, number])[]> {
  const journal = {
    blobs: async () => new Map(Object.entries(golden.blobs)),
  };
  const events: (readonly [RunEvent, number])[] = [];
  let hash = noHash;
  for (const segment of golden.segments) {
    if (segment.hash !== segmentHash(hash, segment.seq, segment.events) || segment.seq !== events.length + 1)
      throw new Error(`segment ${segment.seq} is not the one that was written`);
    hash = segment.hash;
    for (const event of await readEvents(journal, golden.key, segment)) events.push([event, segment.at]);
  }
  return events;
}

/** What comes of a journal, event by event. */
export async function replay(golden: Golden, rules: Rules): Promise<Pick<Golden, "steps" | "summary">> {
  const state = emptyState(golden.plan);
  const steps: (readonly [string, string])[] = [];
  let last = 0;
  for (const [event, at] of await eventsOf(golden)) {
    rules.apply(state, event, at);
    const commands = rules
      .next(state, at)
      .map((command) => (command.kind === "call" ? command.started : command.event));
    steps.push([short(standing(state)), short(JSON.stringify(commands))]);
    last = at;
  }
  return { steps, summary: JSON.parse(JSON.stringify(summaryOf(state, last))) as Json };
}

/** The first difference between what comes of a journal and what once did, in words; undefined when there is none. */
export async function difference(golden: Golden, rules: Rules): Promise<string | undefined> {
  const events = await eventsOf(golden);
  const found = await replay(golden, rules).catch((error: unknown) => String(error));
  if (typeof found === "string") return found;
  for (const [index, [state, commands]] of golden.steps.entries()) {
    const [event] = events[index] ?? [];
    const step = found.steps[index];
    const place = `event ${index + 1} (${event?.kind}${event !== undefined && "path" in event ? ` of ${event.path}` : ""})`;
    if (step?.[0] !== state) return `after ${place} the state is another`;
    if (step[1] !== commands) return `after ${place} other commands follow`;
  }
  if (found.steps.length !== golden.steps.length) return `there are ${found.steps.length} events`;
  return JSON.stringify(found.summary) === JSON.stringify(golden.summary) ? undefined : "the summary is another";
}

function short(text: string): string {
  return digestText(text).slice(0, 16);
}

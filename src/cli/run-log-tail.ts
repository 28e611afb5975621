import { isRunEnd } from "../machine/finish.ts";
import type { History } from "../app/runs.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { StepError } from "../machine/event.ts";
import type { LogLevel, LogRow } from "../ports/logs.ts";
import { brief } from "./brief.ts";
import { type CallEnd, type CallEvents, type CallStart, createCallEvents, stepOf } from "./call-events.ts";
import { briefChars } from "./call-log.ts";

/** Where a run of a family stands. */
export interface Place {
  readonly run: string;
  /** Path of the step that runs it, from the run on that was asked for; empty for that one. */
  readonly under: string;
  /** How many runs stand above it. */
  readonly depth: number;
}

/** One line of a run's log: what a step logged, or that it began or ended. Values are cut to their beginnings. */
export type LogItem = Place & {
  readonly at: number;
  /** In its own run; empty for what concerns the whole run. */
  readonly path: string;
  readonly step: string;
  readonly attempt: number;
} & (
    | { readonly kind: "log"; readonly level: LogLevel; readonly text: string }
    | { readonly kind: "start"; readonly input: string; readonly child?: string }
    | {
        readonly kind: "end";
        readonly status: "ok" | "error" | "cancelled";
        readonly ms: number;
        readonly output?: string;
        readonly artifacts?: Json;
        readonly error?: StepError;
      }
  );

/** What of a run is read. */
export interface TailOptions {
  /** Only lines of these levels; without, all. */
  readonly levels?: readonly LogLevel[];
  /** The run had ended before this is asked for: nothing more will come. */
  readonly isOver: boolean;
}

/**
 * The log of one run as far as it is there, in order, then `undefined`, then what has come since, and so on; it is done when the run has ended.
 *
 * Lines and events are kept apart, and here they become one: a line comes after the start of its step and before its end. Lines whose start
 * has not been read yet wait for the next round.
 */
export async function* tailOf(
  source: History,
  place: Place,
  options: TailOptions,
): AsyncGenerator<LogItem | undefined, void> {
  const calls = createCallEvents(await source.planOf(place.run));
  const lines = createLines(source, place.run, options);
  let seq = 0;
  let hasEnded = false;

  while (!hasEnded) {
    for await (const { seq: first, at, events } of source.history(place.run, seq + 1)) {
      // What a step logged is written before its end is: after this every line is there that comes before these events.
      await lines.refill();
      for (const [index, event] of events.entries()) {
        if (first + index <= seq) continue;
        seq = first + index;
        hasEnded = isRunEnd(event);
        const call = calls.take(event, at);
        if (call === undefined) continue;
        yield* linesUntil((line) => isBefore(line, call));
        yield itemOf(place, call);
      }
    }
    await lines.refill();
    yield* linesUntil((line) => hasEnded || isKnown(line, calls));
    if (!hasEnded) yield undefined;
  }

  async function* linesUntil(takes: (line: LogRow) => boolean): AsyncGenerator<LogItem, void> {
    for (let line = lines.head(); line !== undefined && takes(line); line = await lines.next()) {
      const { path, attempt, at, level, text } = line;
      yield { ...place, kind: "log", at, path, step: stepOf(path), attempt, level, text };
    }
  }
}

function isBefore(line: LogRow, call: CallStart | CallEnd): boolean {
  return line.at < call.at || (line.at === call.at && call.kind === "end" && line.path === call.path);
}

function isKnown({ path, attempt }: LogRow, calls: CallEvents): boolean {
  return path === "" || calls.attemptsOf(path) >= attempt;
}

function itemOf(place: Place, call: CallStart | CallEnd): LogItem {
  const { at, path, step, attempt, child } = call;
  const head = { ...place, at, path, step, attempt };
  if (call.kind === "start")
    return { ...head, kind: "start", input: brief(call.input, briefChars), ...(child !== undefined && { child }) };
  const { event } = call;
  const end = { ...head, kind: "end", ms: at - call.startedAt } as const;
  if (event.kind === "step.cancelled") return { ...end, status: "cancelled" };
  if (event.kind === "step.failed") return { ...end, status: "error", error: event.error };
  const { artifacts, output = null } = event;
  return { ...end, status: "ok", output: brief(output, briefChars), ...(artifacts !== undefined && { artifacts }) };
}

/** Lines of one run, read page by page. */
interface Lines {
  /** The next line, where it has been read. */
  head(): LogRow | undefined;
  /** Goes on to the line after it; reads on where the page was full. */
  next(): Promise<LogRow | undefined>;
  /** Looks for more where there was none. */
  refill(): Promise<void>;
}

function createLines(source: History, run: string, { levels, isOver }: TailOptions): Lines {
  let page: readonly LogRow[] = [];
  let index = 0;
  let after = 0;
  let isLast = false;

  return {
    head: () => page[index],
    async next() {
      index += 1;
      if (index === page.length && page.length === limits.pageRowsMax) await read();
      return page[index];
    },
    async refill() {
      if (index === page.length && !isLast) await read();
    },
  };

  async function read(): Promise<void> {
    page = await source.lines(run, { after, limit: limits.pageRowsMax, ...(levels !== undefined && { levels }) });
    index = 0;
    after = page.at(-1)?.n ?? after;
    isLast = isOver && page.length < limits.pageRowsMax;
  }
}

import type { RunHistory } from "../app/run-reader.ts";
import { RunwrightError } from "../base/error.ts";
import type { LogLevel } from "../ports/logs.ts";
import { mergeAll } from "./log-order.ts";
import { createFirstOf, createLastOf, type Shelf } from "./log-shelf.ts";
import { pathUnder } from "./recording.ts";
import { type LogItem, type Place, tailOf } from "./run-log-tail.ts";
import { shownPath } from "./words.ts";

/** What of a log is wanted. */
export interface LogChoice {
  /** Id of a step, or path of an instance as commands show it: that one, and what lies below. */
  readonly step?: string;
  /** Lines of these levels; without, all. */
  readonly levels?: readonly LogLevel[];
  /** Which of the beginnings and ends of steps are wanted. */
  readonly calls: "all" | "errors" | "none";
}

/** The log of a run and of the runs that its steps run, in one order. */
export interface RunLog {
  /** The last lines of what is there and was not read before, `count` at most. */
  last(count: number): Promise<{ readonly items: readonly LogItem[]; readonly left: number }>;
  /** What has come since. */
  fresh(): Promise<readonly LogItem[]>;
  /** True once the run has ended and all of it was read. */
  readonly isOver: boolean;
  /** Sub-workflows that were too many to be read at the same time. */
  readonly leftOut: number;
  /** Throws `usage.invalid` where no step of the run can be meant. */
  assertStep(): Promise<void>;
}

/** Runs of one family that are read at the same time. */
const membersMax = 1000;

interface Member {
  readonly place: Place;
  readonly tail: AsyncGenerator<LogItem | undefined, void>;
}

/** Reads a log from its beginning. */
export function createRunLog(runs: RunHistory, run: string, choice: LogChoice): RunLog {
  const members = new Map<string, Member>();
  let begun: Promise<void> | undefined;
  let leftOut = 0;

  return {
    async last(count) {
      const rounds = await round(() => createLastOf(count));
      const items = mergeAll(rounds.map((shelf) => shelf.kept()));
      const shown = items.slice(-count);
      return { items: shown, left: items.length - shown.length + rounds.reduce((sum, shelf) => sum + shelf.left(), 0) };
    },
    async fresh() {
      return mergeAll((await round(createFirstOf)).map((shelf) => shelf.kept()));
    },
    get isOver() {
      return begun !== undefined && !members.has(run);
    },
    get leftOut() {
      return leftOut;
    },
    assertStep,
  };

  /** Lets each run of the family go on as far as it is there. */
  async function round(createShelf: () => Shelf): Promise<readonly Shelf[]> {
    await (begun ??= admit({ run, under: "", depth: 0 }));
    const shelves: Shelf[] = [];
    // Runs that begin in this round are added to the end, and so are read too.
    for (const [id, { place, tail }] of members) {
      const shelf = createShelf();
      shelves.push(shelf);
      if (await fill(shelf, place, tail)) members.delete(id);
    }
    return shelves;
  }

  /** True when the run is over. */
  async function fill(shelf: Shelf, place: Place, tail: Member["tail"]): Promise<boolean> {
    while (!shelf.isFull()) {
      const { value: item, done } = await tail.next();
      if (done === true) return true;
      if (item === undefined) return false;
      if (item.kind === "start" && item.child !== undefined)
        await admit({ run: item.child, under: fullPath(item), depth: place.depth + 1 });
      if (isWanted(item, choice)) shelf.add(item);
    }
    return false;
  }

  async function admit(place: Place): Promise<void> {
    if (members.size >= membersMax) {
      leftOut += 1;
      return;
    }
    const { levels } = choice;
    const isOver = (await runs.row(place.run)).summary.endedAt !== undefined;
    members.set(place.run, { place, tail: tailOf(runs, place, { isOver, ...(levels !== undefined && { levels }) }) });
  }

  async function assertStep(): Promise<void> {
    const { steps } = await runs.planOf(run);
    const { step } = choice;
    // Steps of other workflows are known when those have run.
    if (step === undefined || steps.some(({ id, verb }) => verb.kind === "workflow" || isIn(step, id))) return;
    const known = steps.map(({ id }) => id).join(", ");
    throw new RunwrightError("usage.invalid", `Run ${run} has no step '${step}'. It has: ${known}.`);
  }
}

/** True when a step's id, or a path that has one, stands for this step. */
function isIn(path: string, id: string): boolean {
  return path.split("/").some((part) => part.replace(/[@[].*$/, "") === id);
}

/** The path from the run on that was asked for. */
export function fullPath({ under, path }: LogItem): string {
  return pathUnder(under, path);
}

function isWanted(item: LogItem, { step, calls }: LogChoice): boolean {
  if (item.kind !== "log" && calls !== "all" && (calls === "none" || item.kind !== "end" || item.status !== "error"))
    return false;
  if (step === undefined) return true;
  const full = fullPath(item);
  return isAtOrBelow(full, step) || isAtOrBelow(shownPath(full), step) || (isId(step) && isIn(full, step));
}

function isId(step: string): boolean {
  return !/[/@[]/.test(step);
}

function isAtOrBelow(path: string, top: string): boolean {
  return path.startsWith(top) && ["", "/", "[", "@"].includes(path.charAt(top.length));
}

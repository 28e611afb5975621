import type { App } from "../app/app.ts";
import type { Committed, GateView } from "../app/runs.ts";
import { hasCode } from "../base/error.ts";
import { emptyState } from "../machine/state.ts";
import type { RunRow } from "../ports/journal.ts";
import type { LogEntry } from "../ports/logs.ts";
import { createFamilyPaths, type FamilyPaths } from "./family-paths.ts";
import type { Interrupt } from "./interrupt.ts";
import { createLiveView, type View } from "./live-view.ts";
import type { Output } from "./output.ts";
import { createPlainView, createQuietView } from "./plain-view.ts";
import { safeLine } from "./safe-text.ts";
import { createTracker, type Tracker } from "./tracker.ts";
import { shownPath } from "./words.ts";

/** How a run is followed. */
export interface FollowOptions {
  /** Accept every gate. */
  readonly yes: boolean;
  /** Ask the person at the terminal. */
  readonly ask: boolean;
  readonly quiet: boolean;
  /** Also show what had happened before, as for a run that this command has just started. */
  readonly fromStart: boolean;
  /** Lines that never change, also in a terminal: time runs differently in a dry run. */
  readonly isPlain: boolean;
}

/** What `follow` stands on. */
export interface FollowDeps {
  readonly app: App;
  readonly output: Output;
  readonly interrupt: Interrupt;
  /** Calls its argument for every line that user modules log, until disposed. */
  readonly onLog: (listener: (line: LogEntry) => void) => Disposable;
}

/** Shows a run until it has ended or only people can move it on; undefined when it was interrupted. */
export async function follow(run: string, deps: FollowDeps, options: FollowOptions): Promise<RunRow | undefined> {
  const { app, interrupt } = deps;
  using feed = openFeed(app, run);
  const tracker = createTracker(emptyState(await app.planOf(run)));
  using view = createRunView(deps.output, tracker, options);
  const paths = createFamilyPaths();
  using _children = app.subscribe((committed) => paths.take(committed));
  using _log = deps.onLog((line) => {
    if (!isTold(line)) view.text(logText(line, paths.pathOf(line)));
  });
  await catchUp(app.history(run, 1), { tracker, paths, ...(options.fromStart && { view }) });
  const acceptor = createAcceptor(app, run);
  feed.pass((committed) => {
    view.lines(tracker.take(committed));
    if (options.yes && tracker.state.gates.size > 0) acceptor.accept().catch(() => {});
  });

  const later = new Set<string>();
  for (;;) {
    const row = await settled(app, run, interrupt.signal);
    if (row === undefined || row.summary.status !== "awaiting_approval") return row;
    if (options.yes) {
      // A gate that stays open all the same needs somebody else too.
      if ((await acceptor.accept()) === "stuck") return row;
      continue;
    }
    const gate = options.ask ? await nextGate(app, run, later) : undefined;
    if (gate === undefined) return row;
    using _yielded = view.yield();
    if ((await ask(gate, deps, run)) === "later") later.add(gate.path);
    if (interrupt.signal.aborted) return undefined;
  }
}

/** Takes in what happened before, and shows it where there is a view for it. */
async function catchUp(
  history: AsyncIterable<Committed>,
  {
    tracker,
    paths,
    view,
  }: { readonly tracker: Tracker; readonly paths: FamilyPaths; readonly view?: Pick<View, "lines"> },
): Promise<void> {
  for await (const committed of history) {
    paths.take(committed);
    const lines = tracker.take(committed);
    if (!isKept(committed)) view?.lines(lines);
  }
}

/** What a run keeps of another was told when that one was carried out. */
function isKept({ events: [first] }: Committed): boolean {
  return first?.kind === "run.created" && first.forkedFrom !== undefined;
}

/** Commits of one run, kept until somebody takes them: none is missed between subscribing and reading the state. */
function openFeed(app: App, run: string): Disposable & { pass(listener: (committed: Committed) => void): void } {
  const early: Committed[] = [];
  let take = (committed: Committed): void => void early.push(committed);
  const subscription = app.subscribe((committed) => {
    if (committed.key.run === run) take(committed);
  });
  return {
    pass(listener) {
      take = listener;
      for (const committed of early) listener(committed);
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

/** The view of a run that fits where the command writes to. */
export function createRunView(
  output: Output,
  tracker: Tracker,
  { quiet, isPlain }: Pick<FollowOptions, "quiet" | "isPlain">,
): View {
  if (quiet) return createQuietView();
  return output.isTerminal && !isPlain ? createLiveView(output, tracker, Date.now) : createPlainView(output, tracker);
}

async function settled(app: App, run: string, signal: AbortSignal): Promise<RunRow | undefined> {
  try {
    return await app.settled(run, signal);
  } catch (error) {
    if (signal.aborted && hasCode(error, "call.aborted")) return undefined;
    throw error;
  }
}

async function nextGate(app: App, run: string, later: ReadonlySet<string>): Promise<GateView | undefined> {
  const { gates } = await app.runs.view(run);
  return gates.find((gate) => !later.has(gate.path));
}

/** Puts one gate to the person, unless somebody else decides it first. */
async function ask(gate: GateView, deps: FollowDeps, run: string): Promise<"decided" | "later"> {
  const { app, output, interrupt } = deps;
  const moved = new AbortController();
  const { askGate } = await import("./gate-prompt.ts");
  using _watch = app.subscribe(({ key, events }) => {
    const isDecided = events.some(
      (event) =>
        event.kind.startsWith("gate.") && event.kind !== "gate.reminded" && "path" in event && event.path === gate.path,
    );
    if (key.run === run && isDecided) moved.abort();
  });

  const answer = await askGate(gate, output, AbortSignal.any([moved.signal, interrupt.signal]));
  if (answer.kind === "interrupted") interrupt.raise();
  if (answer.kind !== "decided") return moved.signal.aborted ? "decided" : "later";
  try {
    await app.runs.decide(run, answer.decision);
  } catch (error) {
    if (!hasCode(error, "gate.decided") && !hasCode(error, "gate.edit-refused")) throw error;
    output.note(output.tone("bad", safeLine(error.message)));
  }
  return "decided";
}

/** Accepts all open gates of a run's file, one round after the other: rounds at the same time would find each other's gates decided. */
function createAcceptor(app: App, run: string): { accept(): Promise<"moved" | "stuck"> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    accept() {
      const round = last.then(acceptAll, acceptAll);
      last = round;
      return round;
    },
  };

  async function acceptAll(): Promise<"moved" | "stuck"> {
    const { gates } = await app.runs.view(run);
    // What became of a call, and what the policy holds, is no gate of the file: nobody has said yes to that beforehand.
    const own = gates.filter(({ kind }) => kind === undefined);
    const answers = await Promise.all(own.map((gate) => accepted(gate)));
    return gates.length > 0 && answers.every((answer) => !answer) ? "stuck" : "moved";
  }

  async function accepted({ path, hash }: GateView): Promise<boolean> {
    try {
      await app.runs.decide(run, { path, hash, outcome: "accepted" });
      return true;
    } catch (error) {
      if (!hasCode(error, "gate.decided") && !hasCode(error, "run.ended")) throw error;
      return false;
    }
  }
}

/** A failure is told by the line of its step. */
function isTold({ level, text }: LogEntry): boolean {
  return level === "error" && /^(?:Function|Assignment) '[^']*' failed: /.test(text);
}

function logText({ level, text }: LogEntry, path: string): string {
  const where = path === "" ? "" : `${shownPath(path)}: `;
  return `  ${level.padEnd(9)}  ${where}${safeLine(text)}`;
}

import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import { equalJson, type JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { applyDefaults } from "../language/schema/defaults.ts";
import type { ForkedFrom, RunEvent } from "../machine/event.ts";
import { type Fork, forkAt, type ForkPoint } from "../machine/fork.ts";
import { inputReads } from "../machine/input-reads.ts";
import { type BegunOperation, emptyState, type RunState } from "../machine/state.ts";
import { apply } from "../machine/apply.ts";
import type { Version } from "../ports/catalog.ts";
import type { Store } from "../ports/store.ts";
import { emptyTail, tailAfter, verifiedEvents } from "./segment.ts";

/** Another try of a run that keeps a part of it, ready to be started. */
export interface ForkedRun {
  readonly version: Version;
  readonly input: JsonObject;
  readonly fork: ForkStart;
}

/** What a run begins with that is another try of one. */
export interface ForkStart {
  readonly from: ForkedFrom;
  /** That of the run it is a try of: what a step has done outside is known by the same keys. */
  readonly effectRoot: string;
  /** What the steps that are carried out anew have begun outside. */
  readonly inherited: readonly RunEvent[];
  /** The events of the steps that are kept, in their order. */
  readonly events: readonly RunEvent[];
}

/**
 * Reads a run that has ended and says what another try of it from a point on begins with. Throws `run.unfinished`, `usage.invalid` for a point that
 * is none, `inputs.invalid` for an input that a kept step may have read, and `run.limit` when there is too much to keep.
 */
export async function forkRun(
  { journal, catalog }: Store,
  key: RunKey,
  point: ForkPoint,
  edits: JsonObject,
): Promise<ForkedRun> {
  const row = await journal.row(key);
  if (row === undefined) throw new RunwrightError("run.not-found", `There is no run ${key.run}.`);
  const version = await catalog.get(key, row.version);
  const { state, events } = await readRun(journal, key, version);
  if (state.ended === undefined || state.created === undefined) {
    const message = `Run ${key.run} has not ended (${row.summary.status}): it can be tried again once it has, or was cancelled.`;
    throw new RunwrightError("run.unfinished", message);
  }
  const fork = forkAt(state, point, changedGates(events));
  const input = editedInput(state, fork, edits);
  const from = { run: key.run, path: fork.path, kept: fork.kept.map(({ id }) => id) };
  const inherited = inheritedEvents(state, fork);
  const kept = keptEvents(key.run, events, fork, inherited);
  return { version, input, fork: { from, effectRoot: state.created.effectRoot, inherited, events: kept } };
}

async function readRun(
  journal: Store["journal"],
  key: RunKey,
  { plan }: Version,
): Promise<{ readonly state: RunState; readonly events: readonly RunEvent[] }> {
  const state = emptyState(plan);
  const all: RunEvent[] = [];
  let tail = emptyTail;
  for await (const segment of journal.read(key, 1)) {
    for (const event of await verifiedEvents(journal, key, tail, segment)) {
      apply(state, event, segment.at);
      all.push(event);
    }
    tail = tailAfter(segment);
  }
  return { state, events: all };
}

/** Gates of the file's own list at which changes were asked for. */
function changedGates(events: readonly RunEvent[]): ReadonlySet<string> {
  const paths = events.flatMap((event) => (event.kind === "gate.changes-requested" ? [event.path] : []));
  return new Set(paths.filter((path) => !path.includes("/")).map((path) => path.replace(/[@[].*$/, "")));
}

/** A write that was done is not done a second time because its step is carried out anew; what was read is read anew. */
function inheritedEvents({ instances }: RunState, { keepsPath }: Fork): readonly RunEvent[] {
  return Array.from(instances.values())
    .filter(({ path, effects }) => effects !== undefined && !keepsPath(path))
    .flatMap(({ path, effects = new Map<string, BegunOperation>() }) =>
      [...effects.values()].filter(isLasting).map((effect) => inheritedEvent(path, effect)),
    );
}

/** What has certainly done nothing is as if it had not begun. */
function isLasting({ class: effectClass, undone }: BegunOperation): boolean {
  return effectClass !== "read" && undone !== true;
}

function inheritedEvent(
  path: string,
  { operation, key, class: effectClass, begunAt, target, receipt }: BegunOperation,
) {
  const more = { ...(target !== undefined && { target }), ...(receipt !== undefined && { receipt }) };
  const event = { kind: "run.inherited", v: 1, instance: path, operation, key, class: effectClass, begunAt } as const;
  return { ...event, ...more };
}

/** Which event of those that were received a wait was for is a number in the other run: here it has no meaning. */
function keptEvents(
  run: string,
  events: readonly RunEvent[],
  fork: Fork,
  inherited: readonly RunEvent[],
): readonly RunEvent[] {
  const kept = events.filter((event) => fork.keeps(event)).map((event) => withoutNumber(event));
  const all = [...inherited, ...kept];
  const bytes = all.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
  if (all.length <= limits.keptEventsMax && bytes <= limits.keptBytesMax) return kept;
  throw new RunwrightError(
    "run.limit",
    `The steps to keep of run ${run} have ${all.length} events with ${bytes} bytes; at most ${limits.keptEventsMax} events and ${limits.keptBytesMax} bytes are kept. Begin at an earlier step.`,
  );
}

function withoutNumber(event: RunEvent): RunEvent {
  if (event.kind !== "step.succeeded" || event.event === undefined) return event;
  const { event: _number, ...rest } = event;
  return rest;
}

/** What a kept step has read stays as it was: its result would speak of another input than the run has. */
function editedInput({ plan, input }: RunState, fork: Fork, edits: JsonObject): JsonObject {
  const edited = applyDefaults(plan.inputs, { ...input, ...edits }) as JsonObject;
  const changed = Object.keys(edits).filter((name) => !equalJson(edited[name] ?? null, input[name] ?? null));
  if (changed.length === 0) return edited;
  for (const step of fork.kept) {
    const reads = inputReads(plan, step);
    const name = changed.find((each) => reads === "all" || reads.has(each));
    if (name === undefined) continue;
    const message = `Input '${name}' cannot be another one: step '${step.id}', whose result is kept, may have read it. Begin at '${step.id}' or before it.`;
    throw new RunwrightError("inputs.invalid", message);
  }
  return edited;
}

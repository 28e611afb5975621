import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { applyDefaults } from "../language/schema/defaults.ts";
import { validateValue } from "../language/schema/validate.ts";
import { apply } from "../machine/apply.ts";
import { machineNumber, type ParentRun, type RunEvent } from "../machine/event.ts";
import { emptyState, type RunState, wakeAtOf } from "../machine/state.ts";
import type { Blob, NewRun, Segment } from "../ports/journal.ts";
import type { AuditEntry } from "../ports/audit.ts";
import { storedEvent } from "../ports/stored-event.ts";
import type { StartRequest } from "./contract.ts";
import { emptyTail, nextSegment } from "./segment.ts";
import { summaryOf } from "./summary.ts";

/** What the first turn of a run writes. */
interface FirstTurn {
  readonly texts: readonly string[];
  readonly blobs: ReadonlyMap<string, Blob>;
  /** Other runs, and what they are told: more than a new run can hold. */
  readonly creates: readonly unknown[];
  readonly posts: readonly unknown[];
  readonly audit: readonly AuditEntry[];
}

/** A run about to be created, and the state it begins with. */
export interface PreparedRun<Turn extends FirstTurn> {
  readonly run: NewRun;
  readonly state: RunState;
  readonly segment: Segment;
  /** The first turn, where it stands in the same commit. */
  readonly begun?: Turn;
}

/** Makes the first turn of a run that is about to be created. */
type Begin<Turn> = (state: RunState, key: RunKey, at: number) => Turn;

/** What it takes to make a run; those that a step of another run starts have a parent. */
interface RunRequest extends StartRequest {
  readonly parent?: ParentRun;
  readonly effectRoot?: string;
  readonly depth?: number;
}

/**
 * Checks the inputs and makes the first event, and with `begin` the first turn too: a run costs a commit less where it begins with the one that
 * creates it. A first turn that has more to write than a new run can hold is left to the driver. Throws `inputs.invalid` naming every input
 * that does not fit.
 */
export function prepareRun<Turn extends FirstTurn>(
  request: RunRequest,
  run: string,
  at: number,
  begin?: Begin<Turn>,
): PreparedRun<Turn> {
  const prepared = prepare(request, run, at, begin);
  return prepared ?? prepareRun(request, run, at);
}

/** Undefined where the first turn cannot stand in the commit that creates the run: the state is spoilt by it then. */
function prepare<Turn extends FirstTurn>(
  request: RunRequest,
  run: string,
  at: number,
  begin: Begin<Turn> | undefined,
): PreparedRun<Turn> | undefined {
  const { scope, version, fork } = request;
  const key: RunKey = { ...scope, run };
  const created = createdEvent(request, run);
  const state = emptyState(version.plan);
  const events: readonly RunEvent[] =
    fork === undefined ? [created] : [created, ...fork.inherited, { kind: "run.started", v: 1 }, ...fork.events];
  for (const each of events) apply(state, each, at);
  const stored = events.map((each) => storedEvent(each));
  const turn = begin === undefined ? undefined : firstTurn(begin, state, key, at);
  if (turn === "none") return undefined;
  const texts = [...stored.map(({ text }) => text), ...(turn?.texts ?? [])];
  const blobs = [...stored.flatMap((each) => each.blobs), ...(turn?.blobs.values() ?? [])];
  const made = { state, segment: nextSegment(emptyTail, texts, at), ...(turn !== undefined && { begun: turn }) };
  return { run: newRun(request, key, made, blobs), ...made };
}

function createdEvent(request: RunRequest, run: string): RunEvent {
  const { version, principal, env, parent, depth, fork } = request;
  return {
    kind: "run.created",
    v: 1,
    machine: machineNumber,
    run,
    workflow: version.workflow,
    version: version.digest,
    input: checkedInput(request),
    env,
    startedBy: principal.id,
    effectRoot: fork?.effectRoot ?? request.effectRoot ?? run,
    ...(request.again !== undefined && { again: request.again }),
    ...(fork !== undefined && { forkedFrom: fork.from }),
    ...(parent !== undefined && { parent }),
    ...(depth !== undefined && { depth }),
  };
}

function newRun(
  { version, principal, dedupeKey }: RunRequest,
  key: RunKey,
  { state, segment, begun }: Omit<PreparedRun<FirstTurn>, "run">,
  blobs: readonly Blob[],
): NewRun {
  const { at } = segment;
  const wakeAt = begun === undefined ? 0 : wakeAtOf(state);
  return {
    key,
    workflow: version.workflow,
    version: version.digest,
    createdAt: at,
    startedBy: principal.id,
    segment,
    summary: summaryOf(state, at),
    ...(wakeAt !== undefined && { wakeAt }),
    ...(blobs.length > 0 && { blobs }),
    ...(begun !== undefined && begun.audit.length > 0 && { audit: begun.audit }),
    ...(dedupeKey === undefined ? {} : { dedupeKey }),
  };
}

/** A fault of the machine is left to the driver as well: it ends the run with what is known about it. */
function firstTurn<Turn extends FirstTurn>(
  begin: Begin<Turn>,
  state: RunState,
  key: RunKey,
  at: number,
): Turn | "none" {
  try {
    const turn = begin(state, key, at);
    return turn.creates.length > 0 || turn.posts.length > 0 ? "none" : turn;
  } catch {
    return "none";
  }
}

function checkedInput(request: StartRequest): JsonObject {
  const { plan, workflow } = request.version;
  const input = applyDefaults(plan.inputs, request.input) as JsonObject;
  const problems = validateValue(plan.inputs, input);
  if (problems.length > 0) {
    const listed = problems.map((each) => `${each.path} ${each.message}`).join("; ");
    throw new RunwrightError("inputs.invalid", `The inputs of ${workflow} do not fit: ${listed}.`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > limits.inputsBytesMax) {
    throw new RunwrightError(
      "inputs.invalid",
      `The inputs of ${workflow} have ${bytes} bytes; at most ${limits.inputsBytesMax} are taken.`,
    );
  }
  return input;
}

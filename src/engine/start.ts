import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { applyDefaults } from "../language/schema/defaults.ts";
import { validateValue } from "../language/schema/validate.ts";
import { apply } from "../machine/apply.ts";
import { machineNumber, type ParentRun, type RunEvent } from "../machine/event.ts";
import { emptyState, type RunState } from "../machine/state.ts";
import type { NewRun } from "../ports/journal.ts";
import { storedEvent } from "../ports/stored-event.ts";
import type { StartRequest } from "./contract.ts";
import { emptyTail, nextSegment, type Tail, tailAfter } from "./segment.ts";
import { summaryOf } from "./summary.ts";

/** A run about to be created, and the state it begins with. */
export interface PreparedRun {
  readonly run: NewRun;
  readonly state: RunState;
  readonly tail: Tail;
}

/** What it takes to make a run; those that a step of another run starts have a parent. */
interface RunRequest extends StartRequest {
  readonly parent?: ParentRun;
  readonly effectRoot?: string;
  readonly depth?: number;
}

/** Checks the inputs and makes the first event. Throws `inputs.invalid` naming every input that does not fit. */
export function prepareRun(request: RunRequest, run: string, at: number): PreparedRun {
  const { scope, version, principal, env, dedupeKey, parent, depth, fork } = request;
  const key: RunKey = { ...scope, run };
  const event: RunEvent = {
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
  const state = emptyState(version.plan);
  const events: readonly RunEvent[] =
    fork === undefined ? [event] : [event, ...fork.inherited, { kind: "run.started", v: 1 }, ...fork.events];
  for (const each of events) apply(state, each, at);
  const stored = events.map((each) => storedEvent(each));
  const blobs = stored.flatMap((each) => each.blobs);
  const texts = stored.map(({ text }) => text);
  const segment = nextSegment(emptyTail, texts, at);
  const created: NewRun = {
    key,
    workflow: version.workflow,
    version: version.digest,
    createdAt: at,
    startedBy: principal.id,
    segment,
    summary: summaryOf(state, at),
    wakeAt: 0,
    ...(blobs.length > 0 && { blobs }),
    ...(dedupeKey === undefined ? {} : { dedupeKey }),
  };
  return { run: created, state, tail: tailAfter(segment) };
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

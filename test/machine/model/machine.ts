import assert from "node:assert/strict";
import { callOf } from "../../../src/engine/call-of.ts";
import type { Plan } from "../../../src/language/plan.ts";
import { apply } from "../../../src/machine/apply.ts";
import { type ChildEnd, childEnded } from "../../../src/machine/child.ts";
import type { Command } from "../../../src/machine/command.ts";
import {
  type Beginning,
  beginOperation,
  failOperation,
  type OperationRequest,
  receiveReceipt,
} from "../../../src/machine/effects.ts";
import { type Decider, decide, type DecisionRequest } from "../../../src/machine/decide.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import { type Report, receive } from "../../../src/machine/events.ts";
import { encodeState } from "../../../src/machine/snapshot.ts";
import { decodeState } from "../../../src/machine/snapshot-reading.ts";
import { next } from "../../../src/machine/next.ts";
import { emptyState, type Instance, phaseOf, type RunState } from "../../../src/machine/state.ts";
import type { RunPhase } from "../../../src/machine/states.ts";

/** The machine as a model run sees it. A control puts one without some guard in its place. */
export interface Machine {
  /** The state of a run of this plan before its first event. */
  readonly begin: (plan: Plan) => RunState;
  /** The state as a snapshot of it is read again. */
  readonly restored: (state: RunState) => RunState;
  readonly apply: (state: RunState, event: RunEvent, at: number) => void;
  readonly next: (state: RunState, nowMs: number) => readonly Command[];
  readonly decide: (state: RunState, request: DecisionRequest, by: Decider, at: number) => readonly RunEvent[];
  readonly receive: (state: RunState, report: Report, by: string) => readonly RunEvent[];
  readonly childEnded: (state: RunState, child: ChildEnd) => readonly RunEvent[];
  readonly beginOperation: (state: RunState, request: OperationRequest) => Beginning;
  readonly receiveReceipt: typeof receiveReceipt;
  readonly failOperation: typeof failOperation;
  readonly phaseOf: (state: RunState) => RunPhase;
  /** The idempotency key of an attempt that has just begun. */
  readonly keyOf: (state: RunState, instance: Instance) => string;
}

/** The machine as it is. */
export function realMachine(): Machine {
  return {
    begin: emptyState,
    restored,
    apply,
    next,
    decide,
    receive,
    childEnded,
    beginOperation,
    receiveReceipt,
    failOperation,
    phaseOf,
    keyOf,
  };
}

function restored(state: RunState): RunState {
  const { text, blobs } = encodeState(state) ?? assert.fail("there is no bound");
  const read = decodeState(state.plan, text) ?? assert.fail("this build wrote it");
  assert.deepEqual(read.digests, [...blobs.keys()]);
  return read.with(blobs);
}

function keyOf(state: RunState, instance: Instance): string {
  return callOf({ key: { tenant: "t", workspace: "w", run: "r1" }, version: {} }, state, instance).idempotencyKey;
}

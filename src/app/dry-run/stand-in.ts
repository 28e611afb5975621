import { type ErrorCode, RunwrightError, toRunwrightError } from "../../base/error.ts";
import type { Principal } from "../../base/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { Committed, Decision, Engine, RunView } from "../../engine/contract.ts";
import type { RunEvent } from "../../machine/event.ts";
import type { Samples } from "./dry-action.ts";
import type { Fixtures } from "./fixtures.ts";
import { localKey } from "../runs.ts";
import type { Places } from "./places.ts";

/** Events of all runs of a dry run together: what takes more is ended. */
const dryEventsMax = 500_000;
/** People that one gate may ask for. */
const votersMax = 100;
const namesShownMax = 20;

/** What the stand-in of a dry run needs. */
export interface StandInDeps {
  readonly engine: Engine;
  readonly places: Places;
  readonly fixtures: Fixtures;
  readonly samples: Samples;
  /** Gates stay open. */
  readonly untilGate: boolean;
  /** No time is to pass any more. */
  readonly stopTime: () => void;
  /** The dry run cannot go on. */
  readonly fail: (error: RunwrightError) => void;
}

/**
 * Says what people and other systems would say to the runs of a dry run: it accepts gates as `dry-run`, with the fields of forms filled in, and
 * reports the events that are waited for. It says so when nothing can go on any more.
 */
export interface StandIn {
  /** Hears what was committed. */
  hear(committed: Committed): void;
  /** Nothing goes on by itself in this run. */
  idle(run: RunView): void;
}

/** The stand-in of a dry run. */
export function createStandIn(deps: StandInDeps): StandIn {
  const { engine, places, fixtures, samples, untilGate, stopTime, fail } = deps;
  const voter = createVoter(deps);
  let events = 0;

  return {
    hear(committed) {
      places.watch(committed);
      events += committed.events.length;
      if (events > dryEventsMax) {
        stopTime();
        fail(new RunwrightError("run.limit", `This dry run has more than ${dryEventsMax} events, which is the most.`));
        return;
      }
      for (const event of committed.events) answer(committed.key.run, event);
    },
    idle({ row, instances, gates }) {
      if (row.summary.endedAt !== undefined || (untilGate && gates.length > 0)) return;
      const waiting = instances.filter(({ status, items }) => status === "waiting" && items === undefined);
      const named = waiting.slice(0, namesShownMax).map(({ path, reason }) => `'${path}' (${reason ?? "waiting"})`);
      const what = named.join(", ") || "its steps";
      const message = `The dry run cannot go on: nothing ends the wait of ${what}. Say in --fixtures what it gets.`;
      fail(new RunwrightError("usage.invalid", message));
    },
  };

  function answer(run: string, event: RunEvent): void {
    if (event.kind === "gate.opened" && untilGate) stopTime();
    else if (event.kind === "gate.opened" || event.kind === "gate.voted") voter.vote(run, event);
    else if (event.kind === "step.waiting" && event.reason === "event") report(run, event.path);
  }

  function report(run: string, path: string): void {
    const { path: place, step } = places.stepAt(run, path);
    if (step.verb.kind !== "wait_event") return;
    const fixture = fixtures.of(place, step);
    const data = fixture?.kind === "output" ? fixture.value : samples.take(place, step.output);
    const told = engine.report(localKey(run), decider(1), { type: step.verb.event, data });
    told.catch(refused(place, fail));
  }
}

type Asked = Extract<RunEvent, { readonly kind: "gate.opened" | "gate.voted" }>;

/** Decides gates: one person after the other, where a gate asks for several. */
function createVoter({ engine, places, fixtures, samples, fail }: StandInDeps): { vote(run: string, on: Asked): void } {
  const voters = new Map<string, number>();

  return {
    vote(run, on) {
      const gate = `${run} ${on.path}`;
      const voter = (voters.get(gate) ?? 0) + 1;
      voters.set(gate, voter);
      if (voter > votersMax) return;
      const { path: place, step } = places.stepAt(run, on.path);
      const fixture = fixtures.of(place, step);
      const form = on.kind === "gate.opened" ? on.gate.form : undefined;
      const said = fixture?.kind === "failure" ? rejected(fixture.message) : accepted(place, form, fixture?.value);
      engine.decide(localKey(run), decider(voter), { path: on.path, ...said }).catch(refused(place, fail));
    },
  };

  /** Only the first says what is edited: the others accept that. */
  function accepted(place: string, form: JsonObject | undefined, value: Json | undefined): Omit<Decision, "path"> {
    const given = isJsonObject(value) ? value : {};
    const edits = { ...filledIn(place, form, given), ...given };
    return { outcome: "accepted", ...(Object.keys(edits).length > 0 && { edits }) };
  }

  /** The fields of a form that nobody has written down. */
  function filledIn(place: string, form: JsonObject | undefined, given: JsonObject): JsonObject {
    const fields = isJsonObject(form?.["properties"]) ? Object.keys(form["properties"]) : [];
    const isWhole = fields.every((field) => Object.hasOwn(given, field));
    const sample = form === undefined || isWhole ? {} : samples.take(place, form);
    return isJsonObject(sample) ? sample : {};
  }
}

function rejected(comment: string): Omit<Decision, "path"> {
  return { outcome: "rejected", comment };
}

/** People of a dry run are marked by their name. */
function decider(number: number): Principal {
  return { id: number === 1 ? "dry-run" : `dry-run:${number}`, roles: ["*"] };
}

/** What was decided or has ended meanwhile needs no word any more; any other refusal would be one for a person too. */
function refused(place: string, fail: StandInDeps["fail"]): (error: unknown) => void {
  return (error) => {
    const { code, message } = toRunwrightError(error);
    if (late.has(code)) return;
    fail(
      new RunwrightError(code, `The dry run cannot answer for '${place}': ${message} Say in --fixtures what it gets.`),
    );
  };
}

const late: ReadonlySet<ErrorCode> = new Set([
  "gate.decided",
  "gate.not-found",
  "run.ended",
  "engine.stopping",
  "journal.closed",
  "call.aborted",
]);

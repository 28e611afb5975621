import { RunwrightError, toRunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import { type ChildEnd, childEnded, leftBehind } from "../machine/child.ts";
import type { ParentRun, RunEvent } from "../machine/event.ts";
import { failureEvent } from "../machine/retry.ts";
import type { RunState } from "../machine/state.ts";
import type { Version } from "../ports/catalog.ts";
import type { InboxEntry, NewRun, Post } from "../ports/journal.ts";
import { prepareRun } from "./start.ts";

/** What a run is to others: its key, and the versions that its steps run, by `id@version`. */
export interface Family {
  readonly key: RunKey;
  readonly versions: ReadonlyMap<string, Version>;
}

type RunEnd = Pick<Extract<RunEvent, { kind: "run.finished" }>, "status" | "outcome" | "output" | "error">;
type ChildStarted = Extract<RunEvent, { kind: "child.started" }>;

/** The run that a step starts, or the step's failure when it cannot begin: its inputs do not fit, or its version is not there. */
export function childRun(
  { key, versions }: Family,
  state: RunState,
  event: ChildStarted,
  at: number,
): { readonly run: NewRun } | { readonly failed: RunEvent } {
  const instance = state.instances.get(event.path);
  try {
    const version = versions.get(event.workflow);
    const { created } = state;
    if (version === undefined || created === undefined)
      throw new RunwrightError("version.not-found", `The version of ${event.workflow} was not kept with this run.`);
    const { startedBy, effectRoot, depth } = created;
    const request = {
      scope: { tenant: key.tenant, workspace: key.workspace },
      principal: { id: startedBy, roles: [] },
      version,
      input: event.input,
      env: state.env,
      parent: { run: key.run, path: event.path },
      effectRoot: `${effectRoot}/${event.path}`,
      depth: depth + 1,
    };
    return { run: prepareRun(request, event.run, at).run };
  } catch (error) {
    const { code, message } = toRunwrightError(error);
    if (instance === undefined || code === "internal") throw error;
    return { failed: failureEvent(instance, { error: { code, message }, canRetry: false }, at, 0) };
  }
}

/** What an event that is about to be applied has to tell other runs: a pause and its end go down, a cancel too, and an end goes up. */
export function wordsOf({ key }: Family, state: RunState, event: RunEvent, at: number): readonly Post[] {
  const principal = state.created?.startedBy ?? "";
  const tell = (run: string, kind: InboxEntry["kind"], body: JsonObject = {}): Post => ({
    key: { ...key, run },
    entry: { kind, body, principal, at },
  });
  switch (event.kind) {
    case "budget.reached":
      if (event.action === "fail") return [];
      return childrenOf(state).map((run) => tell(run, "pause"));
    case "run.paused":
      return childrenOf(state).map((run) => tell(run, "pause"));
    case "run.resumed":
      return childrenOf(state).map((run) => tell(run, "resume"));
    case "run.finished": {
      const parent = state.created?.parent;
      return parent === undefined ? [] : [endPost(key, parent, { end: event, principal, at })];
    }
    case "step.failed":
    case "step.cancelled": {
      const child = leftBehind(state.instances.get(event.path), event);
      return child === undefined
        ? []
        : [tell(child, "cancel", { reason: "The run that started it needs it no more." })];
    }
    default:
      return [];
  }
}

function childrenOf(state: RunState): readonly string[] {
  return Array.from(state.children, ({ child }) => child ?? "");
}

/** What a parent is told of the end of a run that one of its steps waits for. */
export function endPost(
  key: RunKey,
  parent: ParentRun,
  { end, principal, at }: { readonly end: RunEnd; readonly principal: string; readonly at: number },
): Post {
  const body = endOf(key.run, parent.path, end);
  return { key: { ...key, run: parent.run }, entry: { kind: "child", body, principal, at } };
}

function endOf(run: string, path: string, event: RunEnd): JsonObject {
  const { status, outcome, output, error } = event;
  return {
    path,
    run,
    status,
    output,
    ...(outcome !== undefined && { outcome }),
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
  };
}

/** The events that the end of a child run, as it lies in an inbox, leads to. */
export function takeInChild(state: RunState, body: JsonObject): readonly RunEvent[] {
  return childEnded(state, body as unknown as ChildEnd);
}

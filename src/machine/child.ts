import type { Json } from "../base/json.ts";
import type { RunEvent } from "./event.ts";
import type { Instance, RunState } from "./state.ts";

/** How a run ended that a step of another run waits for. */
export interface ChildEnd {
  /** The step that waits. */
  readonly path: string;
  readonly run: string;
  readonly status: "completed" | "failed" | "cancelled";
  readonly outcome?: "ok" | "rejected";
  readonly output: Json;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The events that the end of a child run leads to: none when nobody waits for it any more. */
export function childEnded(state: RunState, child: ChildEnd): readonly RunEvent[] {
  const instance = state.instances.get(child.path);
  if (instance?.child !== child.run || !state.children.has(instance)) return [];
  const { path } = instance;
  if (child.status === "completed" && child.outcome !== "rejected")
    return [{ kind: "step.succeeded", v: 1, path, output: child.output }];
  return [{ kind: "step.failed", v: 1, path, error: { code: "child.failed", message: reasonOf(child) } }];
}

function reasonOf({ run, status, outcome, error }: ChildEnd): string {
  if (outcome === "rejected") return `Run ${run} was rejected at a gate.`;
  if (status === "cancelled") return `Run ${run} was cancelled.`;
  return `Run ${run} failed: ${error?.message ?? "for no reason that is known."}`;
}

/** The run that a step leaves behind when it ends before it, as an event tells: it is cancelled too. */
export function leftBehind(instance: Instance | undefined, event: RunEvent): string | undefined {
  const givesUp =
    event.kind === "step.cancelled" || (event.kind === "step.failed" && event.error.code !== "child.failed");
  return givesUp ? instance?.child : undefined;
}

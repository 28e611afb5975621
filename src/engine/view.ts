import { rootIdOf } from "../machine/fork.ts";
import { outputOf } from "../machine/output.ts";
import { type Instance, isWhole, type RunState } from "../machine/state.ts";
import type { RunRow } from "../ports/journal.ts";
import type { GateView, InstanceView, RunView } from "./contract.ts";

/** A run as commands and pages show it. */
export function viewOf(row: RunRow, state: RunState): RunView {
  const forkedFrom = state.created?.forkedFrom;
  const kept = new Set(forkedFrom?.kept);
  return {
    row,
    input: state.input,
    output: state.ended?.output ?? null,
    ...(state.usage !== undefined && { usage: state.usage }),
    ...(state.plan.leniency !== undefined && { leniency: state.plan.leniency }),
    ...(forkedFrom !== undefined && { forkedFrom }),
    gates: [...state.gates].flatMap((instance) => gateView(instance)),
    instances: [...state.instances.values()].map((instance) => ({
      ...instanceView(instance),
      ...(kept.has(rootIdOf(instance.path)) && { kept: true }),
    })),
  };
}

function gateView(instance: Instance): readonly GateView[] {
  if (instance.gate === undefined) return [];
  const { offer, openedAt, reminders } = instance.gate;
  const { quorum: _quorum, remindMs: _remindMs, operation: _operation, ...shown } = offer;
  return [{ path: instance.path, openedAt, ...shown, ...(reminders > 0 && { reminders }) }];
}

function instanceView(instance: Instance): InstanceView {
  const { path, step, title, status, attempt, startedAt, endedAt, error, warnings, each } = instance;
  const reason = instance.skipped ?? instance.waiting;
  const until = endOf(instance);
  return {
    path,
    step: step.id,
    verb: step.verb.kind.replace(/_.*/, ""),
    status,
    attempt,
    ...(title === undefined ? {} : { title }),
    ...(reason === undefined ? {} : { reason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(until === undefined ? {} : { until }),
    ...(status === "succeeded" ? { output: outputOf(instance) } : {}),
    ...(error === undefined ? {} : { error }),
    ...(warnings === undefined ? {} : { warnings }),
    ...leftBehind(instance),
    ...(each === undefined || !isWhole(instance) ? {} : { items: { total: each.items.length, ended: each.ended } }),
  };
}

/** What its calls left, and what they took. */
function leftBehind({ receipt, usage }: Instance): Pick<InstanceView, "receipt" | "usage"> {
  return { ...(receipt !== undefined && { receipt }), ...(usage !== undefined && { usage }) };
}

/** When a wait is over. The timer of a gate may be there for its next reminder only. */
function endOf({ waiting, gate, timer }: Instance): number | undefined {
  return waiting === "gate" ? gate?.offer.expiresAt : timer?.dueAt;
}

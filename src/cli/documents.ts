import type { InstanceView, ListedRun, RunView } from "../app/runs.ts";
import type { Json, JsonObject } from "../base/json.ts";

/** A run as `--json` shows it in lists. Times are ISO 8601, states the stored ones. */
export function runDocument(row: ListedRun): JsonObject {
  const { summary } = row;
  return {
    run: row.key.run,
    workflow: row.workflow,
    version: row.version,
    ...(row.number === undefined ? { draft: true } : { number: row.number, draft: false }),
    status: summary.status,
    ...(summary.outcome === undefined ? {} : { outcome: summary.outcome }),
    ...(summary.error === undefined ? {} : { error: summary.error }),
    startedBy: row.startedBy,
    createdAt: time(row.createdAt),
    updatedAt: time(summary.updatedAt),
    ...(summary.endedAt === undefined
      ? {}
      : { endedAt: time(summary.endedAt), durationMs: summary.endedAt - row.createdAt }),
    counts: { ...summary.counts },
    gates: summary.gates.map(({ path, question, by, openedAt }) => ({ path, question, by, openedAt: time(openedAt) })),
  };
}

/** A run as a command that followed it ends: with its output, and its open gates whole. */
export function endDocument(view: RunView): JsonObject {
  return {
    ...runDocument(view.row),
    output: view.output,
    ...(view.leniency === undefined ? {} : { leniency: { ...view.leniency } }),
    ...(view.forkedFrom === undefined ? {} : { forkedFrom: { ...view.forkedFrom } }),
    gates: view.gates.map((gate) => ({
      path: gate.path,
      question: gate.question,
      show: gate.show,
      editable: gate.editable,
      by: gate.by,
      hash: gate.hash,
      openedAt: time(gate.openedAt),
      ...(gate.expiresAt === undefined ? {} : { expiresAt: time(gate.expiresAt) }),
      ...(gate.reminders === undefined ? {} : { reminders: gate.reminders }),
    })),
  };
}

/** A run with all its step instances. */
export function viewDocument(view: RunView): JsonObject {
  return { ...endDocument(view), input: view.input, steps: view.instances.map(stepDocument) };
}

function stepDocument(step: InstanceView): JsonObject {
  const { path, verb, status, reason, attempt, startedAt, endedAt, until, output, error, warnings, kept, items } = step;
  return {
    path,
    step: step.step,
    verb,
    status,
    attempt,
    ...(reason === undefined ? {} : { reason }),
    ...(kept === undefined ? {} : { kept }),
    ...(startedAt === undefined ? {} : { startedAt: time(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: time(endedAt) }),
    ...(until === undefined ? {} : { until: time(until) }),
    ...(items === undefined ? {} : { items: { ...items } }),
    ...(error === undefined ? {} : { error: { ...error } }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(output === undefined ? {} : { output }),
  };
}

function time(ms: number): Json {
  return new Date(ms).toISOString();
}

import { equalJson, type Json } from "../../src/base/json.ts";
import type { RunKey } from "../../src/base/ids.ts";
import { summaryOf } from "../../src/engine/summary.ts";
import type { Plan } from "../../src/language/plan.ts";
import { apply } from "../../src/machine/apply.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { hasEnded, isTerminal, runTransitions } from "../../src/machine/states.ts";
import { emptyState, type Instance, phaseOf, type RunState } from "../../src/machine/state.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import type { Store } from "../../src/ports/store.ts";

/** Reads a run's journal from the beginning and lists every broken invariant (M1 to M5, M8, M9, M10, M14, M16, M20, I5). */
export async function auditRun(store: Store, key: RunKey, plan: Plan): Promise<readonly string[]> {
  const state = emptyState(plan);
  const found: string[] = [];
  const blame = (what: string): void => void found.push(`${key.run}: ${what}`);
  const decided = new Set<string>();
  const parallel = plan.limits?.parallel ?? Number.POSITIVE_INFINITY;

  for await (const segment of store.journal.read(key, 1)) {
    for (const event of await readEvents(store.journal, key, segment)) {
      checkEvent(state, event, decided, blame);
      const before = phaseOf(state);
      try {
        apply(state, event, segment.at);
      } catch (error) {
        return [...found, `${key.run}: M1: its journal does not fold: ${String(error)}`];
      }
      const after = phaseOf(state);
      if (state.calls.size > parallel) blame(`M16: ${state.calls.size} calls run, and ${parallel} may`);
      if (after !== before && !runTransitions.some(({ from, to }) => from === before && to === after))
        blame(`I1: the run went from ${before} to ${after}`);
    }
    checkPhase(state, blame);
  }
  const row = await store.journal.row(key);
  if (row === undefined) return [`${key.run}: it was acknowledged and is gone`];
  if (!isTerminal(row.summary.status)) blame(`I5: it has not ended (${row.summary.status})`);
  const summary = summaryOf(state, row.summary.updatedAt) as unknown as Json;
  if (!equalJson(summary, row.summary as unknown as Json)) blame("M1: its summary is not what its journal folds to");
  return found;
}

type Blame = (what: string) => void;

function checkEvent(state: RunState, event: RunEvent, decided: Set<string>, blame: Blame): void {
  if (state.ended !== undefined) blame(`M2: ${event.kind} after the end`);
  if (!("path" in event)) return;

  const instance = state.instances.get(event.path);
  if (instance === undefined) return blame(`${event.kind} of ${event.path}, which does not exist`);
  if (event.kind === "effect.intended") return checkIntent(state, instance, blame);
  // A receipt, or a failure, may follow the end of its step.
  if (event.kind === "effect.received" || event.kind === "effect.reconciled" || event.kind === "effect.failed") return;
  if (hasEnded(instance.status)) blame(`M2: ${event.kind} of ${event.path} after it was ${instance.status}`);
  checkBegin(state, instance, event, blame);
  checkCall(state, instance, event, { decided, blame });
  if (event.kind === "iteration.started") checkIteration(instance, event.n, blame);
  if (event.kind === "scope.expanded") checkExpansion(instance, event, blame);
  if (closes(event)) checkDecision(event.path, decided, blame);
}

function checkCall(
  state: RunState,
  instance: Instance,
  event: RunEvent,
  { decided, blame }: { readonly decided: Set<string>; readonly blame: Blame },
): void {
  if (event.kind === "step.started" || event.kind === "step.continued")
    checkStart(state, instance, event.attempt, blame);
  // A step whose call had to wait for people opens a gate of its own, perhaps not the first.
  if (event.kind === "effect.unknown" || event.kind === "effect.held") decided.delete(event.path);
}

function closes({ kind }: RunEvent): boolean {
  return (
    kind === "gate.decided" || kind === "gate.changes-requested" || kind === "gate.expired" || kind === "gate.withdrawn"
  );
}

function checkBegin(state: RunState, instance: Instance, event: RunEvent, blame: Blame): void {
  const begins = event.kind !== "step.skipped" && instance.attempt === 0 && instance.whole === undefined;
  if (!begins || waitsAreOver(state, instance.step.waitsFor, instance.scope)) return;
  blame(`M3: ${instance.path} began before what it waits for had ended`);
}

function checkStart(state: RunState, instance: Instance, attempt: number, blame: Blame): void {
  if (attempt > instance.step.retry.attemptsMax) blame(`M4: attempt ${attempt} of ${instance.path}`);
  if (state.cancel !== undefined) blame(`M8: ${instance.path} started after the cancel`);
  if (state.paused) blame(`M20: ${instance.path} started while paused`);
}

function checkIntent(state: RunState, instance: Instance, blame: Blame): void {
  if (!state.calls.has(instance)) blame(`an operation of ${instance.path} began, which does not run`);
  if (state.cancel !== undefined) blame(`M8: an operation of ${instance.path} began after the cancel`);
  if (state.paused) blame(`M20: an operation of ${instance.path} began while paused`);
}

function checkDecision(path: string, decided: Set<string>, blame: Blame): void {
  if (decided.has(path)) blame(`M10: gate ${path} was decided twice`);
  decided.add(path);
}

function checkIteration(instance: Instance, n: number, blame: Blame): void {
  if (n > (instance.step.loop?.iterationsMax ?? 0)) blame(`M5: iteration ${n} of ${instance.path}`);
}

function checkExpansion(instance: Instance, event: Extract<RunEvent, { kind: "scope.expanded" }>, blame: Blame): void {
  if (instance.each !== undefined) blame(`M14: ${event.path} was expanded twice`);
  if (event.keys !== undefined && new Set(event.keys).size !== event.items.length)
    blame(`M14: ${event.path} has equal keys`);
}

function waitsAreOver(state: RunState, waitsFor: readonly number[], scope: RunState["root"]): boolean {
  return waitsFor.every((index) => {
    const before = scope?.children[state.plan.steps[index]?.position ?? -1];
    // What is done again had ended before: who was let go by it then may begin.
    return before !== undefined && (before.redo !== undefined || hasEnded(before.status));
  });
}

/** M9: a run waits for approval exactly when a gate is open and nothing else can move it on. */
function checkPhase(state: RunState, blame: (what: string) => void): void {
  if (state.ended !== undefined || state.paused || !state.started) return;
  const instances = [...state.instances.values()];
  const open = instances.some((each) => each.gate?.state === "open");
  const others = instances.some(
    (each) =>
      each.status === "ready" ||
      (each.waiting !== "gate" &&
        each.waiting !== "reconcile" &&
        (each.waiting !== undefined || state.calls.has(each))),
  );
  const waits = phaseOf(state) === "awaiting_approval";
  const deciding = state.ready.size > 0;
  if (waits !== (open && !others && !deciding))
    blame(`M9: phase ${phaseOf(state)} with gate open ${open}, others ${others}`);
}

import { called, nameOf, type StepDraft, writtenText } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { namesIn, type WrittenName } from "../check/values.ts";
import type { SourceEntry } from "../source/tree.ts";
import { relationOf } from "./relation.ts";
import type { PlacedRead, Workshop } from "./workshop.ts";

/** What is written that makes a step wait for another. */
export type WaitCause =
  | { readonly kind: "needs"; readonly by: StepDraft }
  | { readonly kind: "reads"; readonly read: PlacedRead };

/** How the steps of a file wait for each other. */
export interface Graph {
  /** Siblings that `needs` names; undefined when the step has none. */
  needsOf(step: StepDraft): readonly StepDraft[] | undefined;
  /** Every sibling that a step waits for, once: needs, then reads, then the order of the list, then `else`. */
  waitsOf(step: StepDraft): Iterable<StepDraft>;
  /** What `needs` and reads, of the step or of steps in it, make it wait for. The order of the list and `else` stand in the step itself. */
  causesOf(step: StepDraft, other: StepDraft): readonly WaitCause[];
  /** True when the order of the list makes a step wait for another. */
  isBefore(step: StepDraft, other: StepDraft): boolean;
  elseOf(step: StepDraft): StepDraft | undefined;
}

/** Derives who waits for whom, and reports what `needs` and `else` get wrong (E030-E032). */
export function deriveGraph(shop: Workshop): Graph {
  const waits = new Map<StepDraft, Map<StepDraft, WaitCause[]>>();
  const needs = new Map<StepDraft, readonly StepDraft[]>();
  const elses = new Map<StepDraft, StepDraft>();
  const { steps } = shop.drafts;

  for (const step of steps) {
    const entry = step.fields.get("needs");
    if (entry !== undefined) needs.set(step, needsOf(shop, step, entry, wait));
  }
  for (const read of shop.reads) followRead(shop, read, wait);
  for (const step of steps) {
    const other = elseOf(shop, step);
    if (other !== undefined) elses.set(step, other);
  }
  return {
    needsOf: (step) => needs.get(step),
    waitsOf,
    causesOf: (step, other) => waits.get(step)?.get(other) ?? [],
    isBefore: (step, other) => !needs.has(step) && isInOrder(step, other),
    elseOf: (step) => elses.get(step),
  };

  // The order of a list is not stored: with `run_on: always` every step waits for all before it.
  function waitsOf(step: StepDraft): Iterable<StepDraft> {
    const known = waits.get(step);
    const other = elses.get(step);
    const before = needs.has(step) ? [] : stepsBefore(step);
    if (known === undefined && other === undefined) return before;
    return new Set([...(known?.keys() ?? []), ...before, ...(other === undefined ? [] : [other])]);
  }

  function wait(step: StepDraft, other: StepDraft, cause: WaitCause): void {
    const known = waits.get(step) ?? new Map<StepDraft, WaitCause[]>();
    waits.set(step, known);
    const causes = known.get(other);
    if (causes === undefined) known.set(other, [cause]);
    else causes.push(cause);
  }
}

type Wait = (step: StepDraft, other: StepDraft, cause: WaitCause) => void;

/** Without `needs`: the step before; with `run_on` failure or always, all that stand before, since any of them can fail. */
function stepsBefore(step: StepDraft): readonly StepDraft[] {
  return step.list.steps.slice(firstBefore(step), step.position);
}

function isInOrder(step: StepDraft, other: StepDraft): boolean {
  return other.list === step.list && other.position >= firstBefore(step) && other.position < step.position;
}

/** Position from which the order of its list makes a step wait; its own when it does not. */
function firstBefore(step: StepDraft): number {
  const { list, position } = step;
  const runOn = writtenText(step, "run_on");
  if (runOn === "failure" || runOn === "always") return 0;
  return list.mode === "sequential" ? Math.max(0, position - 1) : position;
}

function needsOf(shop: Workshop, step: StepDraft, entry: SourceEntry, wait: Wait): readonly StepDraft[] {
  const siblings = new Set<StepDraft>();
  const names =
    entry.value.kind === "list" && entry.value.items.length === 0
      ? []
      : namesIn(shop.problems, entry, "a list of step ids");
  for (const written of names ?? []) {
    const other = stepNamed(shop, step, written, "needs");
    const relation = other === undefined ? undefined : relationOf(step, other);
    if (other === undefined || relation === undefined) continue;
    if (relation.kind !== "beside") {
      const what = {
        same: "itself",
        around: `'${other.id}', the group it stands in`,
        inside: `'${other.id}', which stands in it`,
      }[relation.kind];
      shop.problems.report("E031", written.node.range, `${called(step)} needs ${what}`, { hint: "remove it" });
      continue;
    }
    wait(relation.from, relation.to, { kind: "needs", by: step });
    if (relation.from === step) siblings.add(relation.to);
  }
  return [...siblings];
}

function stepNamed(
  shop: Workshop,
  step: StepDraft,
  { name, node }: WrittenName,
  field: "needs" | "else",
): StepDraft | undefined {
  const { byName, steps } = shop.drafts;
  const found = byName.get(nameOf(name));
  if (found !== undefined) return found;
  const meant = shop.problems.closest(name, idsOf(steps.filter((other) => other !== step)));
  const verb = field === "needs" ? "needs" : "has else:";
  const others = step.list.steps.filter((other) => other !== step);
  const known = others.length === 0 ? undefined : `steps here: ${idsOf(others.slice(0, 8)).join(", ")}`;
  shop.problems.report("E030", node.range, `${called(step)} ${verb} '${short(name)}', which does not exist`, {
    hint: meant === undefined ? known : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: node.range, text: meant },
  });
  return undefined;
}

function idsOf(steps: readonly StepDraft[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/** The step that an `else` follows; E030, E032. */
function elseOf(shop: Workshop, step: StepDraft): StepDraft | undefined {
  const entry = step.fields.get("else");
  const { value } = entry ?? {};
  if (entry === undefined || value === undefined) return undefined;
  if (value.kind !== "scalar" || value.value === null) {
    shop.problems.report("E015", entry.keyRange, "else is the id of one step", {
      hint: "write else: <id of a step with an if>",
    });
    return undefined;
  }
  const other = stepNamed(shop, step, { name: value.text, node: value }, "else");
  if (other === undefined) return undefined;

  const wrong = elseProblem(step, other);
  if (wrong === undefined) return other;
  shop.problems.report("E032", value.range, wrong.message, { hint: wrong.hint });
  return undefined;
}

function elseProblem(
  step: StepDraft,
  other: StepDraft,
): { readonly message: string; readonly hint: string } | undefined {
  if (other === step)
    return { message: `${called(step)} is the else of itself`, hint: "name the step that has the if" };
  if (other.list !== step.list)
    return {
      message: `'${other.id}' does not stand in the same list as ${called(step)}`,
      hint: "else names a step beside it",
    };
  if (other.fields.has("for_each"))
    return {
      message: `'${other.id}' is a for_each: its if is asked for each item`,
      hint: "make this a for_each too, with the opposite if",
    };
  if (other.fields.has("if") || writtenText(other, "on_reject") === "continue") return undefined;
  return {
    message: `'${other.id}' has no if, so there is no else to it`,
    hint: `add if: to '${other.id}', or use if: here`,
  };
}

/** A read makes a step wait; reads that can never work are reported with the other rules of reads. */
function followRead(shop: Workshop, placed: PlacedRead, wait: Wait): void {
  const { read, place } = placed;
  const other = shop.drafts.steps[read.step];
  const relation = place.step === undefined || other === undefined ? undefined : relationOf(place.step, other);
  if (relation?.kind !== "beside" || comesLater(relation)) return;
  wait(relation.from, relation.to, { kind: "reads", read: placed });
}

/** True when a sequential list runs the one that is read after the reader (E036): no edge then, or the same slip would be a circle too. */
export function comesLater(relation: Extract<ReturnType<typeof relationOf>, { kind: "beside" }>): boolean {
  return relation.list.mode === "sequential" && relation.to.position > relation.from.position;
}

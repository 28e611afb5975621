import { type StepDraft, writtenText } from "../check/draft.ts";
import type { Graph } from "./graph.ts";
import { chainOf, relationOf } from "./relation.ts";
import type { Workshop } from "./workshop.ts";

/** Which steps may be skipped, and what that means for those that read them. */
export interface Skips {
  /** Why a step's output may be null where another reads it, in words; undefined when it cannot, or when the reader is skipped then too. */
  reasonAt(reader: StepDraft, other: StepDraft): string | undefined;
}

/** Works out who may be skipped. Each question about a pair of steps is answered once. */
export function createSkips(shop: Workshop, graph: Graph): Skips {
  const guards = guardsOf(shop);
  const skippable = new Map<StepDraft, string | undefined>();
  const together = new Map<StepDraft, Map<StepDraft, boolean>>();

  return {
    reasonAt(reader, other) {
      const relation = relationOf(reader, other);
      if (relation.kind === "same" || relation.kind === "around") return undefined;

      // The groups that hold both are running, so only what stands below them can have been skipped.
      const shared = new Set(chainOf(reader));
      const below = chainOf(other).filter((step) => !shared.has(step));
      const causes = below.filter((step) => nullReason(step) !== undefined);
      const [first] = causes;
      if (first === undefined || asksForStatus(guards, reader, below)) return undefined;
      const isOnly = relation.kind === "beside" && causes.every((step) => step === relation.to);
      if (isOnly && isSkippedWith(relation.from, relation.to)) return undefined;
      const words = nullReason(first);
      return first === other ? words : words?.replace("(its ", `(${first.id}: its `);
    },
  };

  function nullReason(step: StepDraft): string | undefined {
    const skip = skippedBy(step);
    if (skip !== undefined) return `may be skipped (its ${skip})`;
    if (writtenText(step, "on_reject") === "continue") return "may be rejected (its on_reject: continue)";
    if (step.fields.has("for_each") || (writtenText(step, "on_failure") ?? shop.defaults.onFailure) !== "continue")
      return undefined;
    return "may fail (its on_failure: continue)";
  }

  /** The field for which a step may be skipped. A step on a circle counts as one that runs: the circle is reported. */
  function skippedBy(step: StepDraft): string | undefined {
    if (skippable.has(step)) return skippable.get(step);
    skippable.set(step, undefined);
    const found = ownSkip(step) ?? (writtenText(step, "run_on") === "always" ? undefined : needsSkip(step));
    skippable.set(step, found);
    return found;
  }

  function needsSkip(step: StepDraft): string | undefined {
    const needs = graph.needsOf(step) ?? [];
    return needs.length > 0 && needs.every((need) => skippedBy(need) !== undefined) ? "needs" : undefined;
  }

  /** True when a step is certainly skipped once another beside it was: all its needs are. */
  function isSkippedWith(step: StepDraft, other: StepDraft): boolean {
    const known = together.get(other) ?? new Map<StepDraft, boolean>();
    together.set(other, known);
    const answer = known.get(step);
    if (answer !== undefined) return answer;

    known.set(step, false);
    const needs = graph.needsOf(step) ?? [];
    const isSure = needs.length > 0 && writtenText(step, "run_on") === undefined;
    const found = isSure && needs.every((need) => need === other || isSkippedWith(need, other));
    known.set(step, found);
    return found;
  }
}

function ownSkip(step: StepDraft): string | undefined {
  // The `if` of a for-each is asked per item: its list is there in any case.
  if (step.fields.has("if") && !step.fields.has("for_each")) return step.fields.get("if")?.key;
  if (step.fields.has("else")) return "else";
  return writtenText(step, "run_on") === "failure" ? "run_on" : undefined;
}

/** By step: the indexes of the steps whose status its `if` looks at. */
type Guards = ReadonlyMap<StepDraft, ReadonlySet<number>>;

function guardsOf(shop: Workshop): Guards {
  const guards = new Map<StepDraft, Set<number>>();
  for (const { read, place, field } of shop.reads) {
    if (field !== "if" || place.step === undefined || (read.field !== "status" && !read.guarded)) continue;
    const known = guards.get(place.step) ?? new Set();
    guards.set(place.step, known.add(read.step));
  }
  return guards;
}

/** True when the reader, or a group around it, has an `if` that looks at the status of what it reads. */
function asksForStatus(guards: Guards, reader: StepDraft, below: readonly StepDraft[]): boolean {
  return chainOf(reader).some((step) => below.some((other) => guards.get(step)?.has(other.index) === true));
}

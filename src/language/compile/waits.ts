import { nameOf, type StepDraft, writtenText } from "../check/draft.ts";
import type { Graph, WaitCause } from "./graph.ts";
import type { Workshop } from "./workshop.ts";

/** Why a step waits for another. `by` is the step that it is written in: the one that waits, or one inside it. */
export type WaitReason =
  | { readonly kind: "needs"; readonly by: string }
  | {
      readonly kind: "reads";
      readonly by: string;
      /** What is read, as `plan.output`. */
      readonly what: string;
      readonly field: string;
      /** From 1. */
      readonly line: number;
    }
  /** It stands before in a sequential list. */
  | { readonly kind: "before" }
  | { readonly kind: "else" };

/** What one step waits for: steps of the same list, each with all reasons. */
export interface StepWaits {
  readonly id: string;
  /** The group it stands in, with which it starts when it waits for nothing. */
  readonly group?: string;
  /** Its `run_on`, when that makes it wait for every step before it in the list: they are not named one by one. */
  readonly everyStepBefore?: "failure" | "always";
  readonly waitsFor: readonly { readonly id: string; readonly because: readonly WaitReason[] }[];
}

/** The edges of a file that has no errors, in its order. */
export function waitsOfSteps(shop: Workshop, graph: Graph): readonly StepWaits[] {
  const lineOf = linesOf(shop.text);
  return shop.drafts.steps.map((step) => {
    const runOn = graph.needsOf(step) === undefined ? outcomeOf(step) : undefined;
    const waitsFor = Array.from(graph.waitsOf(step), (other) => ({
      id: other.id,
      because: [
        ...graph.causesOf(step, other).map((cause) => causeReason(shop, step, cause, lineOf)),
        ...(runOn === undefined && graph.isBefore(step, other) ? [{ kind: "before" } as const] : []),
        ...(graph.elseOf(step) === other ? [{ kind: "else" } as const] : []),
      ],
    }));
    return {
      id: step.id,
      ...(step.list.owner !== undefined && { group: step.list.owner.id }),
      ...(runOn !== undefined && step.position > 0 && { everyStepBefore: runOn }),
      waitsFor: runOn === undefined ? waitsFor : waitsFor.filter(({ because }) => because.length > 0),
    };
  });
}

/** The `run_on` of a step that runs on failure too. */
function outcomeOf(step: StepDraft): "failure" | "always" | undefined {
  const outcome = writtenText(step, "run_on");
  return outcome === "failure" || outcome === "always" ? outcome : undefined;
}

type LineOf = (offset: number) => number;

function causeReason({ drafts }: Workshop, step: StepDraft, cause: WaitCause, lineOf: LineOf): WaitReason {
  if (cause.kind === "needs") return { kind: "needs", by: cause.by.id };
  const { read, range, place, field } = cause.read;
  const target = drafts.steps[read.step];
  return {
    kind: "reads",
    by: (place.step ?? step).id,
    what: `${nameOf(target?.id ?? "")}.${read.field}`,
    field,
    line: lineOf(range.start),
  };
}

/** Lines of offsets, from 1. A file may have thousands of reads: its line ends are looked for once. */
function linesOf(text: string): LineOf {
  const ends = Array.from(text.matchAll(/\n/g), ({ index }) => index);
  return (offset) => {
    let from = 0;
    let to = ends.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((ends[middle] ?? Infinity) < offset) from = middle + 1;
      else to = middle;
    }
    return from + 1;
  };
}

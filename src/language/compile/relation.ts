import type { ListDraft, StepDraft } from "../check/draft.ts";
import type { Place } from "./workshop.ts";

/** How one step stands to another. */
export type Relation =
  | { readonly kind: "same" }
  /** The other is a group around it. */
  | { readonly kind: "around" }
  /** The other stands inside it. */
  | { readonly kind: "inside" }
  /** They, or groups around them, stand side by side: in the lowest list that holds both. */
  | { readonly kind: "beside"; readonly list: ListDraft; readonly from: StepDraft; readonly to: StepDraft };

/** A step and the groups around it, outermost first. */
export function chainOf(step: StepDraft): readonly StepDraft[] {
  const chain: StepDraft[] = [];
  for (let here: StepDraft | undefined = step; here !== undefined; here = here.list.owner) chain.unshift(here);
  return chain;
}

/** How `step` stands to `other`. */
export function relationOf(step: StepDraft, other: StepDraft): Relation {
  const chain = chainOf(step);
  const otherChain = chainOf(other);
  for (let depth = 0; ; depth += 1) {
    const from = chain[depth];
    const to = otherChain[depth];
    if (from === undefined) return to === undefined ? { kind: "same" } : { kind: "inside" };
    if (to === undefined) return { kind: "around" };
    if (from !== to) return { kind: "beside", list: from.list, from, to };
  }
}

/** The for-each steps around a step, and the step itself when it is one, that do not stand around a reader: what hides the step from it. */
export function hiddenBy(other: StepDraft, reader: StepDraft | undefined): StepDraft | undefined {
  const around = new Set(reader === undefined ? [] : chainOf(reader));
  return chainOf(other).find((step) => step !== other && step.fields.has("for_each") && !around.has(step));
}

/** The for-each steps in whose items a place stands, outermost first. */
export function itemsAround({ step, at }: Place): readonly StepDraft[] {
  if (step === undefined) return [];
  return chainOf(step).filter((here) => here.fields.has("for_each") && (here !== step || at !== "outside"));
}

/** The name of the item of a for-each. */
export function asOf(step: StepDraft): string {
  const value = step.fields.get("as")?.value;
  return value?.kind === "scalar" && value.value !== null ? value.text : "item";
}

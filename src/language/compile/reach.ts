import type { Json } from "../../base/json.ts";
import { called, type StepDraft } from "../check/draft.ts";
import type { Graph } from "./graph.ts";
import type { Workshop } from "./workshop.ts";

/**
 * E035 for steps that never run: their `if` is always false, or all their needs never run.
 *
 * Only the cause is reported: once it is mended, the steps behind it run too.
 */
export function checkReach(shop: Workshop, graph: Graph, conditions: ReadonlyMap<StepDraft, Json | undefined>): void {
  for (const [step, value] of conditions) {
    const entry = step.fields.get("if");
    if (value !== false || entry === undefined || shop.problems.full) continue;
    const followers = shop.drafts.steps.filter((other) => isCutOff(graph, other, step));
    const more =
      followers.length === 0
        ? ""
        : `, and neither ${followers.length === 1 ? "does" : "do"} ${followers.map(({ id }) => `'${id}'`).join(", ")}`;
    shop.problems.report("E035", entry.value.range, `${called(step)} never runs: its if is always false${more}`, {
      hint: "remove the step, or mend its if",
    });
  }
}

/** A step that needs nothing but the one that never runs. */
function isCutOff(graph: Graph, step: StepDraft, cause: StepDraft): boolean {
  const needs = graph.needsOf(step) ?? [];
  return needs.length > 0 && needs.every((need) => need === cause) && !step.fields.has("run_on");
}

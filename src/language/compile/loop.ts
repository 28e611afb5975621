import { called, nameOf, type StepDraft } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { choiceIn, mapIn, numberIn, scalarIn } from "../check/values.ts";
import { fieldNamed } from "../fields/field.ts";
import { loopFields } from "../fields/shared.ts";
import type { LoopPlan } from "../plan.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** `loop` of a group; undefined when it has none. E060, E061, W060. */
export function loopPlan(shop: Workshop, step: StepDraft): LoopPlan | undefined {
  const entry = step.fields.get("loop");
  const map =
    entry === undefined ? undefined : mapIn(shop.problems, entry, "a map such as {max_iters: 5, stop_when: …}");
  if (entry === undefined || map === undefined) return undefined;

  const written = readKeys(map, loopFields, "in loop", shop.problems);
  const iterationsMax = iterations(shop, step, entry, written);
  if (!written.has("stop_when") && !written.meant.has("stop_when") && iterationsMax !== undefined) {
    const times = iterationsMax === 1 ? "once" : `${iterationsMax} times`;
    shop.problems.report(
      "W060",
      entry.keyRange,
      `the loop in ${called(step).replace("step ", "")} has no stop_when: it always runs ${times}`,
    );
  }
  if (step.body === undefined) return reportNoGroup(shop, step, entry, written.get("fallback_next_stage"));
  const stopWhen = whenWritten(written.get("stop_when"), (stop) =>
    expressionPart(shop, { place: { step, at: "after" }, field: "stop_when" }, stop, "condition"),
  );
  return defined({
    iterationsMax: iterationsMax ?? 1,
    stopWhen: stopWhen?.expression,
    nextStage: whenWritten(written.get("next_stage"), (next) => nextStageOf(shop, step, next)),
    fallbackNextStage: whenWritten(written.get("fallback_next_stage"), (fallback) => stageIn(shop, step, fallback)),
    onExhausted: exhaustedOf(shop, written.get("on_exhausted")),
  });
}

/** E061 for a loop on a step that is no group. */
function reportNoGroup(
  shop: Workshop,
  step: StepDraft,
  loop: SourceEntry,
  fallback: SourceEntry | undefined,
): undefined {
  const hint = "loop belongs on a group: put its steps under do:";
  const stage = fallback?.value.kind === "scalar" ? fallback.value : undefined;
  if (stage === undefined)
    shop.problems.report("E061", loop.keyRange, `${called(step)} is not a group, so there is nothing to repeat`, {
      hint,
    });
  else
    shop.problems.report("E061", stage.range, `fallback_next_stage '${short(stage.text)}' is not a step of this loop`, {
      hint,
    });
  return undefined;
}

function exhaustedOf(shop: Workshop, entry: SourceEntry | undefined): LoopPlan["onExhausted"] {
  return whenWritten(entry, (found) => choiceIn(shop.problems, found, ["fail", "continue"] as const)) ?? "fail";
}

function iterations(shop: Workshop, step: StepDraft, loop: SourceEntry, written: Written): number | undefined {
  const entry = written.get("max_iters");
  const field = fieldNamed(loopFields, "max_iters");
  if (entry !== undefined && field !== undefined) return numberIn(shop.problems, entry, field);
  if (written.meant.has("max_iters")) return undefined;
  shop.problems.report("E060", loop.keyRange, `the loop in ${called(step).replace("step ", "")} has no max_iters`, {
    hint: "every loop is bounded: add max_iters: 5",
  });
  return undefined;
}

function nextStageOf(shop: Workshop, step: StepDraft, entry: SourceEntry): LoopPlan["nextStage"] {
  const compiled = expressionPart(shop, { place: { step, at: "after" }, field: "next_stage" }, entry, "stage");
  const { constant } = compiled ?? {};
  if (typeof constant === "string" && entry.value.kind === "scalar")
    checkStage(shop, step, entry, { ...entry.value, text: constant });
  return compiled?.expression;
}

function stageIn(shop: Workshop, step: StepDraft, entry: SourceEntry): number | undefined {
  const scalar = scalarIn(shop.problems, entry, "the id of a step of this loop");
  return scalar === undefined ? undefined : checkStage(shop, step, entry, scalar);
}

/** Index of the step of the loop that a stage names; E061 when there is none. */
function checkStage(shop: Workshop, step: StepDraft, entry: SourceEntry, scalar: SourceScalar): number | undefined {
  const stages = step.body?.steps ?? [];
  const found = stages.find((stage) => nameOf(stage.id) === nameOf(scalar.text));
  if (found !== undefined) return found.index;
  const ids = stages.map(({ id }) => id);
  const meant = shop.problems.closest(scalar.text, ids);
  shop.problems.report("E061", scalar.range, `${entry.key} '${short(scalar.text)}' is not a step of this loop`, {
    hint: meant === undefined ? `its steps are: ${ids.join(", ")}` : `did you mean '${meant}'?`,
    fix: meant === undefined || entry.key === "next_stage" ? undefined : { range: scalar.range, text: meant },
  });
  return undefined;
}

import { called, type StepDraft } from "../check/draft.ts";
import { readParts, type Written } from "../check/keys.ts";
import { choiceIn, durationIn, mapIn } from "../check/values.ts";
import { askFields } from "../fields/shared.ts";
import type { AskPlan } from "../plan.ts";
import { acceptorsIn } from "./acceptors.ts";
import { numberField } from "./numbers.ts";
import { defined, whenWritten } from "./optional.ts";
import type { Workshop } from "./workshop.ts";

const questionsDefault = 1;

/** `ask` of a model or an agent; undefined when it has none. E051, E052, E065. */
export function askPlan(shop: Workshop, step: StepDraft): AskPlan | undefined {
  const { problems } = shop;
  const entry = step.fields.get("ask");
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map such as {by: [role or user]}");
  if (entry === undefined || map === undefined) return undefined;

  const written = readParts(map, askFields, "in ask", problems);
  const who = `the question of ${called(step)}`;
  const asked = { who, by: written.get("by"), meant: written.meant.has("by"), range: entry.keyRange, can: "answer" };
  const by = acceptorsIn(shop, asked);
  checkTimeout(shop, who, written);
  return defined({
    by,
    max: numberField(problems, written, askFields, "max") ?? questionsDefault,
    timeoutMs: whenWritten(written.get("timeout"), (found) => durationIn(problems, found)),
    onTimeout: whenWritten(written.get("on_timeout"), (found) =>
      choiceIn(problems, found, ["fail", "continue"] as const),
    ),
  });
}

function checkTimeout({ problems }: Workshop, who: string, written: Written): void {
  const timeout = written.get("timeout");
  const then = written.get("on_timeout");
  if (timeout !== undefined && then === undefined && !written.meant.has("on_timeout")) {
    problems.report("E065", timeout.value.range, `${who} has a timeout but not what happens then`, {
      hint: "add on_timeout: fail | continue",
    });
  }
  if (timeout === undefined && then !== undefined && !written.meant.has("timeout")) {
    problems.report("E065", then.keyRange, `${who} says what happens on a timeout but has none`, {
      hint: "add timeout: 48h",
    });
  }
}

import { called, type StepDraft } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { choiceIn, durationIn, reportShape, textIn } from "../check/values.ts";
import { describeType, objectOf, partsOf, type Type, types, typeOfSchema, unionOf } from "../expression/type.ts";
import { waitFields } from "../fields/shared.ts";
import type { Template, VerbPlan, WaitEventPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import { entryOf, type SourceEntry } from "../source/tree.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart, templatePart } from "./parts.ts";
import { outputSchema } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

/** An event as `match` sees it. */
export const eventType: Type = objectOf({ type: types.text, data: types.any });

/** A timer, a point in time, or an event. */
export function waitPlan(shop: Workshop, step: StepDraft): VerbPlan | undefined {
  const { problems } = shop;
  const { verbEntry } = step;
  const isEvent = waitsForEvent(step);
  const output = step.fields.get("output");
  if (output !== undefined && !isEvent)
    problems.report("E015", output.keyRange, "a wait has an output only when it waits for an event", {
      hint: "remove it, or write wait: {event: <type>}",
    });
  if (verbEntry.value.kind !== "map") return { kind: "wait", durationMs: durationIn(problems, verbEntry) ?? 0 };

  const written = readKeys(verbEntry.value, waitFields, "in wait", problems);
  const until = written.get("until");
  const event = written.get("event");
  if (event !== undefined) {
    if (until !== undefined)
      problems.report("E015", until.keyRange, `${called(step)} waits for a time or for an event, not for both`, {
        hint: "keep one; for a bound on the event write timeout: 2h",
      });
    return eventPlan(shop, step, event, written);
  }
  reportIdle(problems, written);
  if (until !== undefined) return { kind: "wait_until", until: untilPart(shop, step, until) };
  if (written.meant.size === 0 && written.size === 0)
    reportShape(problems, verbEntry, "a duration, {until: <time>} or {event: <type>}", "write wait: 2h");
  return undefined;
}

/** What only a wait for an event has. */
function reportIdle(problems: Problems, written: Written): void {
  for (const name of ["match", "timeout", "on_timeout"]) {
    const entry = written.get(name);
    if (entry !== undefined && !written.meant.has("event"))
      problems.report("E015", entry.keyRange, `'${entry.key}' means nothing without event`, {
        hint: "add event: <type>, or remove it",
      });
  }
}

/** True for a wait that ends with an event. */
export function waitsForEvent(step: StepDraft): boolean {
  const { verb, verbEntry } = step;
  return verb === "wait" && verbEntry.value.kind === "map" && entryOf(verbEntry.value, "event") !== undefined;
}

/** What a wait gives: the data of the event; null when none came in time and the run goes on. */
export function waitOutput(shop: Workshop, step: StepDraft): Type {
  if (!waitsForEvent(step)) return types.null;
  const schema = outputSchema(shop, step);
  if (schema === undefined) return types.any;
  const then = step.verbEntry.value.kind === "map" ? entryOf(step.verbEntry.value, "on_timeout")?.value : undefined;
  const type = typeOfSchema(schema);
  return then?.kind === "scalar" && then.text === "continue" ? unionOf([type, types.null]) : type;
}

function eventPlan(shop: Workshop, step: StepDraft, event: SourceEntry, written: Written): WaitEventPlan {
  const { problems } = shop;
  const then = written.get("on_timeout");
  if (then !== undefined && !written.has("timeout") && !written.meant.has("timeout"))
    problems.report("E065", then.keyRange, `${called(step)} says what happens on a timeout but has none`, {
      hint: "add timeout: 48h",
    });
  const match = whenWritten(written.get("match"), (entry) =>
    expressionPart(shop, { place: { step, at: "event" }, field: "match" }, entry, "condition"),
  );
  return defined({
    kind: "wait_event" as const,
    event: textIn(problems, event) ?? "",
    match: match?.expression,
    timeoutMs: whenWritten(written.get("timeout"), (entry) => durationIn(problems, entry)),
    onTimeout:
      whenWritten(then, (entry) => choiceIn(problems, entry, ["fail", "continue"] as const)) ?? ("fail" as const),
  });
}

const nothing: Template = { kind: "literal", value: "" };

/** E016 for a text that is no time, E303 for an expression that gives none. */
function untilPart(shop: Workshop, step: StepDraft, entry: SourceEntry): Template {
  const { problems } = shop;
  const { value } = entry;
  if (value.kind !== "scalar" || value.value === null || value.text.trim() === "")
    return reportShape(problems, entry, "a time, or an expression that gives one") ?? nothing;
  const { template, type } = templatePart(
    shop,
    { place: { step, at: "inside" }, field: "until" },
    { ...value, value: value.text },
  );
  if (template.kind === "literal" && !isTime(value.text)) {
    const isName = /^[a-z]\w*(?:\.\w+)+$/.test(value.text);
    problems.report("E016", value.range, `'${short(value.text)}' is not a time`, {
      hint: isName ? `write until: \${${value.text}}` : "write 2030-01-31T09:00:00Z",
    });
  }
  const parts = partsOf(type);
  if (template.kind === "value" && !parts.every(({ kind }) => kind === "text" || kind === "any"))
    problems.report("E303", value.range, `${called(step)}, until: this is ${describeType(type)}, not a time as text`, {
      hint: "for example 2030-01-31T09:00:00Z",
    });
  return template;
}

/** A day, or a moment with its zone: without one it would depend on the machine. */
function isTime(text: string): boolean {
  const form = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
  return form.test(text.trim()) && !Number.isNaN(Date.parse(text.trim()));
}

import { called, type StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { namesIn } from "../check/values.ts";
import { partsOf, type Type } from "../expression/type.ts";
import type { ApprovePlan } from "../plan.ts";
import { decisionPart } from "./decision.ts";
import { textPart } from "./parts.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

/** A human gate. E051, E052, E065, E076. */
export function approvePlan(shop: Workshop, step: StepDraft): ApprovePlan {
  const { fields, verbEntry } = step;
  const question = textPart(shop, { place: { step, at: "inside" }, field: "approve" }, verbEntry);
  const show = valuePart(shop, step);
  const asked = { who: called(step, "gate"), fields, range: verbEntry.value.range };
  return {
    kind: "approve",
    question: question ?? { kind: "literal", value: "" },
    ...(show !== undefined && { show: show.template }),
    editable: editableOf(shop, step, show?.type),
    ...decisionPart(shop, asked),
  };
}

/** E076 for a field that is named twice, E302 for one that the shown value does not have. */
function editableOf(shop: Workshop, step: StepDraft, show: Type | undefined): readonly string[] {
  const { problems } = shop;
  const entry = step.fields.get("editable");
  const names = entry === undefined ? undefined : namesIn(problems, entry, "a list of fields of show");
  if (entry === undefined || names === undefined) return [];
  if (!step.fields.has("show")) {
    problems.report("E015", entry.keyRange, "editable means nothing without show", {
      hint: "add show: ${…}, the value whose fields may be changed",
    });
  }
  const seen = new Set<string>();
  for (const { name, node } of names) {
    if (seen.has(name))
      problems.report("E076", node.range, `${called(step, "gate")} names the field '${short(name)}' twice`, {
        hint: "keep one",
      });
    seen.add(name);
    const known = show === undefined ? undefined : fieldsOf(show);
    if (known === undefined || known.includes(name)) continue;
    const meant = problems.closest(name, known);
    problems.report("E302", node.range, `${called(step, "gate")} shows a value that has no field '${short(name)}'`, {
      hint: meant === undefined ? `it has: ${known.join(", ")}` : `did you mean '${meant}'?`,
    });
  }
  return [...seen];
}

/** The fields that a value has for certain; undefined where it may have any. */
function fieldsOf(type: Type): readonly string[] | undefined {
  const parts = partsOf(type);
  if (parts.some((part) => part.kind === "any" || (part.kind === "object" && part.open))) return undefined;
  return parts.flatMap((part) => (part.kind === "object" ? [...part.fields.keys()] : []));
}

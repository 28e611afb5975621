import { called, type StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { durationIn, namesIn, reportShape, type WrittenName } from "../check/values.ts";
import { type ObjectType, objectOf, partsOf, type Type, types, typeOfSchema } from "../expression/type.ts";
import type { ApprovePlan, DecisionPlan, Schema } from "../plan.ts";
import { schemaOf } from "../schema/short-form.ts";
import type { SourceEntry } from "../source/tree.ts";
import { decisionPart } from "./decision.ts";
import { defined, whenWritten } from "./optional.ts";
import { textPart } from "./parts.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

/** A human gate. E051, E052, E065, E076. */
export function approvePlan(shop: Workshop, step: StepDraft): ApprovePlan {
  const { fields, verbEntry } = step;
  const question = textPart(shop, { place: { step, at: "inside" }, field: "approve" }, verbEntry);
  const show = valuePart(shop, step);
  const asked = { who: called(step, "gate"), fields, range: verbEntry.value.range };
  const decision = decisionPart(shop, asked);
  checkQuorum(shop, step, decision);
  return defined({
    kind: "approve" as const,
    question: question ?? ({ kind: "literal", value: "" } as const),
    show: show?.template,
    editable: editableOf(shop, step, show?.type),
    form: formOf(shop, step),
    ...decision,
    remindMs: whenWritten(fields.get("remind"), (entry) => remindOf(shop, entry)),
  });
}

/** What a gate gives: the shown value with the fields of the form merged over it. */
export function gateOutput(shop: Workshop, step: StepDraft): Type {
  const show = step.fields.has("show") ? (valuePart(shop, step)?.type ?? types.any) : undefined;
  const schema = formOf(shop, step);
  const form = schema === undefined ? undefined : typeOfSchema(schema);
  if (form?.kind !== "object") return show ?? types.null;
  return show === undefined ? form : mergedOver(show, form);
}

/** A value with the fields of another over its own; where its own are not known, any others may be there. */
function mergedOver(value: Type, form: ObjectType): Type {
  const [only, second] = partsOf(value);
  if (only?.kind !== "object" || second !== undefined) return { ...form, open: true };
  const optional = [...only.optional].filter((name) => !form.fields.has(name));
  return objectOf(new Map([...only.fields, ...form.fields]), {
    optional: [...optional, ...form.optional],
    open: only.open || form.open,
  });
}

/** A number of people that `by` can never give; who a role stands for is not known here. */
function checkQuorum({ problems }: Workshop, step: StepDraft, { by, quorum }: DecisionPlan): void {
  const entry = step.fields.get("quorum");
  const isUsersOnly = by.length > 0 && by.every((name) => /[:@]/.test(name));
  if (entry === undefined || typeof quorum !== "number" || !isUsersOnly || quorum <= by.length) return;
  problems.report(
    "E015",
    entry.value.range,
    `quorum is ${quorum}, but by names ${by.length === 1 ? "one user" : `${by.length} users`}`,
    {
      hint: "name more, or write quorum: all",
    },
  );
}

function remindOf({ problems }: Workshop, entry: SourceEntry): number | undefined {
  const remindMs = durationIn(problems, entry);
  return remindMs === 0 ? reportShape(problems, entry, "longer than no time at all") : remindMs;
}

/** `form` is an object: its fields are what the decider fills in. E076 for one that `editable` names too. */
function formOf(shop: Workshop, step: StepDraft): Schema | undefined {
  return shop.once<Schema | undefined>(step, "form", undefined, () => {
    const { problems } = shop;
    const entry = step.fields.get("form");
    if (entry === undefined) return undefined;
    const schema = schemaOf(entry.value, problems);
    const type = typeOfSchema(schema);
    if (type.kind !== "object") {
      problems.report("E015", entry.value.range, "form is an object: its fields are filled in by name", {
        hint: "write form: {comment: string}",
      });
      return undefined;
    }
    for (const { name, node } of editableNames(shop, step) ?? []) {
      if (!type.fields.has(name)) continue;
      problems.report(
        "E076",
        node.range,
        `${called(step, "gate")} names the field '${short(name)}' in editable and in form`,
        {
          hint: "keep one",
        },
      );
    }
    return schema;
  });
}

function editableNames(shop: Workshop, step: StepDraft): readonly WrittenName[] | undefined {
  const entry = step.fields.get("editable");
  return entry === undefined ? undefined : namesIn(shop.problems, entry, "a list of fields of show");
}

/** E076 for a field that is named twice, E302 for one that the shown value does not have. */
function editableOf(shop: Workshop, step: StepDraft, show: Type | undefined): readonly string[] {
  const { problems } = shop;
  const entry = step.fields.get("editable");
  const names = editableNames(shop, step);
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

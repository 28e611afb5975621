import { called, type StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { choiceIn, durationIn, namesIn, reportShape } from "../check/values.ts";
import { partsOf, type Type } from "../expression/type.ts";
import type { ApprovePlan } from "../plan.ts";
import { entryOf, type SourceEntry } from "../source/tree.ts";
import { acceptorsIn } from "./acceptors.ts";
import { textPart } from "./parts.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

const onTimeouts = ["reject", "accept", "fail"] as const;

/** A human gate. E051, E052, E065, E076. */
export function approvePlan(shop: Workshop, step: StepDraft): ApprovePlan {
  const { fields, verbEntry } = step;
  const question = textPart(shop, { place: { step, at: "inside" }, field: "approve" }, verbEntry);
  const show = valuePart(shop, step);
  const timeout = timeoutOf(shop, step);
  const reject = fields.get("on_reject");
  return {
    kind: "approve",
    question: question ?? { kind: "literal", value: "" },
    ...(show !== undefined && { show: show.template }),
    editable: editableOf(shop, step, show?.type),
    by: acceptors(shop, step),
    quorum: quorumOf(shop, fields.get("quorum")),
    ...timeout,
    onReject:
      (reject === undefined ? undefined : choiceIn(shop.problems, reject, ["stop", "fail", "continue"] as const)) ??
      "stop",
  };
}

function acceptors(shop: Workshop, step: StepDraft): readonly string[] {
  const { fields, verbEntry } = step;
  const who = called(step, "gate");
  return acceptorsIn(shop, { who, by: fields.get("by"), meant: fields.meant.has("by"), range: verbEntry.value.range });
}

function quorumOf(shop: Workshop, entry: SourceEntry | undefined): ApprovePlan["quorum"] {
  const value = entry?.value.kind === "scalar" ? entry.value.value : undefined;
  if (entry === undefined || value === "any") return "any";
  if (value === "all") return "all";
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  reportShape(shop.problems, entry, "any, all or a number from 1");
  return "any";
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

function timeoutOf(shop: Workshop, step: StepDraft): Pick<ApprovePlan, "timeoutMs" | "onTimeout"> {
  const { problems } = shop;
  const entry = step.fields.get("timeout");
  const then = step.fields.get("on_timeout");
  if (entry !== undefined && then === undefined && !step.fields.meant.has("on_timeout")) {
    problems.report("E065", entry.value.range, `${called(step, "gate")} has a timeout but not what happens then`, {
      hint: "add on_timeout: reject | accept | fail",
    });
  }
  if (entry === undefined && then !== undefined && !step.fields.meant.has("timeout")) {
    problems.report("E065", then.keyRange, `${called(step, "gate")} says what happens on a timeout but has none`, {
      hint: "add timeout: 48h",
    });
  }
  const timeoutMs = entry === undefined ? undefined : durationIn(problems, entry);
  const onTimeout = then === undefined ? undefined : onTimeoutIn(shop, then);
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(onTimeout !== undefined && { onTimeout }) };
}

function onTimeoutIn(shop: Workshop, entry: SourceEntry): ApprovePlan["onTimeout"] {
  const escalate = entry.value.kind === "map" ? entryOf(entry.value, "escalate") : undefined;
  if (escalate === undefined) return choiceIn(shop.problems, entry, onTimeouts);
  shop.problems.later(escalate.keyRange, "'escalate'");
  return undefined;
}

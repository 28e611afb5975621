import { nameOf } from "../check/draft.ts";
import { readParts, type Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { choiceIn, durationIn, mapIn, numberIn, reportShape, scalarIn } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import { type Field, fieldNamed } from "../fields/field.ts";
import { gateFields } from "../fields/shared.ts";
import type { DecisionPlan } from "../plan.ts";
import type { SourceEntry } from "../source/tree.ts";
import { acceptorsIn } from "./acceptors.ts";
import { defined, whenWritten } from "./optional.ts";
import type { Workshop } from "./workshop.ts";

/** What asks people: a gate, or a document that needs acceptance. */
export interface Asking {
  /** As messages call it: `gate 'review'`. */
  readonly who: string;
  readonly fields: Written;
  /** Where to point when nobody is named. */
  readonly range: Range;
  /** Nobody is named, and that was said. */
  readonly saidNobody?: boolean;
}

/** How people decide. E051, E052, E065. */
export function decisionPart(shop: Workshop, asking: Asking): DecisionPlan {
  const { fields, who, range } = asking;
  const isMeant = asking.saidNobody === true || fields.meant.has("by");
  return defined({
    by: acceptorsIn(shop, { who, by: fields.get("by"), meant: isMeant, range }),
    quorum: quorumOf(shop, fields.get("quorum")),
    ...timeoutOf(shop, asking),
    onReject:
      whenWritten(fields.get("on_reject"), (entry) =>
        choiceIn(shop.problems, entry, ["stop", "fail", "continue"] as const),
      ) ?? ("stop" as const),
    onChanges: whenWritten(fields.get("on_changes"), (entry) => changesOf(shop, entry)),
  });
}

function quorumOf(shop: Workshop, entry: SourceEntry | undefined): DecisionPlan["quorum"] {
  const value = entry?.value.kind === "scalar" ? entry.value.value : undefined;
  if (entry === undefined || value === "any") return "any";
  if (value === "all") return "all";
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  reportShape(shop.problems, entry, "any, all or a number from 1");
  return "any";
}

const onTimeouts = ["reject", "accept", "fail"] as const;

function timeoutOf(shop: Workshop, { who, fields }: Asking): Pick<DecisionPlan, "timeoutMs" | "onTimeout"> {
  const { problems } = shop;
  const entry = fields.get("timeout");
  const then = fields.get("on_timeout");
  if (entry !== undefined && then === undefined && !fields.meant.has("on_timeout")) {
    problems.report("E065", entry.value.range, `${who} has a timeout but not what happens then`, {
      hint: "add on_timeout: reject | accept | fail | {escalate: [roles], timeout}",
    });
  }
  if (entry === undefined && then !== undefined && !fields.meant.has("timeout")) {
    problems.report("E065", then.keyRange, `${who} says what happens on a timeout but has none`, {
      hint: "add timeout: 48h",
    });
  }
  const onTimeout = whenWritten(then, (found) => onTimeoutIn(shop, found, who));
  return defined({ timeoutMs: whenWritten(entry, (found) => durationIn(problems, found)), onTimeout });
}

function fieldsOf(name: string): readonly Field[] {
  const field = fieldNamed(gateFields, name);
  return field?.fields ?? field?.or?.fields ?? [];
}

/** One word, or who is asked next and how long they have. */
function onTimeoutIn(shop: Workshop, entry: SourceEntry, who: string): DecisionPlan["onTimeout"] {
  const { problems } = shop;
  if (entry.value.kind !== "map") return choiceIn(problems, entry, onTimeouts);
  const written = readParts(entry.value, fieldsOf("on_timeout"), "in on_timeout", problems);
  const timeout = written.get("timeout");
  if (timeout === undefined && !written.meant.has("timeout"))
    problems.report("E065", entry.keyRange, `${who} asks others after the timeout, but not for how long`, {
      hint: "add timeout: 48h; it fails after that",
    });
  const escalate = acceptorsIn(shop, {
    who: `${who}, ${entry.key}`,
    by: written.get("escalate"),
    meant: written.meant.has("escalate"),
    range: entry.keyRange,
  });
  const timeoutMs = timeout === undefined ? undefined : durationIn(problems, timeout);
  return timeoutMs === undefined ? undefined : { escalate, timeoutMs };
}

const changesMax = 3;

/** "Request changes": the step that is done again, and how often. E030 when there is no such step. */
function changesOf(shop: Workshop, entry: SourceEntry): DecisionPlan["onChanges"] {
  const { problems } = shop;
  const map = mapIn(problems, entry, "a map such as {redo: <step>, max: 3}");
  if (map === undefined) return undefined;
  const fields = fieldsOf("on_changes");
  const written = readParts(map, fields, "in on_changes", problems);
  const field = fieldNamed(fields, "max");
  const max =
    whenWritten(written.get("max"), (found) => (field === undefined ? undefined : numberIn(problems, found, field))) ??
    changesMax;
  return defined({ redo: whenWritten(written.get("redo"), (found) => stepOf(shop, found)), max });
}

function stepOf({ drafts, problems }: Workshop, entry: SourceEntry): number | undefined {
  const scalar = scalarIn(problems, entry, "the id of a step");
  const step = scalar === undefined ? undefined : drafts.byName.get(nameOf(scalar.text));
  if (scalar === undefined || step !== undefined) return step?.index;
  const meant = problems.closest(
    scalar.text,
    drafts.steps.map(({ id }) => id),
  );
  problems.report("E030", scalar.range, `${entry.key} names '${short(scalar.text)}', which does not exist`, {
    hint: meant === undefined ? "name the step that is done again" : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: scalar.range, text: meant },
  });
  return undefined;
}

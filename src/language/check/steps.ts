import { limits } from "../../base/limits.ts";
import { type Field, fieldNamed, type Verb, type VerbName } from "../fields/field.ts";
import { stepFields } from "../fields/step-fields.ts";
import { verbs } from "../fields/verbs.ts";
import type { Mode } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceMap, SourceNode } from "../source/tree.ts";
import type { ListDraft, StepDraft, StepDrafts } from "./draft.ts";
import { nameSteps } from "./ids.ts";
import { writeOutIterate } from "./iterate.ts";
import { addField, noteLater, reportUnknown, type Written, WrittenFields } from "./keys.ts";
import { choiceIn, reportShape } from "./values.ts";

/** Reads the steps of a file: their keys, verbs and ids. */
export function readSteps(entry: SourceEntry, mode: Mode, problems: Problems): StepDrafts {
  const steps: StepDraft[] = [];
  const root = readList(entry, { owner: undefined, mode }, steps, problems);
  return { root, steps, byName: nameSteps(steps, problems) };
}

function readList(
  entry: SourceEntry,
  place: Omit<ListDraft, "steps">,
  all: StepDraft[],
  problems: Problems,
): ListDraft {
  const list: ListDraft = { ...place, steps: [] };
  const items = entry.value.kind === "list" ? entry.value.items : undefined;
  if (items === undefined || items.length === 0) {
    if (items?.length === 0)
      problems.report("E015", entry.keyRange, `${entry.key} has no steps`, { hint: "add one: - function: name" });
    else reportShape(problems, entry, "a list of steps", "begin each step with '- '");
    return list;
  }
  for (const item of items) {
    if (all.length >= limits.stepsMax) {
      problems.report(
        "E001",
        { start: item.range.start, end: item.range.start },
        `this file has more than ${limits.stepsMax} steps`,
        {
          hint: "use for_each, or split it into several workflows",
        },
      );
      break;
    }
    readStep(item, entry, list, all, problems);
  }
  return list;
}

// eslint-disable-next-line max-params -- the list and the file's steps grow together
function readStep(node: SourceNode, entry: SourceEntry, list: ListDraft, all: StepDraft[], problems: Problems): void {
  if (node.kind !== "map" || node.entries.length === 0) {
    reportShape(problems, { ...entry, key: "a step", value: node }, "a map of fields", "write - function: name");
    return;
  }
  const { verb, verbEntry, isTorn = false } = readVerb(node, problems);
  const draft: StepDraft = {
    index: all.length,
    map: node,
    list,
    position: list.steps.length,
    verb: verb?.name,
    verbEntry,
    fields: isTorn ? readTornKeys(node, problems) : readStepKeys(node, verb, problems),
    id: "",
    idRange: verbEntry.keyRange,
    body: undefined,
  };
  list.steps.push(draft);
  all.push(draft);
  if (draft.verb === "do")
    draft.body = readList(verbEntry, { owner: draft, mode: modeOf(draft, problems) }, all, problems);
}

function modeOf(draft: StepDraft, problems: Problems): Mode {
  const entry = draft.fields.get("mode");
  return (
    (entry === undefined ? undefined : choiceIn<Mode>(problems, entry, ["sequential", "parallel"])) ?? "sequential"
  );
}

/** What a step was found to do. */
interface FoundVerb {
  readonly verb: Verb | undefined;
  /** Where to point when something about the verb is wrong: the step's first key when it has none. */
  readonly verbEntry: SourceEntry;
  /** It has a second verb. */
  readonly isTorn?: boolean;
}

function readVerb(map: SourceMap, problems: Problems): FoundVerb {
  const found = map.entries.flatMap((entry) => {
    const verb = fieldNamed(verbs, entry.key);
    return verb === undefined ? [] : [{ verb, verbEntry: entry }];
  });
  for (const { verb, verbEntry } of found) {
    if (!verb.supported) noteLater(verbEntry, problems);
  }
  const [first, second] = found;
  if (first === undefined) return noVerb(map, problems);
  if (second !== undefined) {
    problems.report(
      "E021",
      second.verbEntry.keyRange,
      `a step does one thing, but this one has both '${first.verbEntry.key}' and '${second.verbEntry.key}'`,
      {
        hint: "split it into two steps, or group them under 'do:'",
      },
    );
  }
  // Which of the two is meant is not known: the fields of either may stand here.
  return second === undefined ? first : { ...first, isTorn: true };
}

function noVerb(map: SourceMap, problems: Problems): FoundVerb {
  const verbEntry = map.entries[0] as SourceEntry;
  const meant = misspeltVerb(map, problems);
  problems.report("E020", verbEntry.keyRange, "this step says nothing to do", {
    hint: meant === undefined ? `add one of: ${verbNames()}` : `did you mean '${meant.verb}:'?`,
    fix: meant === undefined ? undefined : { range: meant.entry.keyRange, text: meant.verb },
  });
  return { verb: undefined, verbEntry };
}

function misspeltVerb(
  map: SourceMap,
  problems: Problems,
): { readonly verb: string; readonly entry: SourceEntry } | undefined {
  for (const entry of map.entries) {
    if (fieldNamed(stepFields, entry.key) !== undefined) continue;
    const verb =
      otherNames.get(entry.key) ??
      problems.closest(
        entry.key,
        verbs.map(({ name }) => name),
      );
    if (verb !== undefined) return { verb, entry };
  }
  return undefined;
}

/** What a verb is called elsewhere. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["steps", "do"],
  ["group", "do"],
  ["run", "function"],
  ["uses", "function"],
  ["call", "function"],
  ["script", "function"],
  ["approval", "approve"],
  ["gate", "approve"],
  ["ask", "approve"],
  ["sleep", "wait"],
  ["error", "fail"],
]);

function verbNames(): string {
  return verbs.map((verb) => verb.name).join(", ");
}

/** The fields of a step with two verbs: which is meant is not known, so nothing is missing. */
function readTornKeys(map: SourceMap, problems: Problems): Written {
  const written = readStepKeys(map, undefined, problems);
  for (const { name } of stepFields) written.meant.add(name);
  return written;
}

function readStepKeys(map: SourceMap, verb: Verb | undefined, problems: Problems): WrittenFields {
  const written = new WrittenFields();
  const hasVerb = map.entries.some((entry) => fieldNamed(verbs, entry.key) !== undefined);
  const meantAsVerb = hasVerb ? undefined : misspeltVerb(map, problems)?.entry;
  for (const entry of map.entries) {
    if (entry === meantAsVerb || fieldNamed(verbs, entry.key) !== undefined) continue;
    const field = fieldNamed(stepFields, entry.key);
    if (field === undefined) reportUnknown(entry, fieldsFor(verb), { where: whereOf(verb), map, written }, problems);
    else if (acceptsField(entry, field, verb, problems)) addField(written, field, entry, problems);
  }
  writeOutIterate(written, problems);
  return written;
}

/** Whether a field belongs to a step of this verb. */
function acceptsField(entry: SourceEntry, field: Field, verb: Verb | undefined, problems: Problems): boolean {
  if (!belongsTo(field, verb)) {
    problems.report("E010", entry.keyRange, `unknown key '${entry.key}' ${whereOf(verb)}`, {
      hint: `it belongs to: ${(field.on ?? []).join(", ")}`,
    });
    return false;
  }
  // Fields of a verb that is itself not carried out say nothing new.
  if (verb?.supported === false && field.on !== undefined) return true;
  if (verb !== undefined && field.laterOn?.includes(verb.name) === true)
    noteLater(entry, problems, ` on a '${verb.name}' step`);
  else if (!field.supported) noteLater(entry, problems);
  return true;
}

function belongsTo(field: Field, verb: Verb | undefined): boolean {
  // A loop on a step that is no group has a rule of its own.
  if (verb === undefined || field.on === undefined || field.name === "loop") return true;
  return field.on.includes(verb.name);
}

function fieldsFor(verb: Verb | undefined): readonly Field[] {
  if (verb === undefined) return stepFields;
  const known = fieldsByVerb.get(verb.name);
  if (known !== undefined) return known;
  const made = stepFields.filter((field) => field.on?.includes(verb.name) ?? true);
  fieldsByVerb.set(verb.name, made);
  return made;
}

const fieldsByVerb = new Map<VerbName, readonly Field[]>();

function whereOf(verb: Verb | undefined): string {
  if (verb === undefined) return "in a step";
  return `in ${/^[aeiou]/.test(verb.name) ? "an" : "a"} ${verb.name} step`;
}

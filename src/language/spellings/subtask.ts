import { choiceIn } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import { fieldNamed } from "../fields/field.ts";
import { verbs } from "../fields/verbs.ts";
import type { Problems } from "../problems.ts";
import { entryOf, kindOf, type SourceEntry, type SourceMap, type SourceNode } from "../source/tree.ts";
import { argumentsIn } from "./arguments.ts";
import { entryAt, isBlank, renamed, textOf } from "./nodes.ts";

const kinds = ["tool", "llm", "agent", "function", "approve", "set"] as const;
type Kind = (typeof kinds)[number];

/** A subtask of a planner as a step: what it does stands in `kind`, `target`, `args` and `prompt`. Undefined after E015 for what is none. */
export function stepOfSubtask(node: SourceNode, problems: Problems): SourceMap | undefined {
  if (node.kind !== "map" || node.entries.length === 0) {
    const found = node.kind === "map" ? "an empty one" : kindOf(node);
    problems.report("E015", node.range, `a subtask is a map of fields, not ${found}`, { hint: subtaskHint });
    return undefined;
  }
  // A planner that keeps to a schema writes every field, and null where it has nothing to say.
  const entries = node.entries.filter(({ value }) => !isBlank(value));
  const subtask: SourceMap = { ...node, entries };
  const field = (key: string): SourceEntry | undefined => entryOf(subtask, key);
  const isStep = field("kind") === undefined && entries.some(({ key }) => fieldNamed(verbs, key) !== undefined);
  if (isStep) return subtask;

  const kind = kindIn(subtask, problems);
  const done = kind === undefined ? undefined : workOf(kind, subtask, problems);
  const used = new Set(["kind", "target", "args", ...(kind === "approve" ? ["prompt"] : [])]);
  const rest = entries.filter(({ key }) => !used.has(key) && (done !== undefined || commonKeys.has(key)));
  // What the subtask does is not known, which was said; that it is there is.
  return { ...node, entries: [...rest, ...(done ?? [entryAt("set", {}, node.range)])] };
}

const subtaskHint = 'write {"id": …, "kind": …, "target": …}';

/** What is still checked of a subtask that does nothing known. */
const commonKeys: ReadonlySet<string> = new Set(["id", "title", "depends_on", "needs", "condition", "if", "for_each"]);

function kindIn(subtask: SourceMap, problems: Problems): Kind | undefined {
  const written = entryOf(subtask, "kind");
  if (written !== undefined) return choiceIn(problems, written, kinds);
  const target = textOf(entryOf(subtask, "target")?.value);
  if (target?.includes(".") === true) return "tool";
  if (target !== undefined && entryOf(subtask, "prompt") !== undefined) return "llm";
  problems.report("E020", placeOf(subtask), `${called(subtask)} says nothing to do`, {
    hint: `add "kind": one of ${kinds.join(", ")}`,
  });
  return undefined;
}

/** The verb with what it works with; undefined when something that it cannot be without is missing. */
function workOf(kind: Kind, subtask: SourceMap, problems: Problems): readonly SourceEntry[] | undefined {
  const target = entryOf(subtask, "target");
  const args = entryOf(subtask, "args");
  switch (kind) {
    case "tool":
    case "function":
      if (target === undefined) return reportMissing(subtask, "target", targets[kind], problems);
      return [renamed(kind, target), ...(args === undefined ? [] : [argumentsIn(args, "with", problems)])];
    case "llm":
    case "agent":
      if (args !== undefined) reportStray(args, kind, "say it in the prompt", problems);
      if (target === undefined) return reportMissing(subtask, "target", targets[kind], problems);
      return [renamed(kind, target)];
    case "approve":
      return questionOf(subtask, problems);
    case "set":
      if (target !== undefined) reportStray(target, kind, "it only computes: remove it", problems);
      if (args === undefined) return reportMissing(subtask, "args", "the values that it sets, by name", problems);
      return [argumentsIn(args, "set", problems)];
  }
}

const targets = {
  tool: "<connector>.<action>",
  function: "the name of a function",
  llm: "the alias of a model",
  agent: "the alias of an agent",
} as const;

/** A gate. A planner does not say who decides: it is whoever asked for the plan. */
function questionOf(subtask: SourceMap, problems: Problems): readonly SourceEntry[] | undefined {
  const target = entryOf(subtask, "target");
  if (target !== undefined) reportStray(target, "approve", "who decides stands in by", problems);
  const args = entryOf(subtask, "args");
  if (args !== undefined) reportStray(args, "approve", "what is decided stands in show", problems);
  const prompt = entryOf(subtask, "prompt");
  if (prompt === undefined) return reportMissing(subtask, "prompt", "the question", problems);
  const by = entryOf(subtask, "by") === undefined ? [entryAt("by", ["requester"], prompt.keyRange)] : [];
  return [renamed("approve", prompt), ...by];
}

function reportMissing(subtask: SourceMap, key: string, what: string, problems: Problems): undefined {
  problems.report("E015", placeOf(subtask), `${called(subtask)} has no ${key}`, { hint: `add "${key}": ${what}` });
  return undefined;
}

/** E010 for a field that belongs to other kinds; one that holds nothing is what a planner leaves there. */
function reportStray(entry: SourceEntry, kind: Kind, hint: string, problems: Problems): void {
  const { value } = entry;
  const holds = value.kind === "list" ? value.items.length : value.kind === "map" ? value.entries.length : 1;
  if (holds === 0) return;
  problems.report("E010", entry.keyRange, `unknown key '${entry.key}' in a subtask of kind ${kind}`, { hint });
}

function called(subtask: SourceMap): string {
  const id = textOf(entryOf(subtask, "id")?.value);
  return id === undefined ? "this subtask" : `subtask '${id.slice(0, 80)}'`;
}

function placeOf(subtask: SourceMap): Range {
  return entryOf(subtask, "kind")?.value.range ?? entryOf(subtask, "id")?.value.range ?? subtask.range;
}

import { choiceIn, reportShape } from "../check/values.ts";
import { nameOf } from "../check/draft.ts";
import { isStepId } from "../check/ids.ts";
import type { Problems } from "../problems.ts";
import { entryOf, type SourceEntry, type SourceList, type SourceMap, type SourceNode } from "../source/tree.ts";
import type { Source } from "../world.ts";
import { idEntry } from "./file-id.ts";
import { entryAt, isBlank, renamed, textOf } from "./nodes.ts";
import { stepOfSubtask } from "./subtask.ts";

/** True for a planner's answer: a graph of subtasks. */
export function isPlan(root: SourceMap): boolean {
  return entryOf(root, "subtasks") !== undefined && entryOf(root, "steps") === undefined;
}

const ownKeys: ReadonlySet<string> = new Set(["subtasks", "mode", "strategy", "answer"]);

/**
 * A planner's `{subtasks, mode?, strategy?, answer?}` as a file of steps. Its graph stands in `depends_on`, so it is `mode: parallel`; only the
 * old `mode: sequential` without any `depends_on` is a chain. What it gives is its answer, or else the results by id.
 */
export function treeOfPlan(root: SourceMap, source: Source, problems: Problems): SourceNode | undefined {
  const given = root.entries.filter((entry) => !isBlank(entry.value) || !ownKeys.has(entry.key));
  const field = (key: string): SourceEntry | undefined => given.find((entry) => entry.key === key);
  const subtasks = entryOf(root, "subtasks");
  if (subtasks === undefined) return root;
  const list = subtasksIn(subtasks, problems);
  if (list === undefined) return undefined;

  const mode = field("mode");
  const strategy = field("strategy");
  if (strategy !== undefined) choiceIn(problems, strategy, ["graph", "reactive"]);
  const isChain = mode !== undefined && checkedMode(mode, list, problems) === "sequential" && !list.items.some(waits);
  const items = list.items.flatMap((item) => stepOfSubtask(isChain ? withoutWaits(item) : item, problems) ?? []);
  const rest = given.filter((entry) => !ownKeys.has(entry.key));
  return {
    ...root,
    entries: [
      ...(hasAny(rest, ["workflow", "id"]) ? [] : [idEntry(source, root, "plan")]),
      ...rest,
      entryAt("mode", isChain ? "sequential" : "parallel", mode?.value.range ?? subtasks.keyRange),
      { key: "steps", keyRange: subtasks.keyRange, value: { ...list, items } },
      ...(hasAny(rest, ["output"]) ? [] : [outputOf(field("answer"), list, subtasks)]),
    ],
  };
}

function hasAny(entries: readonly SourceEntry[], keys: readonly string[]): boolean {
  return entries.some(({ key }) => keys.includes(key));
}

function subtasksIn(entry: SourceEntry, problems: Problems): SourceList | undefined {
  const { value } = entry;
  if (value.kind !== "list") return reportShape(problems, entry, "a list of subtasks");
  if (value.items.length > 0) return value;
  problems.report("E015", entry.keyRange, "this plan has no subtasks", {
    hint: "add one with an id, a kind and a target",
  });
  return undefined;
}

/** The old `mode` of a plan; `single` has one subtask. */
function checkedMode(entry: SourceEntry, { items }: SourceList, problems: Problems): string | undefined {
  const mode = choiceIn(problems, entry, ["parallel", "sequential", "single"] as const);
  if (mode === "single" && items.length > 1) {
    problems.report("E015", entry.value.range, `mode single has one subtask, but this plan has ${items.length}`, {
      hint: "write parallel or sequential",
    });
  }
  return mode;
}

function waits(item: SourceNode): boolean {
  return waitsIn(item).some(({ value }) => !isBlank(value) && !(value.kind === "list" && value.items.length === 0));
}

/** In a chain an empty `depends_on` says nothing: each subtask waits for the one before it. */
function withoutWaits(item: SourceNode): SourceNode {
  const empty = waitsIn(item);
  if (item.kind !== "map" || empty.length === 0) return item;
  return { ...item, entries: item.entries.filter((entry) => !empty.includes(entry)) };
}

function waitsIn(item: SourceNode): readonly SourceEntry[] {
  return item.kind === "map" ? item.entries.filter(({ key }) => key === "depends_on" || key === "needs") : [];
}

function outputOf(answer: SourceEntry | undefined, { items }: SourceList, subtasks: SourceEntry): SourceEntry {
  if (answer !== undefined) return renamed("output", answer);
  const ids = items.flatMap((item) => (item.kind === "map" ? [textOf(entryOf(item, "id")?.value) ?? ""] : []));
  // What is wrong with an id is said where it stands, not once more here.
  const results = ids.filter(isStepId).map((id) => [id, `\${${nameOf(id)}.output}`] as const);
  return entryAt("output", Object.fromEntries(results), subtasks.keyRange);
}

import { nameOf } from "../check/draft.ts";
import { readKeys } from "../check/keys.ts";
import { reportShape } from "../check/values.ts";
import { fieldNamed, keysOf } from "../fields/field.ts";
import { fileFields } from "../fields/file-fields.ts";
import type { Problems } from "../problems.ts";
import { entryOf, type SourceEntry, type SourceMap, type SourceNode, type SourceScalar } from "../source/tree.ts";
import type { Source } from "../world.ts";
import { idEntry } from "./file-id.ts";
import { entryAt, isBlank, renamed, textOf } from "./nodes.ts";
import { stepOfStage } from "./stage.ts";
import type { Stage } from "./stages.ts";
import { headFields, stagesFields } from "./stages-fields.ts";
import { loopOfStages } from "./stages-loop.ts";

/** True for a file of stages: `stages` with `stageConfigs`, or a map under `workflow` beside one key for each stage. */
export function isStaged(root: SourceMap): boolean {
  if (entryOf(root, "steps") !== undefined) return false;
  return entryOf(root, "stages") !== undefined || entryOf(root, "workflow")?.value.kind === "map";
}

/** What both forms of a file of stages say. */
interface StagedFile {
  readonly stages: SourceEntry;
  readonly loop: SourceEntry | undefined;
  /** How each stage is carried out, by its name; names that are no stages are left to be reported. */
  readonly configs: readonly SourceEntry[];
  /** Fields of the language: they mean here what they always mean. */
  readonly fields: readonly SourceEntry[];
  readonly marks: readonly SourceEntry[];
}

/**
 * A file of stages as one group, which is its loop: each stage is an agent's step of the same name. Runs are given any inputs, since such a
 * file does not declare them, and give what their stages gave.
 */
export function treeOfStaged(root: SourceMap, source: Source, problems: Problems): SourceNode | undefined {
  const workflow = entryOf(root, "workflow");
  const file = workflow?.value.kind === "map" ? nestedFile(root, workflow, problems) : flatFile(root, problems);
  const names = file === undefined ? undefined : stageNames(file.stages, problems);
  if (file === undefined || names === undefined) return undefined;

  const stages = stagesOf(file, names, problems);
  const id = groupId(names);
  const loop = file.loop === undefined ? undefined : loopOfStages(file.loop, stages, source.text, problems);
  const { keyRange, value } = file.stages;
  const steps = stages.map((stage, index) => stepOfStage(stage, { before: stages.slice(0, index), loop }, problems));
  const group: SourceMap = {
    kind: "map",
    range: value.range,
    entries: [
      entryAt("id", id, keyRange),
      ...(loop === undefined ? [] : [loop.entry]),
      { key: "do", keyRange, value: { kind: "list", range: value.range, items: steps } },
    ],
  };
  const has = (...keys: readonly string[]): boolean => file.fields.some(({ key }) => keys.includes(key));
  return {
    ...root,
    entries: [
      ...(has("workflow", "id") ? [] : [idEntry(source, root, "stages")]),
      ...withMarks(file),
      ...(has("inputs") ? [] : [entryAt("inputs", { type: "object", additionalProperties: true }, keyRange)]),
      { key: "steps", keyRange, value: { kind: "list", range: value.range, items: [group] } },
      ...(has("output") ? [] : [entryAt("output", `\${${id}.output}`, keyRange)]),
    ],
  };
}

/** `workflow: {name, stages, loop}` beside `<stage>: {…}`. */
function nestedFile(root: SourceMap, workflow: SourceEntry, problems: Problems): StagedFile | undefined {
  const head =
    workflow.value.kind === "map" ? readKeys(workflow.value, stagesFields, "in workflow", problems) : undefined;
  const stages = head?.get("stages");
  if (head === undefined || stages === undefined) {
    if (head?.meant.has("stages") !== true)
      problems.report("E015", workflow.keyRange, "this workflow has no stages", {
        hint: "add stages: [plan, code, …]; a workflow of steps is workflow: <id> with steps:",
      });
    return undefined;
  }
  const named = new Set(namesIn(stages));
  const others = root.entries.filter((entry) => entry !== workflow);
  const isConfig = ({ key }: SourceEntry): boolean => named.has(key) || fieldNamed(fileFields, key) === undefined;
  return {
    stages,
    loop: head.get("loop"),
    configs: others.filter(isConfig),
    fields: [...present(head, ["id", "name", "description"]), ...others.filter((entry) => !isConfig(entry))],
    marks: present(head, ["isDefault", "protected"]),
  };
}

/** `stages`, `loop` and `stageConfigs` side by side. */
function flatFile(root: SourceMap, problems: Problems): StagedFile | undefined {
  const stages = entryOf(root, "stages");
  if (stages === undefined) return undefined;
  const configs = entryOf(root, "stageConfigs");
  const entries = configs?.value.kind === "map" ? configs.value.entries : [];
  if (configs !== undefined && configs.value.kind !== "map" && !isBlank(configs.value))
    reportShape(problems, configs, "a map of stages");
  const own = new Set(["stages", "loop", "stageConfigs", "isDefault", "protected"]);
  return {
    stages,
    loop: entryOf(root, "loop"),
    configs: entries,
    fields: root.entries.filter(({ key }) => !own.has(key)),
    marks: root.entries.filter(({ key }) => key === "isDefault" || key === "protected"),
  };
}

function present(head: ReadonlyMap<string, SourceEntry>, keys: readonly string[]): readonly SourceEntry[] {
  return keys.flatMap((key) => head.get(key) ?? []);
}

function namesIn({ value }: SourceEntry): readonly string[] {
  return value.kind === "list" ? value.items.flatMap((item) => textOf(item) ?? []) : [];
}

/** Each stage is told what those before it gave, so their number is bounded; a workflow of more parts has steps. */
const stagesMax = 50;

function stageNames(stages: SourceEntry, problems: Problems): readonly SourceScalar[] | undefined {
  const { value } = stages;
  const items = value.kind === "list" ? value.items : [];
  if (items.length === 0) return reportShape(problems, stages, "a list of at least one stage");
  if (items.length > stagesMax) {
    problems.report(
      "E015",
      stages.keyRange,
      `a workflow has at most ${stagesMax} stages, but this one ${items.length}`,
      {
        hint: "write steps: instead",
      },
    );
    return undefined;
  }
  return items.flatMap((item): readonly SourceScalar[] => {
    if (item.kind === "scalar" && item.value !== null) return [item];
    reportShape(problems, { key: "a stage", keyRange: stages.keyRange, value: item }, "a name");
    return [];
  });
}

/** Each stage with what is written about it; E010 for what is written about no stage. */
function stagesOf(file: StagedFile, names: readonly SourceScalar[], problems: Problems): readonly Stage[] {
  const configs = new Map(file.configs.map((entry) => [entry.key, entry]));
  const known = new Set(names.map(({ text }) => text));
  const suggested = [...known].filter((name) => !configs.has(name)).concat(keysOf(headFields));
  for (const entry of file.configs) {
    if (known.has(entry.key)) continue;
    const meant = problems.closest(entry.key, suggested);
    problems.report("E010", entry.keyRange, `'${entry.key.slice(0, 80)}' is no stage of this workflow`, {
      hint: meant === undefined ? "add it to stages, or remove it" : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range: entry.keyRange, text: meant },
    });
  }
  return names.map((name) => ({ name, config: configs.get(name.text) }));
}

/** A name for the group that no stage has. */
function groupId(names: readonly SourceScalar[]): string {
  const taken = new Set(names.map(({ text }) => nameOf(text)));
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? "stages" : `stages_${n}`;
    if (!taken.has(id)) return id;
  }
}

/** The fields, with what the desktop marks a workflow with among its labels. */
function withMarks({ fields, marks }: StagedFile): readonly SourceEntry[] {
  if (marks.length === 0) return fields;
  const labels = fields.find(({ key }) => key === "labels");
  const own = labels?.value.kind === "map" ? labels.value.entries : [];
  const range = marks[0]?.keyRange ?? { start: 0, end: 0 };
  const merged: SourceEntry = {
    key: "labels",
    keyRange: labels?.keyRange ?? range,
    value: { kind: "map", range, entries: [...own, ...marks.map((mark) => renamed(mark.key, mark))] },
  };
  return [...fields.filter((entry) => entry !== labels), merged];
}

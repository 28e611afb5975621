import type { Json } from "../../base/json.ts";
import { nameOf } from "../check/draft.ts";
import { isStepId } from "../check/ids.ts";
import { choiceIn, reportShape } from "../check/values.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceMap } from "../source/tree.ts";
import { entryAt, isBlank, renamed } from "./nodes.ts";
import { candidatesOf } from "./stage-providers.ts";
import type { Stage, StagesLoop } from "./stages.ts";

/** What stands around a stage. */
export interface StagePlace {
  readonly before: readonly Stage[];
  readonly loop: StagesLoop | undefined;
}

/** The agent of a stage that names none. */
const agentDefault = "claude-code";

const roles: Readonly<Record<string, string>> = {
  analyze: "planner",
  plan: "planner",
  code: "coder",
  review: "checker",
  test: "tester",
  check: "checker",
};

/** What a stage that is looked into by a path gives. */
const verdict: Json = {
  done: "boolean",
  quality_score: { type: "number", minimum: 0, maximum: 100 },
  summary: "string",
  "issues?": ["object"],
  "recommended_next_stage?": { type: ["string", "null"], description: "The stage to go on from" },
};

/** A stage as a step of its agent; what is written about it has the same names there. */
export function stepOfStage(stage: Stage, place: StagePlace, problems: Problems): SourceMap {
  const { name, config } = stage;
  const written = configOf(stage, place, problems);
  const has = (...keys: readonly string[]): boolean => written.some(({ key }) => keys.includes(key));
  const role = Object.hasOwn(roles, name.text) ? roles[name.text] : undefined;
  return {
    kind: "map",
    range: config?.value.range ?? name.range,
    entries: [
      { key: "id", keyRange: name.range, value: name },
      ...(has("provider", "agent") ? [] : [entryAt("provider", agentDefault, name.range)]),
      ...(has("role") || role === undefined ? [] : [entryAt("role", role, name.range)]),
      ...(has("prompt") ? [] : [entryAt("prompt", promptOf(name.text, place), name.range)]),
      ...(place.loop?.judge !== stage || has("output") ? [] : [entryAt("output", verdict, name.range)]),
      ...written,
    ],
  };
}

/** What is written about a stage, without what the loop or nobody needs. */
function configOf({ name, config }: Stage, { loop }: StagePlace, problems: Problems): readonly SourceEntry[] {
  if (config === undefined || isBlank(config.value)) return [];
  const { value } = config;
  // Short for a stage with this profile.
  if (value.kind === "scalar") return [renamed("profile", config)];
  if (value.kind === "list") {
    reportShape(problems, { ...config, key: `stage '${name.text}'` }, "a map of fields, or the name of a profile");
    return [];
  }
  return [...value.entries.filter(isKept), ...candidatesOf(value.entries, problems)];

  function isKept(entry: SourceEntry): boolean {
    if (entry.key === "providers" || entry.key === "parallel_strategy") return false;
    if (entry.key === "min_iterations") {
      if (loop === undefined)
        problems.report("E015", entry.keyRange, "'min_iterations' means nothing without loop", {
          hint: "add loop to the workflow, or remove it",
        });
      return false;
    }
    if (entry.key !== "mode") return true;
    // How several agents of one stage follow each other: it says nothing about one.
    choiceIn(problems, entry, ["sequential", "parallel"]);
    return false;
  }
}

/** What an agent is told when its stage says nothing: what was asked, what there is, and its part. */
function promptOf(name: string, { before, loop }: StagePlace): string {
  const results = before
    .filter(({ name: { text } }) => isStepId(text) && text !== name)
    .map(({ name: { text } }) => `Result of the stage ${text}: \${json(default(${nameOf(text)}.output, null))}\n`);
  const last = loop === undefined ? "" : "Results of the iteration before: ${json(iter.last)}\n";
  return `Carry out the stage ${name}.\nInputs: \${json(vars)}\n${results.join("")}${last}`;
}

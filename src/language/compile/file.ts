import { workflowIdProblem } from "../check/ids.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { booleanIn, choiceIn, durationIn, mapIn, namesIn, reportShape, scalarIn, textIn } from "../check/values.ts";
import { defaultsFields } from "../fields/file-fields.ts";
import type { Mode, Schema } from "../plan.ts";
import type { Problems } from "../problems.ts";
import { schemaOf, schemaOfFields, isJsonSchema } from "../schema/short-form.ts";
import type { SourceEntry, SourceMap } from "../source/tree.ts";
import type { World } from "../world.ts";
import type { FileDefaults } from "./defaults.ts";
import { labelsIn, readCache } from "./marks.ts";
import { defined, whenWritten } from "./optional.ts";
import { readRetry } from "./retry.ts";

/** The id of the workflow; E011 and E012. */
export function workflowId(root: SourceMap, file: Written, name: string, problems: Problems): string {
  const entry = file.get("workflow");
  const named = fileId(name);
  if (entry === undefined) {
    if (file.meant.has("workflow")) return "";
    const range = root.entries[0]?.keyRange ?? root.range;
    problems.report("E011", range, "this workflow has no id", { hint: `add workflow: ${named ?? "its-name"}` });
    return "";
  }
  const scalar = scalarIn(problems, entry, "the id of the workflow");
  if (scalar === undefined) return "";
  const problem = workflowIdProblem(scalar.text);
  if (problem !== undefined) {
    const fix = problem.better === undefined ? undefined : { range: scalar.range, text: problem.better };
    problems.report("E012", scalar.range, problem.message, { hint: problem.hint, fix });
    // An id that nobody wrote was taken from the file's name.
  } else if (named !== undefined && named !== scalar.text && scalar.range.start < scalar.range.end) {
    problems.report("E012", scalar.range, `the file is named '${named}', but its workflow '${scalar.text}'`, {
      hint: "give both the same name",
    });
  }
  return scalar.text;
}

/** The id that a file in a folder `workflows` must have. */
function fileId(name: string): string | undefined {
  return /(?:^|[\\/])workflows[\\/]([^\\/]+)\.workflow\.(?:ya?ml|json)$/.exec(name)?.[1];
}

/** The schema of `inputs`. */
export function inputsSchema(file: Written, problems: Problems): Schema {
  const none: Schema = { type: "object", properties: {}, required: [], additionalProperties: false };
  const entry = file.get("inputs");
  if (entry === undefined) return none;
  const map = mapIn(problems, entry, "a map of names and their types");
  if (map === undefined) return none;
  if (!isJsonSchema(map)) return schemaOfFields(map, problems);

  const schema = schemaOf(map, problems);
  if (schema["type"] === "object") return schema;
  problems.report("E018", entry.keyRange, "inputs are an object: a run is given its inputs by name", {
    hint: "write inputs: {name: type}",
  });
  return none;
}

/** Environment variables that the file declares. */
export function envNames(file: Written, problems: Problems): readonly string[] {
  const entry = file.get("env");
  const names = entry === undefined ? undefined : namesIn(problems, entry, "a list of variable names");
  const known = new Set<string>();
  for (const { name, node } of names ?? []) {
    if (/^[A-Za-z_]\w*$/.test(name)) known.add(name);
    else
      problems.report("E015", node.range, `'${name}' is not the name of an environment variable`, {
        hint: "use letters, digits and '_'",
      });
  }
  return [...known];
}

/** `labels`: texts by name. */
export function labelsOf(file: Written, problems: Problems): Readonly<Record<string, string>> | undefined {
  const entry = file.get("labels");
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of texts");
  if (map === undefined) return undefined;
  return Object.fromEntries(
    map.entries.flatMap((label) => {
      const text = textIn(problems, label);
      return text === undefined ? [] : [[label.key, text]];
    }),
  );
}

/** `mode` of the file. */
export function modeOf(file: Written, problems: Problems): Mode {
  const entry = file.get("mode");
  return (
    (entry === undefined ? undefined : choiceIn<Mode>(problems, entry, ["sequential", "parallel"])) ?? "sequential"
  );
}

/** `defaults`. */
export function fileDefaults(file: Written, world: World, problems: Problems): FileDefaults {
  const entry = file.get("defaults");
  const map = entry === undefined ? undefined : mapIn(problems, entry);
  if (map === undefined) return { retry: {} };

  const written = readKeys(map, defaultsFields, "in defaults", problems);
  const retry = written.get("retry");
  const timeout = written.get("timeout");
  const failure = written.get("on_failure");
  const timeoutMs = timeout === undefined ? undefined : durationIn(problems, timeout);
  if (timeout !== undefined && timeoutMs === 0) reportShape(problems, timeout, "longer than no time at all");
  const onFailure =
    failure === undefined ? undefined : choiceIn(problems, failure, ["stop", "continue", "retry"] as const);
  return defined({
    retry: retry === undefined ? {} : readRetry(retry, problems),
    timeoutMs,
    onFailure,
    cache: whenWritten(written.get("cache"), (found) => defaultCache(found, problems)),
    runsOn: whenWritten(written.get("runs_on"), (found) => labelsIn(found, world, problems)),
    sensitive: whenWritten(written.get("sensitive"), (found) => booleanIn(problems, found)),
  });
}

/** A key names the calls of one step: under `defaults` there is none. */
function defaultCache(entry: SourceEntry, problems: Problems): FileDefaults["cache"] {
  const { cache, key } = readCache(entry, problems);
  if (key !== undefined)
    problems.report("E015", key.keyRange, "a key names the calls of one step, so it does not stand under defaults", {
      hint: "write it in the cache: of the step",
    });
  return cache;
}

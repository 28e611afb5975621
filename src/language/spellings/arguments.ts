import { short } from "../check/short.ts";
import { reportShape } from "../check/values.ts";
import type { Problems } from "../problems.ts";
import { entryOf, type SourceEntry, type SourceNode } from "../source/tree.ts";
import { textOf } from "./nodes.ts";

/** The `args` of a subtask as a map under another key: they are an object, or a list of `{name, value}` where a schema allows no free keys. */
export function argumentsIn(args: SourceEntry, key: string, problems: Problems): SourceEntry {
  const { value, keyRange } = args;
  if (value.kind === "map") return { key, keyRange, value };
  if (value.kind === "scalar") {
    // One whole `${…}` that gives an object is a value as good as a map.
    if (value.text.trim().startsWith("${")) return { key, keyRange, value };
    reportShape(problems, args, "an object, or a list of {name, value}");
    return { key, keyRange, value: { kind: "map", range: value.range, entries: [] } };
  }
  const entries = new Map<string, SourceEntry>();
  for (const item of value.items) {
    const entry = argumentIn(item, problems);
    if (entry === undefined) continue;
    if (entries.has(entry.key))
      problems.report("E015", entry.keyRange, `argument '${short(entry.key)}' is given twice`, {
        hint: "keep one of them",
      });
    else entries.set(entry.key, entry);
  }
  return { key, keyRange, value: { kind: "map", range: value.range, entries: [...entries.values()] } };
}

function argumentIn(item: SourceNode, problems: Problems): SourceEntry | undefined {
  const name = item.kind === "map" ? entryOf(item, "name") : undefined;
  const value = item.kind === "map" ? entryOf(item, "value") : undefined;
  const key = textOf(name?.value);
  if (
    key !== undefined &&
    name !== undefined &&
    value !== undefined &&
    item.kind === "map" &&
    item.entries.length === 2
  )
    return { key, keyRange: name.value.range, value: value.value };
  problems.report("E015", item.range, "an argument is {name, value}, with nothing else");
  return undefined;
}

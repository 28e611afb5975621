import { type Field, fieldNamed, keysOf } from "../fields/field.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceMap } from "../source/tree.ts";
import { short } from "./short.ts";

/** The fields of one map, by their proper names, each with what was written. */
export interface Written extends ReadonlyMap<string, SourceEntry> {
  /** Fields that a misspelt key was taken for: they are not reported as missing too. */
  readonly meant: ReadonlySet<string>;
}

/** The fields of a map while they are read. */
export class WrittenFields extends Map<string, SourceEntry> implements Written {
  readonly meant: Set<string> = new Set();
}

/**
 * Reads the keys of a map whose fields are given: aliases become names; unknown keys (E010) and a field written under two names (E015)
 * are reported and left out; fields that this build does not carry out are noted (E090).
 */
export function readKeys(map: SourceMap, fields: readonly Field[], where: string, problems: Problems): Written {
  const written = readParts(map, fields, where, problems);
  for (const [name, entry] of written) if (fieldNamed(fields, name)?.supported === false) noteLater(entry, problems);
  return written;
}

/** Reads the keys of a map in a step whose verb speaks for all of it: where the verb is not carried out, its parts need no note of their own. */
export function readParts(map: SourceMap, fields: readonly Field[], where: string, problems: Problems): Written {
  const written = new WrittenFields();
  for (const entry of map.entries) {
    const field = fieldNamed(fields, entry.key);
    if (field === undefined) reportUnknown(entry, fields, { where, map, written }, problems);
    else addField(written, field, entry, problems);
  }
  return written;
}

/** Adds a field, unless it is there under another name already. */
export function addField(
  written: Map<string, SourceEntry>,
  field: Field,
  entry: SourceEntry,
  problems: Problems,
): void {
  const first = written.get(field.name);
  if (first === undefined) {
    written.set(field.name, entry);
    return;
  }
  problems.report("E015", entry.keyRange, `'${entry.key}' is another name of '${first.key}', which is written too`, {
    hint: "keep one of them",
  });
}

/** E010 with a suggestion, which is remembered. */
export function reportUnknown(
  entry: SourceEntry,
  fields: readonly Field[],
  place: { readonly where: string; readonly map: SourceMap; readonly written: WrittenFields },
  problems: Problems,
): void {
  const meant = problems.closest(entry.key, keysOf(fields));
  const field = meant === undefined ? undefined : fieldNamed(fields, meant);
  if (field !== undefined) place.written.meant.add(field.name);
  // Where the field stands too, writing it again mends nothing.
  const isThere = field !== undefined && place.map.entries.some(({ key }) => fieldNamed(fields, key) === field);
  problems.report("E010", entry.keyRange, `unknown key '${short(entry.key)}' ${place.where}`, {
    hint: meant === undefined ? `known here: ${listed(fields)}` : `did you mean '${meant}'?`,
    fix: meant === undefined || isThere ? undefined : { range: entry.keyRange, text: meant },
  });
}

/** E090: part of the language, not yet carried out by this build. */
export function noteLater(entry: SourceEntry, problems: Problems, where = ""): void {
  problems.later(entry.keyRange, `'${entry.key}'${where}`, entry.value.range.end);
}

function listed(fields: readonly Field[]): string {
  return fields.map((field) => field.name).join(", ");
}

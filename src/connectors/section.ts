import { readKeys, type Written } from "../language/check/keys.ts";
import { mapIn } from "../language/check/values.ts";
import type { Field } from "../language/fields/field.ts";
import type { Problems } from "../language/problems.ts";
import type { SourceEntry } from "../language/source/tree.ts";

/** A map of a connector while it is read, and what messages call it. */
export interface Section {
  readonly entry: SourceEntry;
  /** `action 'say', http.request`. */
  readonly called: string;
  readonly written: Written;
}

/** The fields of a map; undefined after E015. */
export function sectionIn(
  problems: Problems,
  entry: SourceEntry,
  fields: readonly Field[],
  called: string,
): Section | undefined {
  const map = mapIn(problems, entry, `a map of ${fields.map(({ name }) => name).join(", ")}`);
  return map === undefined ? undefined : { entry, called, written: readKeys(map, fields, `in ${called}`, problems) };
}

/** A field that has to be there; E015 where it is not. */
export function neededIn(
  problems: Problems,
  { entry, called, written }: Section,
  name: string,
): SourceEntry | undefined {
  const found = written.get(name);
  if (found === undefined && !written.meant.has(name))
    problems.report("E015", entry.keyRange, `${called} has no ${name}`, { hint: `add ${name}` });
  return found;
}

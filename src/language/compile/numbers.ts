import type { Written } from "../check/keys.ts";
import { numberIn } from "../check/values.ts";
import { type Field, fieldNamed } from "../fields/field.ts";
import type { Problems } from "../problems.ts";

/** A number within the bounds of its field; undefined when it was not written, or after E015. */
export function numberField(
  problems: Problems,
  written: Written,
  fields: readonly Field[],
  name: string,
): number | undefined {
  const entry = written.get(name);
  const field = fieldNamed(fields, name);
  return entry === undefined || field === undefined ? undefined : numberIn(problems, entry, field);
}

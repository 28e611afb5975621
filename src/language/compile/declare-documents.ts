import { readKeys, type Written } from "../check/keys.ts";
import { mapIn, scalarIn } from "../check/values.ts";
import type { Field } from "../fields/field.ts";
import { documentFields } from "../fields/file-fields.ts";
import { gateFields } from "../fields/shared.ts";
import type { Problems } from "../problems.ts";
import { schemaOf } from "../schema/short-form.ts";
import type { SourceEntry } from "../source/tree.ts";
import { aliasesIn } from "./declare-pins.ts";
import type { DeclaredDocument } from "./declared.ts";
import { whenWritten } from "./optional.ts";

/** `documents`. Their `accept` is only read here: what it says is checked where the Plan is made. */
export function documentsIn(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredDocument> {
  return new Map(
    aliasesIn(entry, "document", problems).map((each) => {
      const written = fieldsIn(each, documentFields, "in a document", problems);
      const accept = written?.get("accept");
      return [
        each.key,
        {
          entry: each,
          schema: whenWritten(written?.get("schema"), (schema) => schemaOf(schema.value, problems)),
          scope: whenWritten(written?.get("scope"), (scope) => scalarIn(problems, scope, "the name of a scope")?.text),
          acceptEntry: accept,
          accept: whenWritten(accept, (gate) => fieldsIn(gate, gateFields, "in accept", problems)),
        },
      ];
    }),
  );
}

/** The fields of a map. */
export function fieldsIn(
  entry: SourceEntry,
  fields: readonly Field[],
  where: string,
  problems: Problems,
): Written | undefined {
  const map = mapIn(problems, entry);
  return map === undefined ? undefined : readKeys(map, fields, where, problems);
}

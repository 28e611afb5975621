import { iterateFields } from "../fields/shared.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import { readKeys, type WrittenFields } from "./keys.ts";
import { mapIn, scalarIn } from "./values.ts";

/**
 * Writes `iterate_over` as the `for_each` that it stands for: `docs.<document>.<collection>`, with the entity as the item's name and the
 * scope. What is wrong with a part is reported where that part was written.
 */
export function writeOutIterate(written: WrittenFields, problems: Problems): void {
  const entry = written.get("iterate_over");
  if (entry === undefined) return;
  const list = written.get("for_each");
  if (list !== undefined) {
    problems.report(
      "E015",
      entry.keyRange,
      `'${entry.key}' is another way to write '${list.key}', which is written too`,
      {
        hint: "keep one of them",
      },
    );
    return;
  }
  const map = mapIn(problems, entry, "a map such as {document: backlog, collection: epics, entity: epic}");
  if (map === undefined) return;
  const parts = readKeys(map, iterateFields, "in iterate_over", problems);
  const nameIn = (name: string): SourceScalar | undefined => {
    const part = parts.get(name);
    return part === undefined ? undefined : scalarIn(problems, part, "a name");
  };
  for (const name of ["document", "collection"]) {
    if (parts.has(name) || parts.meant.has(name)) continue;
    problems.report("E015", entry.keyRange, `iterate_over does not name its ${name}`, { hint: `add ${name}: <name>` });
  }
  const document = nameIn("document");
  const collection = nameIn("collection");
  const entity = nameIn("entity");
  const scope = nameIn("scope") ?? entity;
  // Without them the list is not known, but the step is a for-each all the same.
  written.set("for_each", { ...entry, key: "for_each", value: listOf(entry, document, collection) });
  if (entity !== undefined) addNew(written, "as", { ...entry, key: "as", value: entity });
  if (scope !== undefined) addNew(written, "scope", { ...entry, key: "scope", value: scope });
}

function addNew(written: WrittenFields, name: string, entry: SourceEntry): void {
  if (!written.has(name)) written.set(name, entry);
}

function listOf(
  entry: SourceEntry,
  document: SourceScalar | undefined,
  collection: SourceScalar | undefined,
): SourceScalar {
  const { range } = entry.value;
  if (document === undefined || collection === undefined)
    return { kind: "scalar", range, value: "[]", text: "[]", style: "plain", pieces: [{ from: 0, range }] };
  const text = `docs.${fieldOf(document)}.${fieldOf(collection)}`;
  return {
    kind: "scalar",
    range,
    value: text,
    text,
    style: "plain",
    pieces: [
      { from: "docs.".length, range: insideQuotes(document) },
      { from: text.length - fieldOf(collection).length, range: insideQuotes(collection) },
    ],
  };
}

/** A name as expressions read it; anything else is left to them to refuse. */
function fieldOf({ text }: SourceScalar): string {
  return text.trim().replaceAll("-", "_");
}

function insideQuotes({ range, style }: SourceScalar): SourceScalar["range"] {
  return style === "plain" ? range : { start: range.start + 1, end: range.end - 1 };
}

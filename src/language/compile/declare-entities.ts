import { nameOf } from "../check/draft.ts";
import type { Written } from "../check/keys.ts";
import { short, someOf } from "../check/short.ts";
import { scalarIn } from "../check/values.ts";
import { describeType, itemOfList, type Type, typeOfSchema, types } from "../expression/type.ts";
import { entityFields } from "../fields/file-fields.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import { fieldsIn } from "./declare-documents.ts";
import { aliasesIn } from "./declare-pins.ts";
import type { DeclaredDocument, DeclaredEntity } from "./declared.ts";

/** `entities`. E056 and E302 where they come from something that is not there. */
export function entitiesIn(
  entry: SourceEntry | undefined,
  documents: ReadonlyMap<string, DeclaredDocument>,
  problems: Problems,
): ReadonlyMap<string, DeclaredEntity> {
  const sources: Sources = entry === undefined ? new Map() : sourcesIn(documents);
  return new Map(
    aliasesIn(entry, "entity", problems).map((each) => {
      const written = fieldsIn(each, entityFields, "in an entity", problems);
      const from = requiredIn(each, written, "from", problems);
      const key = requiredIn(each, written, "key", problems);
      const item = from === undefined ? undefined : itemFrom(from, sources, problems);
      if (item !== undefined && key !== undefined) checkKey(each, key, item, problems);
      return [each.key, { entry: each, from: from?.text, key: key?.text }];
    }),
  );
}

const required = {
  from: { wanted: "the list it comes from: <document>.<field>", sample: "<document>.<field>" },
  key: { wanted: "the field that names each", sample: "id" },
} as const;

function requiredIn(
  entity: SourceEntry,
  written: Written | undefined,
  name: "from" | "key",
  problems: Problems,
): SourceScalar | undefined {
  const entry = written?.get(name);
  if (entry !== undefined) return scalarIn(problems, entry, required[name].wanted);
  if (written !== undefined && !written.meant.has(name))
    problems.report("E015", entity.keyRange, `entity '${short(entity.key)}' has no ${name}`, {
      hint: `add ${name}: ${required[name].sample}`,
    });
  return undefined;
}

/** Types of documents, by the names that expressions use. */
type Sources = ReadonlyMap<string, Type>;

function sourcesIn(documents: ReadonlyMap<string, DeclaredDocument>): Sources {
  return new Map(
    Array.from(documents, ([name, { schema }]) => [
      nameOf(name),
      schema === undefined ? types.any : typeOfSchema(schema),
    ]),
  );
}

/** The type of the items that an entity comes from; undefined where that is not known, or was reported. */
function itemFrom(from: SourceScalar, documents: Sources, problems: Problems): Type | undefined {
  const match = /^([\w-]+)\.([\w-]+)$/.exec(from.text.trim());
  if (match === null) {
    problems.report("E015", from.range, `from is <document>.<field>, not '${short(from.text)}'`, {
      hint: "for example epic_backlog.epics",
    });
    return undefined;
  }
  const [, name = "", field = ""] = match;
  const document = documents.get(nameOf(name));
  if (document === undefined) {
    const meant = problems.closest(name, documents.keys());
    const known = documents.size === 0 ? "this file declares no documents" : `known: ${someOf(documents.keys())}`;
    problems.report("E056", from.range, `no document named '${short(name)}'`, {
      hint: meant === undefined ? known : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range: from.range, text: `${meant}.${field}` },
    });
    return undefined;
  }
  return listField(from, { name, field }, document, problems);
}

function listField(
  from: SourceScalar,
  { name, field }: { readonly name: string; readonly field: string },
  document: Type,
  problems: Problems,
): Type | undefined {
  const type = fieldOf(document, field);
  if (type === undefined) {
    const known = fieldNames(document);
    const meant = problems.closest(field, known);
    problems.report("E302", from.range, `document '${name}' has no field '${short(field)}'`, {
      hint: meant === undefined ? `it has: ${someOf(known) || "no fields"}` : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range: from.range, text: `${name}.${meant}` },
    });
  } else if (type.kind !== "list" && type.kind !== "any") {
    problems.report("E303", from.range, `'${short(from.text)}' is ${describeType(type)}, not a list`, {
      hint: "an entity is one item of a list",
    });
  }
  return type?.kind === "list" ? itemOfList(type) : undefined;
}

function checkKey(entity: SourceEntry, key: SourceScalar, item: Type, problems: Problems): void {
  if (fieldOf(item, key.text) !== undefined) return;
  const known = fieldNames(item);
  const meant = problems.closest(key.text, known);
  const what = known.length === 0 ? `it is ${describeType(item)}` : `it has: ${someOf(known)}`;
  problems.report("E302", key.range, `each '${short(entity.key)}' has no field '${short(key.text)}'`, {
    hint: meant === undefined ? what : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: key.range, text: meant },
  });
}

/** The type of a field; `any` where nothing is known, undefined where it is certain not to be there. */
function fieldOf(type: Type, name: string): Type | undefined {
  if (type.kind === "any") return type;
  if (type.kind !== "object") return undefined;
  return type.fields.get(name) ?? type.fields.get(name.replaceAll("_", "-")) ?? (type.open ? types.any : undefined);
}

function fieldNames(type: Type): readonly string[] {
  return type.kind === "object" ? [...type.fields.keys()] : [];
}

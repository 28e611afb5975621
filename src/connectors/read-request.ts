import { booleanIn, choiceIn, mapIn, namesIn, numberIn, reportShape } from "../language/check/values.ts";
import { defined, whenWritten } from "../language/compile/optional.ts";
import { fieldNamed } from "../language/fields/field.ts";
import type { SourceEntry, SourceNode } from "../language/source/tree.ts";
import { answers, errorFields, meanings, methods, pagesFields, requestFields } from "./http-fields.ts";
import { answerType, withNames } from "./http-names.ts";
import type { ErrorRule, PagesPlan, RequestPlan } from "./http-plan.ts";
import { type Mapper, nameOf, type Spot } from "./mapper.ts";
import { neededIn, type Section, sectionIn } from "./section.ts";
import type { Template } from "../language/plan.ts";

const nothing: Template = { kind: "literal", value: null };
const pagesMax = 10;
const errorRulesMax = 50;
const namedMax = 20;

/** Headers that belong to the connection, and that no descriptor sets. */
const ownHeaders: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "keep-alive",
  "proxy-authorization",
]);

/** Reads one request; undefined after a problem with the whole of it. */
export function readRequest(mapper: Mapper, entry: SourceEntry, spot: Spot): RequestPlan | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, requestFields, spot.field);
  if (section === undefined) return undefined;

  const { written } = section;
  const at = (name: string): Spot => ({ ...spot, field: `${spot.field}.${name}` });
  const valueOf = (name: string): Template | undefined =>
    whenWritten(written.get(name), ({ value }) => mapper.value(value, at(name)).template);
  const mapOf = (name: string): Template | undefined =>
    whenWritten(written.get(name), (each) => objectIn(mapper, each, at(name)));
  const path = neededIn(problems, section, "path");
  checkHeaders(mapper, written.get("headers"));
  checkBody(mapper, section);
  const method = whenWritten(written.get("method"), (each) => choiceIn(problems, each, methods)) ?? "GET";
  const safe = whenWritten(written.get("safe"), (each) => booleanIn(problems, each)) ?? false;
  return {
    method,
    safe: safe || method === "GET" || method === "HEAD",
    path: path === undefined ? nothing : pathIn(mapper, path, at("path")),
    answer: whenWritten(written.get("answer"), (each) => choiceIn(problems, each, answers)) ?? "json",
    ok: statusesIn(mapper, written.get("ok")),
    errors: whenWritten(written.get("errors"), (each) => readErrors(mapper, each, at("errors"))) ?? [],
    ...defined({
      base: whenWritten(written.get("base"), (each) => mapper.text(each, at("base"))),
      query: mapOf("query"),
      headers: mapOf("headers"),
      body: valueOf("body"),
      form: mapOf("form"),
      pages: whenWritten(written.get("pages"), (each) => readPages(mapper, each, at("pages"))),
      columns: whenWritten(written.get("columns"), (each) =>
        mapper.expression(each, withNames(at("columns"), { response: answerType })),
      ),
    }),
  };
}

/** A map with holes, or one expression that gives a map. */
export function objectIn(mapper: Mapper, entry: SourceEntry, spot: Spot): Template | undefined {
  const { template, type } = mapper.value(entry.value, spot);
  return type.kind === "object" || type.kind === "any" || entry.value.kind === "map"
    ? template
    : reportShape(mapper.problems, entry, "a map of names and values");
}

/** A path: a text with holes, or an expression that gives its segments as a list. */
function pathIn(mapper: Mapper, entry: SourceEntry, spot: Spot): Template {
  const { value } = entry;
  const { problems } = mapper;
  if (value.kind !== "scalar" || typeof value.value !== "string") {
    reportShape(problems, entry, "a path such as /tickets/${input.id}.json");
    return nothing;
  }
  const { template, type } = mapper.value(value, spot);
  const isList = template.kind === "value" && (type.kind === "list" || type.kind === "any");
  if (!isList && !value.text.startsWith("/"))
    reportShape(problems, entry, "a path that begins with /, or an expression that gives its segments as a list");
  if (template.kind !== "literal" && /[?#]/.test(wordsOf(template)))
    reportShape(problems, entry, "a path without ? and #", "write what stands behind ? as query: {name: value}");
  return template;
}

/** What stands in a text beside its holes. */
function wordsOf(template: Template): string {
  return template.kind === "text" ? template.parts.filter((part) => typeof part === "string").join("") : "";
}

/** E015 for headers that belong to the connection, or that are none. */
export function checkHeaders({ problems }: Mapper, entry: SourceEntry | undefined): void {
  if (entry?.value.kind !== "map") return;
  for (const { key, keyRange } of entry.value.entries)
    if (!isHeader(nameOf(key)))
      problems.report("E015", keyRange, `'${key}' is no header that a connector sets`, { hint: "remove it" });
}

/** True for the name of a header that a connector may set. */
export function isHeader(name: string): boolean {
  return !ownHeaders.has(name.toLowerCase()) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name);
}

function checkBody({ problems }: Mapper, { written }: Section): void {
  const [body, form] = [written.get("body"), written.get("form")];
  if (body !== undefined && form !== undefined)
    problems.report("E015", form.keyRange, "a request has one body: body or form", { hint: "keep one of them" });
}

function statusesIn({ problems }: Mapper, entry: SourceEntry | undefined): readonly number[] {
  if (entry === undefined) return [];
  return (namesIn(problems, entry, "a list of statuses such as 404") ?? []).flatMap(({ name, node }) => {
    if (/^[1-5]\d\d$/.test(name)) return [Number(name)];
    reportShape(problems, { ...entry, value: node }, "a status such as 404");
    return [];
  });
}

/** The rules of `errors`: the first whose `when` is true says what an answer means. */
export function readErrors(mapper: Mapper, entry: SourceEntry, spot: Spot): readonly ErrorRule[] {
  const { problems } = mapper;
  const here = withNames(spot, { response: answerType });
  const { value } = entry;
  if (value.kind !== "list") {
    reportShape(problems, entry, "a list of {when, code, message}");
    return [];
  }
  if (value.items.length > errorRulesMax) reportShape(problems, entry, `a list of ${errorRulesMax} rules at most`);
  return value.items.slice(0, errorRulesMax).flatMap((item) => readError(mapper, asEntry(entry, item), here) ?? []);
}

function readError(mapper: Mapper, entry: SourceEntry, spot: Spot): ErrorRule | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, errorFields, spot.field);
  if (section === undefined) return undefined;
  const when = whenWritten(neededIn(problems, section, "when"), (each) =>
    mapper.expression(each, { ...spot, field: `${spot.field}, when` }, "condition"),
  );
  const code = whenWritten(neededIn(problems, section, "code"), (each) => choiceIn(problems, each, meanings));
  const message = whenWritten(section.written.get("message"), ({ value }) => mapper.value(value, spot).template);
  if (when === undefined || code === undefined) return undefined;
  return { when, code, ...defined({ message }) };
}

function asEntry(list: SourceEntry, item: SourceNode): SourceEntry {
  return { key: list.key, keyRange: item.range, value: item };
}

function readPages(mapper: Mapper, entry: SourceEntry, spot: Spot): PagesPlan | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, pagesFields, spot.field);
  if (section === undefined) return undefined;
  const here = withNames(spot, { response: answerType });
  const { written } = section;
  const items = whenWritten(neededIn(problems, section, "items"), (each) => mapper.expression(each, here));
  const next = whenWritten(neededIn(problems, section, "next"), (each) => mapper.expression(each, here));
  const limit = whenWritten(written.get("limit"), (each) => mapper.expression(each, spot));
  const field = fieldNamed(pagesFields, "max");
  const max = whenWritten(written.get("max"), (each) => (field === undefined ? 0 : numberIn(problems, each, field)));
  if (items === undefined || next === undefined) return undefined;
  return { items, next, max: max ?? pagesMax, ...defined({ limit }) };
}

/** Requests or values by name, of which each may read those before it. */
export function namedIn<T>(
  { problems }: Mapper,
  entry: SourceEntry,
  read: (each: SourceEntry) => T | undefined,
): readonly (readonly [string, T])[] {
  const map = mapIn(problems, entry, "a map by name");
  if (map !== undefined && map.entries.length > namedMax)
    reportShape(problems, entry, `a map of ${namedMax} names at most`);
  return (map?.entries ?? []).slice(0, namedMax).flatMap((each) => {
    if (!/^[a-z]\w{0,63}$/.test(each.key))
      problems.report("E012", each.keyRange, `'${each.key}' is no name that expressions can read`, {
        hint: "begin with a-z, then letters, digits and _",
      });
    const found = read(each);
    return found === undefined ? [] : [[each.key, found] as const];
  });
}

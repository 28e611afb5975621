import { isJsonObject } from "../base/json.ts";
import { booleanIn, mapIn, reportShape, textIn } from "../language/check/values.ts";
import { defined, whenWritten } from "../language/compile/optional.ts";
import type { ActionDescriptor, EffectClass } from "../language/connector.ts";
import { type Misfit, misfitOf } from "../language/expression/assignable.ts";
import { objectOf, type Type, types, typeOfSchema, givenTypeOf } from "../language/expression/type.ts";
import type { Schema, Template } from "../language/plan.ts";
import { type SourceEntry, toJson } from "../language/source/tree.ts";
import {
  authFields,
  basicFields,
  conditionalFields,
  findFields,
  httpActionFields,
  httpConnectorFields,
  idempotencyFields,
  refreshFields,
} from "./http-fields.ts";
import { answerType, authSpot, plainSpot, secretsOf, withNames } from "./http-names.ts";
import type { AuthPlan, FindPlan, HttpActionPlan, HttpConnectorPlan } from "./http-plan.ts";
import type { Mapper, Mapping, Spot } from "./mapper.ts";
import { checkHeaders, isHeader, namedIn, objectIn, readErrors, readRequest } from "./read-request.ts";
import { neededIn, type Section, sectionIn } from "./section.ts";

/** Reads the section `http` of a connector. */
export function readHttpConnector(
  mapper: Mapper,
  entry: SourceEntry,
  settings: Schema | undefined,
): HttpConnectorPlan | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, httpConnectorFields, "http");
  if (section === undefined) return undefined;

  const { written } = section;
  const tables = tablesIn(mapper, written.get("tables"));
  const spot = plainSpot("http", settings, tables);
  const at = (name: string): Spot => ({ ...spot, field: `http.${name}` });
  checkHeaders(mapper, written.get("headers"));
  const base = whenWritten(neededIn(problems, section, "base"), (each) => mapper.text(each, at("base")));
  whenWritten(written.get("rate"), (each) => textIn(problems, each));
  if (base === undefined) return undefined;
  return {
    base,
    tables,
    spot,
    errors: whenWritten(written.get("errors"), (each) => readErrors(mapper, each, at("errors"))) ?? [],
    ...defined({
      auth: whenWritten(written.get("auth"), (each) => readAuth(mapper, each, settings)),
      headers: whenWritten(written.get("headers"), (each) => objectIn(mapper, each, at("headers"))),
      message: whenWritten(written.get("message"), (each) =>
        mapper.expression(each, withNames(at("message"), { response: answerType })),
      ),
    }),
  };
}

function tablesIn({ problems }: Mapper, entry: SourceEntry | undefined): HttpConnectorPlan["tables"] {
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of constants by name");
  const tables = map === undefined ? {} : toJson(map);
  return isJsonObject(tables) ? tables : {};
}

const authKinds = ["bearer", "basic", "header", "query", "refresh"] as const;

function readAuth(mapper: Mapper, entry: SourceEntry, settings: Schema | undefined): AuthPlan | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, authFields, "http.auth");
  if (section === undefined) return undefined;

  const { written } = section;
  const optional = whenWritten(written.get("optional"), (each) => booleanIn(problems, each)) ?? false;
  const kinds = authKinds.filter((kind) => written.has(kind));
  const [kind] = kinds;
  const way = kind === undefined ? undefined : written.get(kind);
  if (kind === undefined || way === undefined || kinds.length > 1)
    return written.meant.size > 0
      ? undefined
      : reportShape(problems, entry, `a map with one of ${authKinds.join(", ")}`);

  const spot = authSpot(`http.auth.${kind}`, settings);
  const before = problems.errors;
  const value = authValue(mapper, kind, way, spot);
  if (value === undefined) return undefined;
  if (problems.errors === before) checkSecret(mapper, way, value, secretsOf(settings));
  return { kind, value, optional };
}

function authValue(mapper: Mapper, kind: AuthPlan["kind"], entry: SourceEntry, spot: Spot): Template | undefined {
  switch (kind) {
    case "bearer":
      return mapper.text(entry, spot);
    case "basic":
      return partsOf(mapper, sectionIn(mapper.problems, entry, basicFields, spot.field), ["user", "password"], spot);
    case "refresh":
      return partsOf(mapper, sectionIn(mapper.problems, entry, refreshFields, spot.field), ["url", "form"], spot);
    case "header":
    case "query": {
      const map = mapIn(mapper.problems, entry, "a map with one name and its value");
      if (map?.entries.length !== 1) return reportShape(mapper.problems, entry, "a map with one name and its value");
      return mapper.value(map, spot).template;
    }
  }
}

function partsOf(
  mapper: Mapper,
  section: Section | undefined,
  names: readonly string[],
  spot: Spot,
): Template | undefined {
  if (section === undefined) return undefined;
  const entries = names.map((name) => neededIn(mapper.problems, section, name));
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  return {
    kind: "object",
    fields: entries.map(({ key, value }) => [key, mapper.value(value, spot).template] as const),
  };
}

/** What signs in is a secret, so that no workflow may have it in its text (E070) and no message shows it. */
function checkSecret({ problems }: Mapper, entry: SourceEntry, value: Template, secrets: ReadonlySet<string>): void {
  const fields = JSON.stringify(value).matchAll(/"field":"(\w+)"/g);
  if ([...fields].some(([, name = ""]) => secrets.has(name))) return;
  problems.report("E070", entry.value.range, "what signs in comes from no setting that is a secret", {
    hint: `read one: "\${settings.token}", with {"type": "string", "format": "password"} in settings`,
  });
}

/** What an action's section is read with. */
interface Around {
  readonly name: string;
  readonly descriptor: ActionDescriptor;
  readonly connector: HttpConnectorPlan;
}

/** Reads the section `http` of an action. */
export function readHttpAction(mapper: Mapper, entry: SourceEntry, around: Around): HttpActionPlan | undefined {
  const { problems } = mapper;
  const { descriptor, connector } = around;
  const section = sectionIn(problems, entry, httpActionFields, `action '${around.name}', http`);
  if (section === undefined) return undefined;

  const { written } = section;
  whenWritten(written.get("rate"), (each) => textIn(problems, each));
  const own = { input: typeOfSchema(descriptor.input), key: types.text, now: types.integer };
  let spot = withNames(connector.spot, own, section.called);
  const reads = new Map<string, Type>();
  const before = whenWritten(written.get("before"), (each) =>
    namedIn(mapper, each, (read) => {
      const here = withNames(spot, { before: objectOf(reads) }, `${section.called}.before.${read.key}`);
      const request = readRequest(mapper, read, here);
      if (request?.safe === false) reportUnsafe(mapper, read, "a request that is made before");
      reads.set(read.key, answerType);
      return request;
    }),
  );
  spot = withNames(spot, { before: objectOf(reads) });
  const known = new Map<string, Type>();
  const values = whenWritten(written.get("values"), (each) =>
    namedIn(mapper, each, (one) => {
      const here = withNames(spot, { values: objectOf(known) }, `${section.called}.values.${one.key}`);
      const { template, type } = mapper.value(one.value, here);
      known.set(one.key, type);
      return template;
    }),
  );
  spot = withNames(spot, { values: objectOf(known) });
  return readRest(mapper, section, spot, { descriptor, before: before ?? [], values: values ?? [] });
}

type Earlier = Pick<HttpActionPlan, "before" | "values"> & { readonly descriptor: ActionDescriptor };

function readRest(mapper: Mapper, section: Section, spot: Spot, earlier: Earlier): HttpActionPlan | undefined {
  const { problems } = mapper;
  const { descriptor, before, values } = earlier;
  const { written } = section;
  const at = (name: string): Spot => ({ ...spot, field: `${spot.field}.${name}` });
  const entry = neededIn(problems, section, "request");
  const request = whenWritten(entry, (each) => readRequest(mapper, each, at("request")));
  const after = withNames(spot, { response: answerType });
  const plan = {
    keyHeader: whenWritten(written.get("idempotency"), (each) => keyHeaderIn(mapper, each, at("idempotency"))),
    ifMatch: whenWritten(written.get("conditional"), (each) => ifMatchIn(mapper, each, at("conditional"))),
    ...readResults(mapper, written, after, descriptor),
    find: whenWritten(written.get("find"), (each) => readFind(mapper, each, at("find"), descriptor)),
  };
  if (request === undefined || entry === undefined) return undefined;
  if (descriptor.effect === "read" && !request.safe) reportUnsafe(mapper, entry, "an action that only reads");
  checkEffect(mapper, section, descriptor.effect);
  return { before, values, request, ...defined(plan) };
}

function reportUnsafe({ problems }: Mapper, { value }: SourceEntry, who: string): void {
  problems.report("E015", value.range, `${who} uses GET or HEAD`, {
    hint: 'add "safe": true where a POST changes nothing',
  });
}

function keyHeaderIn({ problems }: Mapper, entry: SourceEntry, { field }: Spot): string | undefined {
  const section = sectionIn(problems, entry, idempotencyFields, field);
  const header = section && neededIn(problems, section, "header");
  const name = header && textIn(problems, header);
  if (header === undefined || name === undefined || isHeader(name)) return name;
  return reportShape(problems, header, "the name of a header such as Idempotency-Key");
}

function ifMatchIn(mapper: Mapper, entry: SourceEntry, spot: Spot): Template | undefined {
  const section = sectionIn(mapper.problems, entry, conditionalFields, spot.field);
  return section && whenWritten(neededIn(mapper.problems, section, "if_match"), (each) => mapper.text(each, spot));
}

function readFind(mapper: Mapper, entry: SourceEntry, spot: Spot, descriptor: ActionDescriptor): FindPlan | undefined {
  const { problems } = mapper;
  const section = sectionIn(problems, entry, findFields, spot.field);
  if (section === undefined) return undefined;
  const asked = neededIn(problems, section, "request");
  const request = whenWritten(asked, (each) => readRequest(mapper, each, withNames(spot, {}, `${spot.field}.request`)));
  if (request?.safe === false && asked !== undefined) reportUnsafe(mapper, asked, "a request that looks");
  const after = withNames(spot, { response: answerType }, `${spot.field}.found`);
  const found = whenWritten(neededIn(problems, section, "found"), (each) => mapper.expression(each, after));
  const results = readResults(mapper, section.written, withNames(after, { found: types.any }, spot.field), descriptor);
  return request === undefined || found === undefined ? undefined : { request, found, ...defined(results) };
}

interface Results {
  readonly output: Template | undefined;
  readonly receipt: Template | undefined;
}

function readResults(mapper: Mapper, written: Section["written"], spot: Spot, descriptor: ActionDescriptor): Results {
  const outputAt = { ...spot, field: `${spot.field}.output` };
  const receiptAt = { ...spot, field: `${spot.field}.receipt` };
  const output = written.get("output");
  const receipt = written.get("receipt");
  return {
    output: whenWritten(output, (entry) => {
      const mapping = mapper.value(entry.value, outputAt);
      return fitting(mapper, entry, { mapping, wanted: givenTypeOf(descriptor.output ?? {}), field: outputAt.field });
    }),
    receipt: whenWritten(receipt, (entry) => {
      if (mapIn(mapper.problems, entry, "a map of remote_id, url and before") === undefined) return undefined;
      if (descriptor.effect === "read")
        mapper.problems.report("E015", entry.keyRange, "an action that only reads has no receipt", {
          hint: "remove it",
        });
      const mapping = withDefaults(mapper.value(entry.value, receiptAt));
      return fitting(mapper, entry, {
        mapping,
        wanted: typeOfSchema(descriptor.receipt ?? {}),
        field: receiptAt.field,
      });
    }),
  };
}

/** What a receipt always has. */
function withDefaults(mapping: Mapping): Mapping {
  if (mapping.type.kind !== "object") return mapping;
  const fields = new Map<string, Type>([
    ["remote_id", types.null],
    ["url", types.null],
    ["before", types.null],
    ...mapping.type.fields,
  ]);
  return { ...mapping, type: objectOf(fields, { optional: mapping.type.optional }) };
}

function fitting(
  { problems }: Mapper,
  entry: SourceEntry,
  { mapping, wanted, field }: { readonly mapping: Mapping; readonly wanted: Type; readonly field: string },
): Template {
  // A receipt may say more than its type: url and before stand in every one of them.
  const open = wanted.kind === "object" ? { ...wanted, open: true } : wanted;
  const misfit = misfitOf(mapping.type, open);
  if (misfit !== undefined)
    problems.report("E054", entry.value.range, `${field}${pathText(misfit)}: ${misfit.message}`, {
      hint: "a key that ends with ? is left out where its value is null",
    });
  return mapping.template;
}

function pathText({ path }: Misfit): string {
  return path.map((part) => (part === "[]" ? "[]" : `.${part}`)).join("");
}

/** What an effect class promises has to be there: nobody could keep the promise otherwise. */
const promised: Readonly<Record<EffectClass, "idempotency" | "find" | undefined>> = {
  read: undefined,
  keyed: "idempotency",
  readback: "find",
  conditional: "find",
  idempotent: undefined,
  blind: undefined,
};

function checkEffect({ problems }: Mapper, { written, called, entry }: Section, effect: EffectClass): void {
  const needed = promised[effect];
  if (needed !== undefined && !written.has(needed) && !written.meant.has(needed))
    problems.report("E015", entry.keyRange, `${called}: an effect of class ${effect} needs ${needed}`, {
      hint:
        needed === "find" ? "say how to look whether it was done" : 'add "idempotency": {"header": "Idempotency-Key"}',
    });
  const find = written.get("find");
  if (find !== undefined && (effect === "read" || effect === "blind"))
    problems.report("E015", find.keyRange, `${called}: an effect of class ${effect} has no find`, {
      hint: effect === "read" ? "remove it" : "what can be looked up is of class readback",
    });
}

import type { Value } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { Type_PrimitiveType as Primitive, type Type as CelType } from "@bufbuild/cel-spec/cel/expr/checked_pb.js";
import {
  getConformanceSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from "@bufbuild/cel-spec/testdata/tests.js";
import { anyIs, anyUnpack, DurationSchema, TimestampSchema, type Any } from "@bufbuild/protobuf/wkt";
import type { Json } from "../../src/base/json.ts";
import { listOf, objectOf, types, type Type } from "../../src/language/expression/type.ts";

/** One case of the CEL project, with its values as JSON where JSON has them. */
export interface CelCase {
  /** The file of the specification, for example `comparisons`. */
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly names: ReadonlyMap<string, Type>;
  readonly values: ReadonlyMap<string, Json>;
  readonly expected: Expected;
  /** CEL evaluates it without checking it. */
  readonly unchecked: boolean;
  /** What it needs that JSON does not have, as far as its values and declarations tell. */
  readonly lacks: ReadonlySet<Lack>;
  /** CEL's own tree of it, with the types and the overloads that it found. */
  readonly celTree: string;
}

/** What a case is to give. */
export type Expected =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "failure" }
  /** Only that it is accepted. */
  | { readonly kind: "accepted" };

/** A kind of value that CEL has and JSON has not. */
export type Lack = "int64" | "uint" | "bytes" | "protobuf" | "map keys" | "enums" | "not finite" | "types" | "optional";

/** All cases of the specification's files, in their order. */
export function celCases(): readonly CelCase[] {
  return getConformanceSuite().suites.flatMap((file) => casesOf(file.name, file));
}

function casesOf(file: string, suite: IncrementalTestSuite): readonly CelCase[] {
  return [
    ...suite.tests.map((test) => caseOf(file, suite, test)),
    ...suite.suites.flatMap((sub) => casesOf(file, sub)),
  ];
}

function caseOf(file: string, suite: IncrementalTestSuite, { original, checkedAst = "" }: IncrementalTest): CelCase {
  const lacks = new Set<Lack>();
  const names = new Map<string, Type>();
  const values = new Map<string, Json>();
  for (const { name, declKind } of original.typeEnv) {
    if (declKind.case === "ident") names.set(name, typeOf(declKind.value.type, lacks));
  }
  for (const [name, { kind }] of Object.entries(original.bindings)) {
    if (kind.case === "value") values.set(name, jsonOf(kind.value, lacks));
    if (!names.has(name)) names.set(name, types.any);
  }
  return {
    file,
    name: `${suite.name}/${original.name}`,
    text: original.expr,
    names,
    values,
    expected: expectedOf(original, lacks),
    unchecked: original.disableCheck,
    lacks,
    celTree: checkedAst,
  };
}

function expectedOf({ resultMatcher, checkOnly }: IncrementalTest["original"], lacks: Set<Lack>): Expected {
  if (checkOnly) return { kind: "accepted" };
  switch (resultMatcher.case) {
    case "value":
      return { kind: "value", value: jsonOf(resultMatcher.value, lacks) };
    case "typedResult":
      return { kind: "value", value: jsonOf(resultMatcher.value.result, lacks) };
    case undefined:
      // The specification's own rule: a case that says nothing gives true.
      return { kind: "value", value: true };
    default:
      return { kind: "failure" };
  }
}

/** A value of CEL as JSON; what JSON does not have is noted and reads as null. */
function jsonOf(value: Value | undefined, lacks: Set<Lack>): Json {
  const kind = value?.kind;
  switch (kind?.case) {
    case "boolValue":
    case "stringValue":
      return kind.value;
    case "doubleValue":
      return Number.isFinite(kind.value) ? kind.value + 0 : lacking(lacks, "not finite");
    case "int64Value":
      return Number.isSafeInteger(Number(kind.value)) ? Number(kind.value) : lacking(lacks, "int64");
    case "uint64Value":
      return lacking(lacks, "uint");
    case "bytesValue":
      return lacking(lacks, "bytes");
    case "enumValue":
      return lacking(lacks, "enums");
    case "typeValue":
      return lacking(lacks, "types");
    case "listValue":
      return kind.value.values.map((item) => jsonOf(item, lacks));
    case "mapValue":
      return Object.fromEntries(
        kind.value.entries.map(({ key, value: item }) => [
          key?.kind.case === "stringValue" ? key.kind.value : String(lacking(lacks, "map keys")),
          jsonOf(item, lacks),
        ]),
      );
    case "objectValue":
      return momentOf(kind.value, lacks);
    default:
      return null;
  }
}

/** Moments and durations are milliseconds; other messages have no counterpart. */
function momentOf(message: Any, lacks: Set<Lack>): Json {
  const isMoment = anyIs(message, TimestampSchema) || anyIs(message, DurationSchema);
  const moment = anyIs(message, TimestampSchema)
    ? anyUnpack(message, TimestampSchema)
    : anyUnpack(message, DurationSchema);
  if (!isMoment || moment === undefined) return lacking(lacks, "protobuf");
  return Number(moment.seconds) * 1000 + moment.nanos / 1e6;
}

/** The type that a case declares for a name. */
function typeOf(type: CelType | undefined, lacks: Set<Lack>): Type {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case "primitive":
      return primitives.get(kind.value) ?? types.any;
    case "listType":
      return listOf(typeOf(kind.value.elemType, lacks));
    case "mapType": {
      const key = kind.value.keyType?.typeKind;
      if (key?.case === "primitive" && key.value !== Primitive.STRING) lacking(lacks, "map keys");
      return objectOf({}, { open: true });
    }
    case "wrapper":
    case "messageType":
      lacking(lacks, "protobuf");
      return types.any;
    case "wellKnown":
      return types.any;
    case "null":
      return types.null;
    case "type":
      lacking(lacks, "types");
      return types.any;
    case "abstractType":
      lacking(lacks, "optional");
      return types.any;
    default:
      return types.any;
  }
}

const primitives: ReadonlyMap<Primitive, Type> = new Map([
  [Primitive.BOOL, types.boolean],
  [Primitive.INT64, types.integer],
  [Primitive.DOUBLE, types.number],
  [Primitive.STRING, types.text],
]);

function lacking(lacks: Set<Lack>, lack: Lack): null {
  lacks.add(lack);
  return null;
}

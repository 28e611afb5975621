import type { CelCase } from "./cases.ts";

/** Why a case cannot be asked of expressions over JSON: the closed list, then what is not CEL itself but stands beside it. */
export type LeftOut =
  | "int64/uint arithmetic"
  | "bytes"
  | "protobuf"
  | "non-string map keys"
  | "enums"
  | "types as values"
  | "extension libraries";

/** The reason for which a case is left out, or undefined when it is to be asked. */
export function leftOut(celCase: CelCase): LeftOut | undefined {
  const text = withoutTexts(celCase.text);
  return leavingOut.find(([, applies]) => applies(celCase, text))?.[0];
}

/** The reasons beside the closed list: neither is a kind of value that JSON lacks, so they are counted apart. */
export const besideTheList: ReadonlySet<LeftOut> = new Set(["types as values", "extension libraries"]);

type Rule = readonly [LeftOut, (celCase: CelCase, text: string) => boolean];

const extensionFile = /_ext$|^optionals$|^macros2$/;

// A case of the text extension is asked when it calls nothing that expressions do not have under the same name.
const ownTextCase = /^(replace|split|trim|join)\/|^type_errors\/(replace|split)_/;

// The first that applies is named, so that the closed list comes before the others. `text` is the expression with its texts emptied.
const leavingOut: readonly Rule[] = [
  [
    "extension libraries",
    ({ file, name, lacks }, text) =>
      (extensionFile.test(file) && !(file === "string_ext" && ownTextCase.test(name))) ||
      lacks.has("optional") ||
      /\boptional\./.test(text),
  ],
  ["enums", ({ file, lacks }) => file === "enums" || lacks.has("enums")],
  [
    "protobuf",
    ({ lacks }, text) =>
      lacks.has("protobuf") || /TestAllTypes|google\.protobuf|(?!\bin\b)\b[A-Za-z]\w*\s*\{/.test(text),
  ],
  ["bytes", ({ lacks }, text) => lacks.has("bytes") || /\bbytes\(|^bytes$|\b[rR]?[bB][rR]?""/.test(text)],
  [
    "int64/uint arithmetic",
    ({ lacks }, text) =>
      lacks.has("int64") ||
      lacks.has("uint") ||
      /\buint\(|^uint$|\b(\d+|0x[\da-fA-F]+)[uU]\b/.test(text) ||
      hasLargeInteger(text),
  ],
  [
    "int64/uint arithmetic",
    ({ file, expected, celTree }) =>
      file === "integer_math" && expected.kind === "failure" && /(add|subtract|multiply|negate)_int64/.test(celTree),
  ],
  [
    "non-string map keys",
    ({ lacks, celTree }, text) =>
      lacks.has("map keys") ||
      /~map\((?!string|dyn, dyn)/.test(celTree) ||
      /[{,]\s*(?:[\d.]+|true|false|null)\s*:/.test(text),
  ],
  ["types as values", ({ lacks }, text) => lacks.has("types") || /\btype\(/.test(text)],
];

function withoutTexts(text: string): string {
  return text.replaceAll(/"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');
}

function hasLargeInteger(text: string): boolean {
  return [...text.matchAll(/(?<![\w.])(?:0x[\da-fA-F]+|\d+)(?![\w.])/g)].some(
    ([digits]) => !Number.isSafeInteger(Number(digits)),
  );
}

/** What docs/expressions.md does differently from CEL on purpose. */
export type Difference =
  | "numbers are those of JSON"
  | "moments and durations are milliseconds"
  | "what is missing is null"
  | "names have no dots"
  | "no functions of the host";

/** The cases that give something else on purpose, by name: each must differ, so that none stays here for nothing. */
export const differences: Readonly<Record<Difference, readonly string[]>> = {
  "numbers are those of JSON": [
    "comparisons eq_literal/not_eq_double_nan",
    "comparisons eq_literal/not_eq_int_double_nan",
    "comparisons ne_literal/not_ne_double_nan",
    "comparisons ne_literal/not_ne_int_double_nan",
    "comparisons ne_literal/ne_double_nan",
    "fp_math fp_math/mod_not_support",
    "fp_math fp_math/divide_zero",
    "fp_math fp_math/fp_overflow_positive",
    "fp_math fp_math/fp_overflow_negative",
  ],
  "moments and durations are milliseconds": [
    "comparisons eq_literal/not_eq_dyn_timestamp_null",
    "conversions int/timestamp",
    "conversions identity/timestamp",
    "timestamps timestamp_conversions/toInt_timestamp",
    "timestamps timestamp_conversions/toString_timestamp",
    "timestamps timestamp_conversions/toString_timestamp_nanos",
    "timestamps duration_conversions/toString_duration",
    "timestamps timestamp_arithmetic/add_time_to_duration_nanos_negative",
    "timestamps timestamp_arithmetic/add_time_to_duration_nanos_positive",
    "timestamps duration_converters/get_minutes",
    "timestamps duration_converters/get_seconds",
    "timestamps timestamp_range/add_duration_over",
    "timestamps timestamp_range/sub_time_duration_over",
    "timestamps timestamp_range/sub_time_duration_under",
  ],
  "what is missing is null": ["fields map_fields/map_field_select_no_such_key", "lists index/index_out_of_bounds"],
  "names have no dots": [
    "fields qualified_identifier_resolution/qualified_ident",
    "fields qualified_identifier_resolution/map_field_select",
    "fields qualified_identifier_resolution/qualified_identifier_resolution_unchecked",
    "fields qualified_identifier_resolution/ident_with_longest_prefix_check",
    "namespace qualified/self_eval_qualified_lookup",
    "namespace namespace/self_eval_container_lookup",
    "namespace namespace/self_eval_container_lookup_unchecked",
  ],
  "no functions of the host": ["type_deductions functions/function_result_type"],
};

import { type ObjectType, type Type, describeType, mayBeNull, partsOf, withoutNull } from "./type.ts";

/** Where a value does not fit what is wanted, and in what way. */
export interface Misfit {
  /** From the value down to the part that does not fit; `[]` is an item of a list. */
  readonly path: readonly string[];
  readonly message: string;
  /** The one text that is not allowed and those that are, where a slip of the pen is likely. */
  readonly word?: { readonly written: string; readonly allowed: readonly string[] };
}

/** Parts that are compared for one value at most; beyond it nothing is said, and the value is looked at when it runs. */
const comparisonsMax = 10_000;

/** Values that are listed in a message. */
const listedMax = 12;

/**
 * The first way in which values of one type are certain not to fit another, or undefined.
 *
 * Only what is sure is a misfit: `any` fits everything, text of unknown content fits an enum, and a number may turn out whole. What may be
 * null or missing does not fit where it must be there: the type knew it before the run does.
 */
export function misfitOf(value: Type, wanted: Type): Misfit | undefined {
  return compare(value, wanted, { left: comparisonsMax });
}

interface Work {
  left: number;
}

function compare(value: Type, wanted: Type, work: Work): Misfit | undefined {
  work.left -= 1;
  if (work.left < 0 || value.kind === "any" || partsOf(wanted).some((part) => part.kind === "any")) return undefined;
  if (mayBeNull(value) && !mayBeNull(wanted)) return nullMisfit(value, wanted);

  const parts = partsOf(value);
  for (const part of parts) {
    const misfit = comparePart(part, wanted, work);
    if (misfit === undefined) continue;
    const isWhole = misfit.path.length === 0 && misfit.word === undefined && parts.length > 1;
    return isWhole ? here(`may be ${describeType(part)}, but ${describeType(wanted)} is needed`) : misfit;
  }
  return undefined;
}

/** One kind of value against all that is allowed: the nearest of it says what is wrong. */
function comparePart(value: Type, wanted: Type, work: Work): Misfit | undefined {
  let nearest: Misfit | undefined;
  for (const part of partsOf(wanted)) {
    if (part.kind !== value.kind) continue;
    const misfit = compareAlike(value, part, work);
    if (misfit === undefined) return undefined;
    nearest ??= misfit;
  }
  return nearest ?? here(`expected ${describeType(wanted)}, got ${describeType(value)}`);
}

function compareAlike(value: Type, wanted: Type, work: Work): Misfit | undefined {
  if (value.kind === "text" && wanted.kind === "text") return compareTexts(value.enum, wanted.enum);
  if (value.kind === "list" && wanted.kind === "list") return below("[]", compare(value.item, wanted.item, work));
  if (value.kind === "object" && wanted.kind === "object") return compareObjects(value, wanted, work);
  return undefined;
}

function compareTexts(value: readonly string[] | undefined, wanted: readonly string[] | undefined): Misfit | undefined {
  if (value === undefined || wanted === undefined) return undefined;
  const allowed = new Set(wanted);
  const others = value.filter((text) => !allowed.has(text));
  const [first] = others;
  if (first === undefined) return undefined;

  const only = `but only ${listed(wanted)} ${wanted.length === 1 ? "is" : "are"} allowed`;
  const isOne = value.length === 1;
  const misfit = here(`${isOne ? "is" : "may be"} ${listed(others.map((text) => `'${text}'`))}, ${only}`);
  return isOne ? { ...misfit, word: { written: first, allowed: wanted } } : misfit;
}

function compareObjects(value: ObjectType, wanted: ObjectType, work: Work): Misfit | undefined {
  for (const [name, field] of wanted.fields) {
    const isNeeded = !wanted.optional.has(name);
    const own = value.fields.has(name) ? value.fields.get(name) : undefined;
    if (own === undefined) {
      if (isNeeded && !value.open) return below(name, here("is missing"));
      continue;
    }
    if (isNeeded && value.optional.has(name)) return below(name, here("may be missing"));
    const misfit = below(name, compare(own, field, work));
    if (misfit !== undefined) return misfit;
  }
  if (wanted.open) return undefined;
  const known = [...wanted.fields.keys()];
  const other = [...value.fields.keys()].find((name) => !wanted.fields.has(name));
  return other === undefined ? undefined : below(other, here(`is not known here; it takes: ${listed(known)}`));
}

function nullMisfit(value: Type, wanted: Type): Misfit {
  const needed = describeType(wanted);
  return here(
    partsOf(withoutNull(value)).length === 0 || value.kind === "null"
      ? `expected ${needed}, got null`
      : `may be null, but ${needed} is needed`,
  );
}

function here(message: string): Misfit {
  return { path: [], message };
}

function below(name: string, misfit: Misfit | undefined): Misfit | undefined {
  return misfit === undefined ? undefined : { ...misfit, path: [name, ...misfit.path] };
}

function listed(words: readonly string[]): string {
  return words.length <= listedMax
    ? words.join(", ")
    : `${words.slice(0, listedMax).join(", ")} and ${words.length - listedMax} more`;
}

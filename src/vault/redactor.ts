import { formsOf } from "./forms.ts";
import { vaultLimits } from "./limits.ts";

/** Takes known values out of texts. */
export interface Redactor {
  /** From now on this value is taken out. */
  add(value: string): void;
  /** The text with `••••` for every known value in it, in any of its forms. */
  redact(text: string): string;
}

/** What stands for a value. */
const mask = "••••";

/** A text that was cut may begin or end in the middle of a value: so much of it is recognised. */
const cutCharsMin = vaultLimits.valueCharsMin;

/** All known values as one search: however many there are, a text is gone through once. */
interface Search {
  /** The forms by their first characters, and by their last ones. */
  readonly heads: Ends;
  readonly tails: Ends;
  readonly longest: number;
}

/**
 * Forms by one of their ends, and an expression that finds any of these. All ends are equally short, so that the expression stays small however
 * long the values are.
 */
interface Ends {
  readonly any: RegExp;
  readonly forms: ReadonlyMap<string, readonly string[]>;
}

/** A redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  /** By value, in the order in which they became known. */
  const known = new Map<string, readonly string[]>();
  let search: Search | undefined;

  return {
    add(value) {
      if (known.has(value) || value.length < vaultLimits.valueCharsMin) return;
      known.set(value, formsOf(value));
      const [oldest] = known.keys();
      if (known.size > vaultLimits.liveValuesMax && oldest !== undefined) known.delete(oldest);
      search = undefined;
    },
    redact(text) {
      if (known.size === 0 || text.length < vaultLimits.valueCharsMin) return text;
      search ??= searchOf([...known.values()].flat());
      return withoutCut(withoutWhole(text, search.heads), search);
    },
  };
}

function withoutWhole(text: string, heads: Ends): string {
  const parts: string[] = [];
  let at = 0;
  for (const { index, forms } of endsIn(text, heads)) {
    // What was found in the meantime may reach over this place.
    const form = index < at ? undefined : forms.find((each) => text.startsWith(each, index));
    if (form === undefined) continue;
    parts.push(text.slice(at, index), mask);
    at = index + form.length;
  }
  return at === 0 ? text : parts.join("") + text.slice(at);
}

/** What a cut has left of a value at either end: of a line that became too long, or a text of which only the beginning is shown. */
function withoutCut(text: string, { heads, tails, longest }: Search): string {
  const from = Math.max(0, text.length - longest);
  const begun = endsIn(text.slice(from), heads).find(({ index, forms }) => {
    const rest = text.slice(from + index);
    return forms.some((form) => form.startsWith(rest));
  });
  const ended = endsIn(text.slice(0, longest), tails).findLast(({ index, forms }) => {
    const rest = text.slice(0, index + cutCharsMin);
    return forms.some((form) => form.endsWith(rest));
  });
  if (begun === undefined && ended === undefined) return text;
  const end = begun === undefined ? text.length : from + begun.index;
  const start = ended === undefined ? 0 : ended.index + cutCharsMin;
  return `${start > 0 ? mask : ""}${text.slice(start, Math.max(start, end))}${end < text.length ? mask : ""}`;
}

/** Every place in a text at which one of these ends stands, with the forms that have it. */
function endsIn(
  text: string,
  { any, forms }: Ends,
): readonly { readonly index: number; readonly forms: readonly string[] }[] {
  const found: { readonly index: number; readonly forms: readonly string[] }[] = [];
  any.lastIndex = 0;
  for (let match = any.exec(text); match !== null; match = any.exec(text)) {
    found.push({ index: match.index, forms: forms.get(match[0]) ?? [] });
    any.lastIndex = match.index + 1;
  }
  return found;
}

function searchOf(forms: readonly string[]): Search {
  // The longest first: a form that begins another must not leave the rest of it behind.
  const sorted = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return {
    heads: endsOf(sorted, (form) => form.slice(0, cutCharsMin)),
    tails: endsOf(sorted, (form) => form.slice(-cutCharsMin)),
    longest: sorted[0]?.length ?? 0,
  };
}

function endsOf(forms: readonly string[], end: (form: string) => string): Ends {
  const byEnd = Map.groupBy(forms, end);
  const any = new RegExp([...byEnd.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
  return { any, forms: byEnd };
}

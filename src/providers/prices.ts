import type { Usage } from "../machine/usage.ts";
import builtIn from "./prices.json" with { type: "json" };

/** What a model costs from a day on, in US dollars for a million tokens. */
export interface Price {
  /** `openai/gpt-5-mini*`: a `*` at the end stands for any ending, such as the date of a snapshot. */
  readonly model: string;
  /** The first day on which it holds: `2025-08-07`. */
  readonly since: string;
  readonly in: number;
  /** Of what the provider had at hand; the price of `in` when left out. */
  readonly cached?: number;
  readonly out: number;
  /** Where it was read. */
  readonly source?: string;
}

/** The prices that Runwright brings along. They are dated: a version of the package knows none that came after it. */
export const builtInPrices: readonly Price[] = builtIn;

/** Tokens that a call has used. */
export type Tokens = Pick<Usage, "tokensIn" | "tokensCached" | "tokensOut">;

/**
 * US dollars for the tokens of one call; undefined when no price fits. `names` are tried in order.
 *
 * The table of the user goes before ours. Among the rows of a table that fit, the longest name wins, then the latest day that is not still to come.
 */
export function costOf(
  tokens: Tokens,
  names: readonly string[],
  tables: readonly (readonly Price[])[],
  nowMs: number,
): number | undefined {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  for (const table of tables) {
    for (const name of names) {
      const price = priceOf(name, table, day);
      if (price !== undefined) return rounded(dollars(tokens, price));
    }
  }
  return undefined;
}

function priceOf(name: string, table: readonly Price[], day: string): Price | undefined {
  let best: Price | undefined;
  for (const price of table) {
    if (price.since > day || !fits(name, price.model)) continue;
    const isBetter =
      best === undefined ||
      price.model.length > best.model.length ||
      (price.model.length === best.model.length && price.since >= best.since);
    if (isBetter) best = price;
  }
  return best;
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function dollars({ tokensIn, tokensCached, tokensOut }: Tokens, price: Price): number {
  const cached = Math.min(tokensCached, tokensIn);
  const sum = (tokensIn - cached) * price.in + cached * (price.cached ?? price.in) + tokensOut * price.out;
  return sum / 1_000_000;
}

/** A ten-billionth of a dollar is below every price; what lies beyond it is the unrest of binary fractions. */
function rounded(amount: number): number {
  return Math.round(amount * 1e10) / 1e10;
}

import type { Usage } from "../machine/usage.ts";
import type { WireModel } from "./digests.ts";
import type { Party } from "./party.ts";
import { builtInPrices, costOf, type Price } from "./prices.ts";
import type { Unpriced } from "./sdk-reply.ts";

/** What a reply used up, with what it costs where a table says so. */
export function priced(
  { name, settings }: Party,
  model: WireModel,
  { served, scripted, usage }: Unpriced,
  tables: { readonly prices: readonly Price[]; readonly now: number },
): Usage {
  if (scripted === true) return { ...usage, costUsd: 0 };
  // No call goes in without a token: the server did not count.
  if (usage.tokensIn === 0) return usage;
  // A deployment of Azure has a name of its own: what it serves is known from its answer, and costs what it costs at its maker.
  const kinds = settings.kind === "azure" ? ["azure", "openai"] : [settings.kind];
  const names = [model.name, served].flatMap((each) => [name, ...kinds].map((first) => `${first}/${each}`));
  const costUsd = costOf(usage, names, [tables.prices, builtInPrices], tables.now);
  return { ...usage, ...(costUsd !== undefined && { costUsd }) };
}

import { short } from "../check/short.ts";
import type { DeclaredPlan, DecisionPlan } from "../plan.ts";
import type { DeclaredDocument, DeclaredPin } from "./declared.ts";
import { decisionPart } from "./decision.ts";
import { defined } from "./optional.ts";
import { settingsPart } from "./settings.ts";
import type { Workshop } from "./workshop.ts";

/** What a file declares, as its Plan holds it: aliases resolved to pins, settings and acceptance compiled. */
export function declaredPlan(shop: Workshop): DeclaredPlan {
  const { models, connectors, agents, documents, secrets } = shop.declared;
  return defined({
    models: recordOf(used(shop, models), ([, { pin }]) => pin),
    connectors: recordOf(used(shop, connectors), ([alias, connector]) =>
      defined({ use: connector.pin, with: settingsPart(shop, alias, connector) }),
    ),
    agents: recordOf(used(shop, agents), ([, { pin, model }]) => defined({ use: pin, model })),
    documents: recordOf([...documents], ([name, document]) =>
      defined({ schema: document.schema, scope: document.scope, accept: acceptOf(shop, name, document) }),
    ),
    secrets: secrets.size === 0 ? undefined : [...secrets],
  });
}

/**
 * The file's own aliases, and of those that the workspace pins the ones that the file names: a version does not change because the
 * workspace pins something that it does not use.
 */
function used<T extends DeclaredPin>(shop: Workshop, pins: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...pins].filter(([alias, { entry }]) => entry !== undefined || shop.text.includes(alias));
}

function recordOf<T, R>(
  entries: readonly (readonly [string, T])[],
  make: (entry: readonly [string, T]) => R,
): Readonly<Record<string, R>> | undefined {
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map((entry) => [entry[0], make(entry)] as const));
}

/** `accept` of a document. E051 when it names nobody. */
function acceptOf(shop: Workshop, name: string, document: DeclaredDocument): DecisionPlan | undefined {
  const { accept: fields, acceptEntry } = document;
  if (fields === undefined || acceptEntry === undefined) return undefined;
  const who = `document '${short(name)}'`;
  const by = fields.get("by")?.value;
  const isEmpty = by === undefined || (by.kind === "list" && by.items.length === 0);
  if (isEmpty && !fields.meant.has("by"))
    shop.problems.report("E051", by?.range ?? acceptEntry.keyRange, `${who} needs acceptance but names nobody`, {
      hint: "add by: [role or user]",
    });
  return decisionPart(shop, { who, fields, range: acceptEntry.keyRange, saidNobody: isEmpty });
}

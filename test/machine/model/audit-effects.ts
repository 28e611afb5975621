import type { EffectClass } from "../../../src/language/connector.ts";
import type { Plan } from "../../../src/language/plan.ts";
import type { Ruling } from "../../../src/machine/effects.ts";
import type { Operation, RunEvent } from "../../../src/machine/event.ts";

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;
type Decided = Extract<RunEvent, { kind: "gate.decided" }>;

/** A promise that an event of an operation breaks. */
export type Breach = readonly ["M7" | "M13" | "M19" | "I8", string];

/** What is remembered of the operations of one run; nothing of it is taken from the machine's own notes. */
export interface EffectsAudit {
  /** What an event breaks: one key has one receipt, which nothing is called after, and only what was begun has one. */
  readonly check: (event: EffectEvent) => Breach | undefined;
  /** People have said what became of an operation. */
  readonly settled: (event: Decided, operation: Operation) => void;
  /** What the rules say of an operation that is about to be asked for. */
  readonly ruled: (path: string, operation: Operation, outcome: Ruling["outcome"]) => void;
  /** So many budgets count from now on. */
  readonly granted: (budgets: number) => void;
  /** Tokens that all receipts together speak of. */
  readonly tokens: () => number;
}

/** How an operation stands that was begun. */
interface Begun {
  key: string;
  class: EffectClass;
  /** Its answer came, or somebody said that it was carried out. */
  isReceived: boolean;
  /** It was looked for and not found, or people want it called again. */
  mayRepeat: boolean;
}

const repeatable: ReadonlySet<EffectClass> = new Set(["read", "keyed", "idempotent"]);

/** Nothing begun yet. What only reads may be done again: its receipt has changed nothing outside. */
export function createEffectsAudit({ limits }: Plan): EffectsAudit {
  const begun = new Map<string, Begun>();
  /** Operations that the rules deny, and those that they want people to allow. */
  const forbidden = new Set<string>();
  const allowed = new Set<string>();
  let tokens = 0;
  let budgets = 1;

  return {
    check(event) {
      const name = nameOf(event.path, event.operation);
      switch (event.kind) {
        case "effect.intended":
          return checkIntent(name, event) ?? checkBudget(name, event);
        case "effect.received":
        case "effect.reconciled":
          tokens += (event.usage?.tokensIn ?? 0) + (event.usage?.tokensOut ?? 0);
          return checkReceipt(name);
        default:
          return undefined;
      }
    },
    ruled(path, operation, outcome) {
      const name = nameOf(path, operation);
      if (outcome === "deny" || (outcome === "needs_approval" && !allowed.has(name))) forbidden.add(name);
    },
    granted: (many) => void (budgets = many),
    settled({ path, vote }, operation) {
      if (vote.outcome === "accepted" && !begun.has(nameOf(path, operation))) {
        allowed.add(nameOf(path, operation));
        forbidden.delete(nameOf(path, operation));
      }
      const known = begun.get(nameOf(path, operation));
      if (known === undefined) return;
      if (vote.outcome === "retry") known.mayRepeat = true;
      if (vote.outcome === "accepted") known.isReceived = true;
    },
    tokens: () => tokens,
  };

  function checkIntent(name: string, { key, class: asked }: Extract<EffectEvent, { kind: "effect.intended" }>) {
    const last = begun.get(name);
    begun.set(name, { key, class: asked, isReceived: false, mayRepeat: false });
    if (forbidden.has(name)) return breach("M13", `${name} is called, which the rules do not allow`);
    if (last === undefined) return undefined;
    // What is read anew may be something else: the answer of an earlier attempt counts no more.
    const isReadAnew = last.class === "read" && asked === "read";
    if (last.key !== key && !isReadAnew) return breach("M7", `${name} is called with another key than before`);
    if (last.isReceived && last.class !== "read")
      return breach("M7", `${name} is called with a key that has a receipt`);
    // A look, which only some can take, leaves no event when it finds nothing.
    const isSafe = [last.class, asked].every((each) => repeatable.has(each) || each === "conditional");
    if (isSafe || last.isReceived || last.mayRepeat) return undefined;
    return breach("I8", `${name} is called again, and nobody knows whether it was carried out`);
  }

  function checkBudget(name: string, { target }: Extract<EffectEvent, { kind: "effect.intended" }>) {
    const budget = limits?.tokens;
    if (target?.kind !== "model" || budget === undefined || tokens < budget * budgets) return undefined;
    return breach("M19", `${name} calls a model with ${tokens} of ${budget * budgets} tokens used up`);
  }

  function checkReceipt(name: string): Breach | undefined {
    const known = begun.get(name);
    if (known === undefined) return breach("M7", `${name} has a receipt and was not begun`);
    const isSecond = known.isReceived && known.class !== "read";
    known.isReceived = true;
    return isSecond ? breach("M7", `${name} has a second receipt`) : undefined;
  }
}

function breach(invariant: Breach[0], what: string): Breach {
  return [invariant, what];
}

function nameOf(path: string, { name, occurrence }: Operation): string {
  return `${path} ${name}#${occurrence}`;
}

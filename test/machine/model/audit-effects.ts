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
  /** The last call has certainly done nothing. */
  isUndone: boolean;
  /** Calls before the last one that have no answer. */
  doubts: number;
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
        case "effect.failed":
          return checkFailure(name, event);
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
    begun.set(name, {
      key,
      class: asked,
      isReceived: false,
      mayRepeat: false,
      isUndone: false,
      doubts: doubtsOf(last),
    });
    if (forbidden.has(name)) return breach("M13", `${name} is called, which the rules do not allow`);
    // What has done nothing is as if it had not been called.
    if (last === undefined || last.isUndone) return undefined;
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

  function checkFailure(name: string, { undone }: Extract<EffectEvent, { kind: "effect.failed" }>) {
    const known = begun.get(name);
    if (known === undefined) return breach("M7", `${name} has failed and was not begun`);
    if (undone !== true) return undefined;
    if (known.isReceived) return breach("I8", `${name} was carried out, and is said to have done nothing`);
    if (known.doubts > 0) return breach("I8", `${name} has a call before the last one of which nobody knows`);
    known.isUndone = true;
    return undefined;
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

/** How many calls are in doubt once it is called again: what was looked for, or settled by people, is in none. */
function doubtsOf(last: Begun | undefined): number {
  const isSettled = last === undefined || last.isReceived || last.isUndone || last.mayRepeat;
  return isSettled || !repeatable.has(last.class) ? 0 : last.doubts + 1;
}

function breach(invariant: Breach[0], what: string): Breach {
  return [invariant, what];
}

function nameOf(path: string, { name, occurrence }: Operation): string {
  return `${path} ${name}#${occurrence}`;
}

import type { CompiledRule } from "./compiled-rule.ts";
import { requestKinds } from "./rule.ts";

/** Finds the rules that can be about a request without going through all of them. */
export interface RuleIndex {
  /** In the order in which they were given. */
  of(kind: string, target: string): readonly CompiledRule[];
}

interface Placed {
  readonly at: number;
  readonly compiled: CompiledRule;
}

/** Rules by kind, and those that name their targets in full by target: a thousand of those cost a decision what one does. */
export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  const open = new Map<string, Placed[]>();
  const exact = new Map<string, Placed[]>();
  for (const [at, compiled] of rules.entries()) {
    const { kind = requestKinds, target } = compiled.rule.when ?? {};
    const isExact = target?.every((each) => !each.includes("*")) === true;
    for (const each of new Set<string>(kind)) {
      if (!isExact) add(open, each, { at, compiled });
      else for (const name of new Set(target)) add(exact, `${each} ${name}`, { at, compiled });
    }
  }
  return {
    of(kind, target) {
      const found = [...(open.get(kind) ?? []), ...(exact.get(`${kind} ${target}`) ?? [])];
      return found.toSorted((a, b) => a.at - b.at).map(({ compiled }) => compiled);
    },
  };
}

function add(to: Map<string, Placed[]>, key: string, placed: Placed): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [placed]);
  else list.push(placed);
}

import type { ConnectorDescriptor } from "../language/connector.ts";
import { defined } from "../language/compile/optional.ts";
import { type Asked, type CompiledRule, compileRule } from "./compiled-rule.ts";
import type { PolicyRule, RequestClass } from "./rule.ts";

/**
 * The actions of these connectors that the rules can let out at all, as `zendesk.update_ticket`; undefined: all of them.
 *
 * The checker says of a file early what a decision would say of its run. It knows no principal, no workflow and no arguments: what depends on
 * them counts as allowed here.
 */
export function reachableTools(
  rules: readonly PolicyRule[],
  connectors: readonly ConnectorDescriptor[],
): readonly string[] | undefined {
  const lets = rules.filter(({ effect }) => effect !== "deny").map(widened);
  const denies = rules.filter((rule) => rule.effect === "deny" && isPlain(rule)).map(widened);
  const isReachable = (asked: Asked): boolean =>
    lets.some(({ fits }) => fits(asked)) && !denies.some(({ fits }) => fits(asked));

  let all = true;
  const names = connectors.flatMap(({ name, version, actions }) =>
    Object.entries(actions).flatMap(([action, { effect, undo }]) => {
      const target = `${name}@${version}/${action}`;
      // A step may say itself how a write is undone.
      const classes: readonly RequestClass[] =
        effect === "read" ? ["read"] : undo === undefined ? ["write", "irreversible"] : ["write"];
      if (classes.some((each) => isReachable(askedFor(target, each)))) return [`${name}.${action}`];
      all = false;
      return [];
    }),
  );
  return all ? undefined : [...new Set(names)];
}

/** A rule for all whom it may be about. */
function widened(rule: PolicyRule): CompiledRule {
  const { kind, target, class: classes } = rule.when ?? {};
  const { if: _condition, ...others } = rule;
  return compileRule({ ...others, when: defined({ kind, target, class: classes }) });
}

/** Whether a rule depends on nothing but what is asked for. */
function isPlain({ when = {}, if: condition }: PolicyRule): boolean {
  return condition === undefined && Object.keys(when).every((key) => ["kind", "target", "class"].includes(key));
}

function askedFor(target: string, own: RequestClass): Asked {
  const nobody = { tenant: "", workspace: "", principal: "", workflow: "", version: "", path: "" };
  return { request: { ...nobody, kind: "tool", target }, class: own, roles: undefined };
}

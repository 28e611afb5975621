import type { RunKey } from "../base/ids.ts";
import type { EffectClass } from "../language/connector.ts";
import type { Ruling } from "../machine/effects.ts";
import type { RunState } from "../machine/state.ts";
import type { EffectTarget } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Policy, PolicyRequest } from "../ports/policy.ts";

/** What the policy is asked with. */
export interface Asker {
  readonly key: RunKey;
  readonly version: Pick<Version, "draft">;
  readonly policy: Policy;
}

/** An operation that is aimed at something. */
export interface Aimed {
  readonly path: string;
  readonly class: EffectClass;
  readonly target: EffectTarget;
}

/** What the policy says of an operation, asked for at most once. */
export function ruleOf(asker: Asker, state: RunState, aimed: Aimed): () => Ruling {
  let ruling: Ruling | undefined;
  return () => (ruling ??= rulingOf(asker, state, aimed));
}

/** The rule that stands behind everything a version does not list. */
const outsideRule = "version.tools";

/** Its arguments are looked at and kept nowhere. */
function rulingOf({ key, version, policy }: Asker, state: RunState, { path, class: effect, target }: Aimed): Ruling {
  if (target.outside !== undefined)
    return { outcome: "deny", rules: [outsideRule], version: "", reason: target.outside };
  const { startedBy = "", workflow = "", version: digest = "" } = state.created ?? {};
  const request: PolicyRequest = {
    tenant: key.tenant,
    workspace: key.workspace,
    principal: startedBy,
    workflow,
    version: digest,
    ...(version.draft && { draft: true as const }),
    path,
    kind: target.kind,
    target: target.name,
    effect,
    ...(target.irreversible === true && { irreversible: true as const }),
    ...(target.byModel === true && { byModel: true as const }),
    arguments: target.arguments,
  };
  return policy.decide(request);
}

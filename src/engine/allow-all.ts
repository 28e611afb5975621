import type { Policy } from "../ports/policy.ts";

/** What holds where whoever embeds the engine gives no policy: everything is allowed, by no rule. */
export const allowAll: Policy = {
  decide: () => ({ outcome: "allow", rules: [], version: "", reason: "No policy is given." }),
};

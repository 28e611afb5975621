import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type JsonObject } from "../../base/json.ts";
import { render } from "../../language/expression/template.ts";
import type { Names } from "../../language/expression/tree.ts";
import type { Policy } from "../../ports/policy.ts";
import type { Vault } from "../../ports/vault.ts";
import type { Tool, ToolCaller } from "./tool.ts";

/** Where secrets come from, and who is asked for each. */
interface Keepers {
  readonly vault: Pick<Vault, "secret">;
  readonly policy: Policy;
}

/**
 * The settings of a tool's connector, with their secrets in place. Only the secrets that these settings read are taken from the vault, each
 * after the policy has let it. Throws `secret.*`.
 */
export async function settingsOf(
  { vault, policy }: Keepers,
  call: ToolCaller,
  { alias }: Pick<Tool, "alias">,
): Promise<JsonObject> {
  const template = call.declared.connectors?.[alias]?.with;
  if (template === undefined) return {};
  const written = JSON.stringify(template);
  // The checker lets secrets be read one by one only, each by its name.
  const read = (call.declared.secrets ?? []).filter((name) => written.includes(JSON.stringify(name)));
  const secrets: Record<string, string> = {};
  for (const name of read) {
    assertAllowed(policy, call, name);
    secrets[name] = await vault.secret(name);
  }
  const names: Names = {
    name: (name) => (name === "secrets" ? secrets : name === "env" ? call.env : undefined),
    step: () => null,
  };
  const settings = render(template, names);
  return isJsonObject(settings) ? settings : {};
}

function assertAllowed(policy: Policy, call: ToolCaller, name: string): void {
  const { key, principal, workflow, version, path } = call;
  const { tenant, workspace } = key;
  const request = { tenant, workspace, principal, workflow, version, path, kind: "secret", target: name } as const;
  const { outcome, reason } = policy.decide(request);
  if (outcome === "allow") return;
  throw new RunwrightError("secret.refused", `The policy does not let step ${path} use the secret ${name}: ${reason}`);
}

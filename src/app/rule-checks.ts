import { messageOf } from "../base/error.ts";
import { referenceOf } from "../vault/reference.ts";
import type { Check } from "./check.ts";
import type { Config } from "./config.ts";
import { projectVault } from "./open-vault.ts";
import { loadPolicy } from "./project-policy.ts";

/** What `doctor` says of the rules and of the secrets: where they are, and never what they are. */
export async function ruleChecks(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Check[]> {
  return [policyCheck(config), await secretCheck(config, env)];
}

function policyCheck(config: Config): Check {
  try {
    const { rules, origin } = loadPolicy(config);
    return { name: "policy", ok: true, found: `${rules.length} rules`, origin };
  } catch (error) {
    const [first = ""] = messageOf(error).split("\n");
    return { name: "policy", ok: false, found: first, fix: "runwright policy show says every mistake" };
  }
}

/** A command that prints a secret is not called: it may ask a person, or take long. */
async function secretCheck(config: Config, env: Readonly<Record<string, string | undefined>>): Promise<Check> {
  const names = Object.keys(config.secrets);
  if (names.length === 0) return { name: "secrets", ok: true, found: "none" };
  const vault = projectVault(config, env, { now: () => 0 });
  const found = await Promise.all(
    names.map(async (name) => {
      if (referenceOf(config.secrets[name] ?? "")?.kind === "exec") return { ok: true, text: `${name} not tried` };
      try {
        await vault.secret(name);
        return { ok: true, text: `${name} present` };
      } catch (error) {
        return { ok: false, text: messageOf(error) };
      }
    }),
  );
  const ok = found.every((each) => each.ok);
  const text = found.map((each) => each.text).join(", ");
  return { name: "secrets", ok, found: text, ...(ok ? {} : { fix: "mend secrets: in runwright.config.yaml" }) };
}

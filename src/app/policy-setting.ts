import { namesIn } from "../language/check/values.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, type SourceMap } from "../language/source/tree.ts";
import { type PolicyPlace, readPolicy, type WrittenPolicy } from "./policy-config.ts";

/** What `policy:` of the configuration says: where the rules lie, or the rules themselves. */
export type PolicySetting =
  | { readonly kind: "files"; readonly names: readonly string[] }
  | { readonly kind: "inline"; readonly policy: WrittenPolicy };

/** Reads `policy:`; undefined where it is left out. */
export function readPolicySetting(root: SourceMap, place: PolicyPlace, problems: Problems): PolicySetting | undefined {
  const entry = entryOf(root, "policy");
  if (entry === undefined) return undefined;
  if (entry.value.kind === "map") return { kind: "inline", policy: readPolicy(entry.value, place, problems) };

  const names = namesIn(
    problems,
    entry,
    "the name of a file of rules, such as policies/*.yaml, or the rules themselves",
  );
  for (const { name, node } of names ?? []) {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    if (/\.ya?ml$/.test(name) && !folder.includes("*")) continue;
    problems.report("E015", node.range, "a file of rules ends in .yaml, and * stands in its own name only", {
      hint: "write policy: policies/*.yaml",
    });
  }
  return { kind: "files", names: (names ?? []).map(({ name }) => name) };
}

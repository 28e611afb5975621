import { short } from "../language/check/short.ts";
import type { Range } from "../language/diagnostic.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceEntry, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import { isReference } from "../vault/reference.ts";
import { entriesUnder } from "./checked-file.ts";

const namePattern = /^[A-Z_][A-Z0-9_]{0,99}$/;

/** Reads `secrets:`: where the value of each comes from. A value itself is refused, and not repeated. */
export function readSecrets(root: SourceMap, problems: Problems): Readonly<Record<string, string>> | undefined {
  const wanted = { what: "references by name", example: "DESK_TOKEN: env:DESK_TOKEN" };
  const entries = entriesUnder(root, "secrets", wanted, problems);
  if (entries === undefined) return undefined;
  return Object.fromEntries(entries.map((entry) => [entry.key, referenceIn(entry, problems)]));
}

function referenceIn({ key, keyRange, value }: SourceEntry, problems: Problems): string {
  if (!namePattern.test(key))
    problems.report("E012", keyRange, `'${short(key)}' is not the name of a secret`, {
      hint: "use A-Z, 0-9 and '_', as workflows do under secrets:",
    });
  const hint = `write ${short(key)}: env:NAME, file:PATH or exec:COMMAND`;
  if (value.kind !== "scalar" || value.value === null)
    problems.report("E015", keyRange, `secret '${short(key)}' is a reference, not ${kindOf(value)}`, { hint });
  else if (!isReference(value.text))
    problems.report("E070", keyRange, `secret '${short(key)}' has to say where its value is, and not the value`, {
      hint,
    });
  return value.kind === "scalar" ? value.text : "";
}

/** Places of what may be secrets themselves: no message shows them. */
export function literalSecrets(root: SourceNode): readonly Range[] {
  const secrets = root.kind === "map" ? entryOf(root, "secrets")?.value : undefined;
  if (secrets === undefined) return [];
  if (secrets.kind !== "map") return [secrets.range];
  return secrets.entries.flatMap(({ value }) =>
    value.kind === "scalar" && (value.value === null || isReference(value.text)) ? [] : [value.range],
  );
}

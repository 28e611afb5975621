/** Where a secret is, as a configuration writes it. */
export type Reference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "exec"; readonly command: readonly string[] };

const form = /^(env|file|exec):(\S(?:.*\S)?)$/;

/** Reads `env:NAME`, `file:PATH` or `exec:COMMAND WITH ARGUMENTS`; undefined for anything else, which may be a secret itself. */
export function referenceOf(text: string): Reference | undefined {
  const [, kind, rest = ""] = form.exec(text) ?? [];
  if (kind === "env") return /^[A-Za-z_]\w*$/.test(rest) ? { kind, name: rest } : undefined;
  if (kind === "file") return { kind, file: rest };
  if (kind !== "exec") return undefined;
  const command = argumentsOf(rest);
  return command === undefined ? undefined : { kind, command };
}

/** Whether a text says where a secret is. */
export function isReference(text: string): boolean {
  return referenceOf(text) !== undefined;
}

/** A command line taken apart at white space; quotes hold words together. Nothing else means anything: no shell reads it. */
function argumentsOf(line: string): readonly string[] | undefined {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  if (words.join("").length !== line.replace(/\s+(?=(?:[^"']|"[^"]*"|'[^']*')*$)/g, "").length) return undefined;
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

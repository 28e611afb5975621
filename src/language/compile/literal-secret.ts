import type { SourceScalar } from "../source/tree.ts";
import type { Workshop } from "./workshop.ts";

/** E070 for the value of a secret that stands in the file; it is not repeated. */
export function reportLiteral({ problems }: Workshop, name: string, scalar: SourceScalar): void {
  const meant = /^[A-Z_][A-Z0-9_]*$/.test(scalar.text);
  problems.report("E070", scalar.range, `${name} holds a secret itself: whoever reads this file knows it`, {
    hint: meant
      ? `if that is its name, write "\${secrets.${scalar.text}}"`
      : 'store it outside the file, declare its name under secrets: and write "${secrets.NAME}"',
    fix: meant ? { range: scalar.range, text: `\${secrets.${scalar.text}}` } : undefined,
  });
}

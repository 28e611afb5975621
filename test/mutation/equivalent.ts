import type { Mutant } from "./mutants.ts";

/** A change that nobody can notice, and why. The line is named by what stands in it, so that it is found wherever it moves to. */
interface Equivalent {
  readonly file: string;
  readonly line: string;
  readonly to: string;
  readonly why: string;
}

const equivalents: readonly Equivalent[] = [
  {
    file: "src/language/compile/assemble.ts",
    line: 'const nothing: VerbPlan = { kind: "set", value: { kind: "literal", value: {} } };',
    to: '""',
    why: "keeps the shape of a Plan with errors, which is never given away",
  },
  {
    file: "src/language/compile/file.ts",
    line: 'if (scalar === undefined) return "";',
    to: "undefined",
    why: "the id of a Plan with errors, which is never given away",
  },
  {
    file: "src/language/compile/file.ts",
    line: 'if (file.meant.has("workflow")) return "";',
    to: "undefined",
    why: "the id of a Plan with errors, which is never given away",
  },
  {
    file: "src/language/expression/text.ts",
    line: 'return expression ?? { text: "null", tree: { kind: "literal", value: null } };',
    to: "",
    why: "keeps the shape of a template with problems, which is never stored",
  },
  {
    file: "src/language/schema/check-keyword.ts",
    line: "return false;",
    to: "undefined",
    why: "the caller asks only whether it is true",
  },
  {
    file: "src/language/expression/rewrite.ts",
    line: "if (!foreign.test(text)) return { text, celText: text, words, references, numbers };",
    to: "false",
    why: "saves time: what follows gives the same for such a text",
  },
  {
    file: "src/language/expression/dates.ts",
    line: "if (zones.size >= zonesMax) zones.clear();",
    to: "void 0",
    why: "bounds what is kept, which no result shows",
  },
];

/** Why a mutant cannot be noticed; undefined when it can. */
export function reasonOf({ file, line, to }: Mutant, source: string): string | undefined {
  const text = (source.split("\n")[line - 1] ?? "").trim();
  return equivalents.find((each) => each.file === file && each.line === text && each.to === to)?.why;
}

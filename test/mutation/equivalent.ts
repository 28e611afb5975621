import type { Mutant } from "./mutants.ts";

/** A change that nobody can notice, and why. The line is named by what stands in it, so that it is found wherever it moves to. */
interface Equivalent {
  readonly file: string;
  readonly line: string;
  readonly to: string;
  readonly why: string;
}

const equivalents: readonly Equivalent[] = [];

/** Why a mutant cannot be noticed; undefined when it can. */
export function reasonOf({ file, line, to }: Mutant, source: string): string | undefined {
  const text = (source.split("\n")[line - 1] ?? "").trim();
  return equivalents.find((each) => each.file === file && each.line === text && each.to === to)?.why;
}

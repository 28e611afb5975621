/** What can be wrong with an expression before it runs; the numbers are those of the diagnostics of a file. */
export type ExpressionCode =
  /** A document that is not there. */
  | "E056"
  /** A document outside its scope. */
  | "E057"
  /** A secret where its value would leave. */
  | "E070"
  /** A secret that is not declared. */
  | "E080"
  /** It cannot be read. */
  | "E300"
  /** A name that is not known here. */
  | "E301"
  /** A field that is not there. */
  | "E302"
  /** Types that do not fit. */
  | "E303"
  /** A value outside the enum. */
  | "E304"
  /** A function that is not known, or its number of arguments. */
  | "E305"
  /** A regular expression that cannot be read. */
  | "E306"
  /** A for_each over something that is not a list. */
  | "E307"
  /** Too large to evaluate within bounds. */
  | "E399";

/** True for what is only warned of in a permissive run: a field that is not there, and a for_each over something that is no list. */
export function isPermitted(code: ExpressionCode): boolean {
  return code === "E302" || code === "E307";
}

/** One problem of an expression; offsets are in the text that was given to be compiled. */
export interface ExpressionProblem {
  readonly code: ExpressionCode;
  readonly message: string;
  /** What to do about it, one phrase. */
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
  /** An edit that mends it, when one is certain. */
  readonly fix?: { readonly start: number; readonly end: number; readonly text: string };
}

/** What is said of an expression whose parts stand too deep in each other. */
export const tooDeep = {
  code: "E399",
  message: "the expression is nested too deeply",
  hint: "compute a part of it in a set step before",
} as const;

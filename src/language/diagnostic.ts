/** Half-open range of UTF-16 offsets in the source text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One problem of a workflow file. The code is the contract; see the table in `codes.ts`. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** For example `E030`. */
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  /** Where in the document, for example `steps[2].needs[0]`. */
  readonly path: string;
  /** What to do about it, one phrase. */
  readonly hint?: string;
  /** An edit that mends it, when one is certain. */
  readonly fix?: { readonly range: Range; readonly text: string };
}

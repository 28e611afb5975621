/** One thing to mend in a file. */
export interface Finding {
  readonly kind: string;
  readonly line: number;
  readonly text: string;
}

/** What the audit of one file gives. */
export interface FileAudit {
  readonly path: string;
  readonly words: number;
  readonly minutes: number;
  readonly headings: number;
  readonly links: number;
  readonly findings: readonly Finding[];
}

/** A file whose audit failed, as `audit.failed` lists it. */
export interface FailedAudit {
  readonly key: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What the whole folder comes to. */
export interface Summary {
  readonly files: number;
  readonly words: number;
  readonly minutes: number;
  readonly findings: number;
  /** `3 broken link`, the most frequent first. */
  readonly kinds: readonly string[];
  readonly worst: readonly string[];
}

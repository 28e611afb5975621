/**
 * What is wrong: `changed` text; `missing` row or link; `order` of links that do not follow each other; `tenant` that is another than the link's;
 * `inserted` row that never was linked; `cut` end; `rewritten` chain, other than the one that was signed; `signature` that is not the key's.
 */
export type FindingKind = "changed" | "missing" | "order" | "tenant" | "inserted" | "cut" | "rewritten" | "signature";

/** One thing that is wrong, and where. */
export interface Finding {
  readonly kind: FindingKind;
  readonly place: string;
  readonly message: string;
}

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, in a few words. */
  readonly found: string;
  /** Where a value in force came from. */
  readonly origin?: string;
  readonly fix?: string;
}

/** What a worker is asked: to run files of tests, with a changed source or with the sources as they are. */
export interface Request {
  readonly id: number;
  readonly change?: { readonly file: string; readonly source: string };
  readonly tests: readonly string[];
  /** Tests that fail without any mutant, by file and name. */
  readonly skip?: readonly string[];
  /** Run all tests, even after one failed, and say which parts of the sources were reached. */
  readonly cover?: boolean;
}

/** What a worker answers. */
export interface Outcome {
  readonly id: number;
  readonly ms: number;
  /** Tests that failed, each with its file. */
  readonly failed: readonly string[];
  readonly covered?: Covered;
}

/** Parts of sources, each reached or not; a smaller part says it better than one around it. */
export type Covered = readonly {
  readonly file: string;
  readonly ranges: readonly (readonly [start: number, end: number, reached: boolean])[];
}[];

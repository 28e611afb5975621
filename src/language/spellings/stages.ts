import type { SourceEntry, SourceScalar } from "../source/tree.ts";

/** A stage and what is written about it. */
export interface Stage {
  readonly name: SourceScalar;
  readonly config: SourceEntry | undefined;
}

/** The loop of the stages. */
export interface StagesLoop {
  readonly entry: SourceEntry;
  /** The stage whose result `stop_when` looks into by a path; undefined when it is an expression, which names its stages itself. */
  readonly judge: Stage | undefined;
}

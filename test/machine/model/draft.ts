import type { Mode, StepPlan } from "../../../src/language/plan.ts";
import type { Seeded } from "../../simulation/chance.ts";

/** A step as it is made: the compiler's job in small. */
export type Draft = { -readonly [K in keyof StepPlan]: StepPlan[K] };

/** Where a step is being made: in which list, behind which steps. */
export interface Making {
  readonly chance: Seeded;
  readonly steps: Draft[];
  readonly mode: Mode;
  readonly depth: number;
  readonly parent?: number;
  /** Nothing in the run depends on what happens first: see the reference. */
  readonly calm: boolean;
}

import type { CachePlan, RetryPlan } from "../plan.ts";

/** The written part of a retry policy. */
export type PartialRetry = Partial<RetryPlan>;

/** What a file says for all its steps. */
export interface FileDefaults {
  readonly retry: PartialRetry;
  readonly timeoutMs?: number;
  readonly onFailure?: "stop" | "continue" | "retry";
  readonly cache?: CachePlan;
  readonly runsOn?: readonly string[];
  readonly sensitive?: boolean;
}

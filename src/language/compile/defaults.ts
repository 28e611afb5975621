import type { Written } from "../check/keys.ts";
import type { RetryPlan } from "../plan.ts";

/** The written part of a retry policy. */
export type PartialRetry = Partial<RetryPlan>;

/** What a file says for all its steps. */
export interface FileDefaults {
  readonly retry: PartialRetry;
  readonly timeoutMs?: number;
  readonly onFailure?: "stop" | "continue" | "retry";
  /** Labels of the runner that carries out calls. */
  readonly runsOn?: readonly string[];
  /** Fields of `cache`; its `key` is an expression of each step, and is read there. */
  readonly cache?: Written;
  readonly sensitive?: boolean;
}

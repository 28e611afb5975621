import type { Json, JsonObject } from "../base/json.ts";
import type { Expression } from "./expression/tree.ts";

/** A JSON Schema (2020-12), in its long form. */
export type Schema = JsonObject;

/** A JSON value with holes, as written under `with`, `set`, `output` or in a text. */
export type Template =
  | { readonly kind: "literal"; readonly value: Json }
  /** Exactly one `${…}`: keeps its type. */
  | { readonly kind: "value"; readonly expression: Expression }
  | { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "list"; readonly items: readonly Template[] }
  | { readonly kind: "object"; readonly fields: readonly (readonly [string, Template])[] };

export type Mode = "sequential" | "parallel";

/** How attempts of one step follow each other. */
export interface RetryPlan {
  /** Attempts in all, the first included. */
  readonly attemptsMax: number;
  readonly backoff: "exponential" | "linear" | "fixed";
  readonly delayMs: number;
  readonly factor: number;
  readonly delayMsMax: number;
  /** Full jitter: the delay is drawn from the whole range below its ceiling. */
  readonly jitter: boolean;
  /** Bound on all attempts of the step together. */
  readonly totalMs: number;
}

export interface ForEachPlan {
  readonly items: Expression;
  readonly as: string;
  /** Undefined: the index is the key. */
  readonly key?: Expression;
  readonly parallelMax: number;
}

export interface LoopPlan {
  readonly iterationsMax: number;
  readonly stopWhen?: Expression;
  readonly nextStage?: Expression;
  /** A child's step index. */
  readonly fallbackNextStage?: number;
  readonly onExhausted: "fail" | "continue";
}

/** What a step does: exactly one verb. */
export type VerbPlan =
  | { readonly kind: "function" | "assignment"; readonly name: string; readonly with: Template }
  | { readonly kind: "set"; readonly value: Template }
  | { readonly kind: "do"; readonly mode: Mode; readonly children: readonly number[]; readonly output?: Template }
  | ApprovePlan
  | { readonly kind: "wait"; readonly durationMs: number }
  | { readonly kind: "fail"; readonly message: Template };

/** A human gate. */
export interface ApprovePlan {
  readonly kind: "approve";
  readonly question: Template;
  readonly show?: Template;
  /** Top-level fields of `show` that the decider may change. */
  readonly editable: readonly string[];
  /** Roles or users. */
  readonly by: readonly string[];
  readonly quorum: "any" | "all" | number;
  readonly timeoutMs?: number;
  readonly onTimeout?: "reject" | "accept" | "fail";
  readonly onReject: "stop" | "fail" | "continue";
}

/**
 * One step of the file, every default resolved. Steps are addressed by their index in `Plan.steps`; every index a step holds, except its
 * parent and its children, names a sibling: a dependency on a step in another group is lifted to the group that stands beside it.
 */
export interface StepPlan {
  readonly index: number;
  readonly id: string;
  /** Index of the `do` it stands in; undefined in the file's own list. */
  readonly parent?: number;
  /** Place in its list, from 0. */
  readonly position: number;
  readonly verb: VerbPlan;
  /** Siblings named by `needs`; undefined when the step has no `needs`. */
  readonly needs?: readonly number[];
  /** Every sibling that must have ended first: needs, read steps, the step before it (sequential), the `else` step. No duplicates, in order. */
  readonly waitsFor: readonly number[];
  readonly runOn: "success" | "failure" | "always";
  readonly if?: Expression;
  /** The sibling whose skip by `if` makes this step run. */
  readonly elseOf?: number;
  readonly forEach?: ForEachPlan;
  readonly loop?: LoopPlan;
  readonly retry: RetryPlan;
  /** Per attempt; undefined = no limit. Never set for gates and waits. */
  readonly timeoutMs?: number;
  readonly onFailure: "stop" | "continue";
  readonly title?: Template;
  /** The result is checked against it; undefined = any. */
  readonly output?: Schema;
}

/** A checked, complete workflow: what a version pins and what the machine runs. Plain JSON. */
export interface Plan {
  /** Number of this form; a runtime knows every number it was ever given. */
  readonly plan: 1;
  /** Number of the expression rules that its trees follow. */
  readonly expr: 1;
  readonly workflow: string;
  readonly name?: string;
  readonly description?: string;
  /** Texts by name, to find workflows by. */
  readonly labels?: Readonly<Record<string, string>>;
  /** JSON Schema of an object; `default`s are filled in at start. */
  readonly inputs: Schema;
  readonly output?: Template;
  /** Environment variables that expressions may read. */
  readonly env: readonly string[];
  readonly mode: Mode;
  /** The file's own list, as indexes. */
  readonly roots: readonly number[];
  /** All steps, depth first, in the order of the file. */
  readonly steps: readonly StepPlan[];
}

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
  /** Error codes of which only these are retried; undefined: all that can be. */
  readonly on?: readonly string[];
  /** Error codes that are not retried. */
  readonly except?: readonly string[];
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

/** Results that are used again. */
export interface CachePlan {
  readonly ttlMs: number;
  /** Undefined: the step's definition, its pins and its resolved inputs. */
  readonly key?: Expression;
  readonly store: "full" | "metadata";
}

/** How one of several candidates becomes the step's result. */
export type PickPlan = "first" | "all" | "majority" | { readonly best: string };

/** Lets a model ask people before it goes on. */
export interface AskPlan {
  readonly by: readonly string[];
  readonly max: number;
  readonly timeoutMs?: number;
  readonly onTimeout?: "fail" | "continue";
}

/** What a step does: exactly one verb. */
export type VerbPlan =
  | LlmPlan
  | AgentPlan
  | ToolPlan
  | WorkflowPlan
  | PlannerPlan
  | WaitEventPlan
  | { readonly kind: "wait_until"; readonly until: Template }
  | { readonly kind: "function" | "assignment"; readonly name: string; readonly with: Template }
  | { readonly kind: "set"; readonly value: Template }
  | { readonly kind: "do"; readonly mode: Mode; readonly children: readonly number[]; readonly output?: Template }
  | ApprovePlan
  | { readonly kind: "wait"; readonly durationMs: number }
  | { readonly kind: "fail"; readonly message: Template };

/** One model call, or one for each candidate. */
export interface LlmPlan {
  readonly kind: "llm";
  /** Aliases of `Plan.models`, in the order of the file. */
  readonly models: readonly string[];
  readonly prompt?: Template;
  readonly system?: Template;
  readonly messages?: Template;
  /** Actions as `connector.action`; `connector.*` for all of one. */
  readonly tools: readonly string[];
  readonly temperature?: number;
  readonly tokensMax?: number;
  readonly ask?: AskPlan;
}

/** A coding agent at work. */
export interface AgentPlan {
  readonly kind: "agent";
  /** Aliases of `Plan.agents`, in the order of the file. */
  readonly agents: readonly string[];
  readonly role?: string;
  readonly profile?: string;
  readonly skills: readonly string[];
  readonly prompt: Template;
  readonly workspace: "shared" | "worktree" | "temp";
  readonly tools: readonly string[];
  readonly turnsMax?: number;
  readonly ask?: AskPlan;
}

/** One action of a connector. */
export interface ToolPlan {
  readonly kind: "tool";
  /** Alias of `Plan.connectors`. */
  readonly connector: string;
  readonly action: string;
  readonly with: Template;
  readonly idempotencyKey?: Template;
}

/** A sub-workflow. */
export interface WorkflowPlan {
  readonly kind: "workflow";
  readonly workflow: string;
  /** As it was written behind the `@`. */
  readonly version: string;
  readonly with: Template;
  readonly detach: boolean;
}

/** A sub-graph that a model plans at run time. */
export interface PlannerPlan {
  readonly kind: "plan";
  readonly model: string;
  readonly goal: Template;
  readonly allow: {
    readonly tools: readonly string[];
    readonly functions: readonly string[];
    readonly agents: readonly string[];
    readonly models: readonly string[];
    readonly stepsMax: number;
  };
  readonly strategy: "graph" | "reactive";
  readonly review: "always" | "when_writes" | "never";
  readonly by: readonly string[];
}

/** Waits for an event of this type. */
export interface WaitEventPlan {
  readonly kind: "wait_event";
  readonly event: string;
  readonly match?: Expression;
  readonly timeoutMs?: number;
  readonly onTimeout: "fail" | "continue";
}

/** How people decide: what a gate and a document's acceptance have in common. */
export interface DecisionPlan {
  /** Roles or users. */
  readonly by: readonly string[];
  readonly quorum: "any" | "all" | number;
  readonly timeoutMs?: number;
  readonly onTimeout?:
    | "reject"
    | "accept"
    | "fail"
    | { readonly escalate: readonly string[]; readonly timeoutMs: number };
  readonly onReject: "stop" | "fail" | "continue";
  /** "Request changes" is offered: the step, by index in `Plan.steps`, is done again. */
  readonly onChanges?: { readonly redo?: number; readonly max: number };
}

/** A human gate. */
export interface ApprovePlan extends DecisionPlan {
  readonly kind: "approve";
  readonly question: Template;
  readonly show?: Template;
  /** Top-level fields of `show` that the decider may change. */
  readonly editable: readonly string[];
  /** Fields that the decider fills in, as the schema of an object. */
  readonly form?: Schema;
  readonly remindMs?: number;
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
  readonly cache?: CachePlan;
  /** The output is stored as this document, in the scope of the step. */
  readonly document?: string;
  /** Each item of the for-each opens this scope for documents. */
  readonly scope?: string;
  readonly undo?: { readonly connector: string; readonly action: string; readonly with: Template };
  readonly pick?: PickPlan;
  /** Labels of the runner that carries it out. */
  readonly runsOn?: readonly string[];
  readonly sensitive?: true;
  readonly acceptBlind?: true;
}

/** What starts runs of a workflow. `trigger` is what its templates see. */
export type TriggerPlan =
  | {
      readonly kind: "webhook";
      readonly path: string;
      readonly auth: { readonly scheme: "standard" | "github" | "token"; readonly secret: Template };
      readonly dedupe?: Expression;
      readonly inputs: Template;
      readonly respond: "accepted" | "output";
    }
  | {
      readonly kind: "schedule";
      readonly cron?: string;
      readonly everyMs?: number;
      readonly timezone: string;
      readonly overlap: "skip" | "queue" | "allow";
      readonly catchup: "skip" | "one" | "all";
      readonly inputs: Template;
    }
  | { readonly kind: "event"; readonly type: string; readonly match?: Expression; readonly inputs: Template }
  | { readonly kind: "workflow"; readonly id: string; readonly status: readonly string[]; readonly inputs: Template };

/** What a run may use up; what is undefined has no bound of its own. */
export interface LimitsPlan {
  readonly runtimeMs: number;
  readonly deadlineMs?: number;
  readonly steps?: number;
  readonly depth: number;
  readonly tokens?: number;
  readonly costUsd?: number;
  readonly parallel?: number;
  readonly onBudget: "pause" | "fail";
}

/** What lets more pass than a file says itself. It is part of the Plan, and with it of the version. */
export interface Leniency {
  /** Steps that do not say what follows when they fail let the run go on; gates do not: a no is no error. */
  readonly continueOnError?: true;
  /** What is not there counts as null, and what is no list as an empty one, each with a warning. */
  readonly permissive?: true;
}

/** What a file declares under its own names, for its steps to use. */
export interface DeclaredPlan {
  /** Pins by alias: `provider/model`. */
  readonly models?: Readonly<Record<string, string>>;
  readonly connectors?: Readonly<Record<string, { readonly use: string; readonly with?: Template }>>;
  readonly agents?: Readonly<Record<string, { readonly use: string; readonly model?: string }>>;
  readonly documents?: Readonly<
    Record<string, { readonly schema?: Schema; readonly scope?: string; readonly accept?: DecisionPlan }>
  >;
  readonly secrets?: readonly string[];
}

/** A checked, complete workflow: what a version pins and what the machine runs. Plain JSON. */
export interface Plan extends DeclaredPlan {
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
  readonly triggers?: readonly TriggerPlan[];
  /** False: people do not start it by hand. */
  readonly manual?: false;
  readonly limits?: LimitsPlan;
  readonly concurrency?: {
    readonly key?: Expression;
    readonly max: number;
    readonly whenFull: "queue" | "reject" | "cancel_oldest";
  };
  readonly retain?: "metadata";
  readonly policy?: { readonly autoWrite: true };
  /** What was let pass beyond what the file says. */
  readonly leniency?: Leniency;
  readonly mode: Mode;
  /** The file's own list, as indexes. */
  readonly roots: readonly number[];
  /** All steps, depth first, in the order of the file. */
  readonly steps: readonly StepPlan[];
}

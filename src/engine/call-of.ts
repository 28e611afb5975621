import { digestText } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import type { VerbPlan } from "../language/plan.ts";
import { bodyOutput } from "../machine/output.ts";
import type { Operation } from "../machine/event.ts";
import type { Instance, RunState, Scope } from "../machine/state.ts";
import type { ActionCall } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";

/** A call before it has its door to the outside and its log. */
export type CallFacts = Omit<ActionCall, "once" | "log">;

/** Whose run it is, and what its version pinned. */
export interface Caller {
  readonly key: RunKey;
  readonly version: Pick<Version, "lock">;
}

/** The call that a started attempt is. */
export function callOf({ key, version: { lock } }: Caller, state: RunState, instance: Instance): CallFacts {
  const called = calledBy(instance.step.verb);
  const created = state.created;
  if (created === undefined || called === undefined) {
    throw new RunwrightError("machine.illegal", `Step instance ${instance.path} makes no call.`);
  }
  const { verb, name } = called;
  const operation = `${verb}:${name}`;
  return {
    key,
    workflow: created.workflow,
    version: created.version,
    path: instance.path,
    step: instance.step.id,
    attempt: instance.attempt,
    principal: created.startedBy,
    idempotencyKey:
      instance.key === undefined
        ? stepKey([key.tenant, created.effectRoot, instance.path, operation])
        : writtenKey(key, operation, instance.key),
    ...(instance.key !== undefined && { keyed: true as const }),
    verb,
    name,
    input: instance.input ?? null,
    definition: instance.step,
    declared: state.plan,
    ...(lock !== undefined && { lock }),
    refs: () => visibleOutputs(instance.scope),
    env: state.env,
    ...(state.plan.leniency?.permissive === true && { permissive: true }),
  };
}

/** What a verb calls; undefined for one that calls nothing. Of several models the first stands for all. */
function calledBy(verb: VerbPlan): Pick<ActionCall, "verb" | "name"> | undefined {
  switch (verb.kind) {
    case "function":
    case "assignment":
      return { verb: verb.kind, name: verb.name };
    case "llm":
      return { verb: "llm", name: verb.models[0] ?? "" };
    case "tool":
      return { verb: "tool", name: `${verb.connector}.${verb.action}` };
    default:
      return undefined;
  }
}

/** The same for every attempt, resume and redrive of one operation of one instance (semantics rule 5). */
function stepKey(parts: readonly string[]): string {
  return digestText(parts.join("\n"));
}

/**
 * The key that the file itself names: the same words mean the same write, of whichever step and run. That is what such a key is written for (an
 * order that two runs are to charge once); who wants one for each run puts `run.id` into it. It is still no other tenant's and no other action's.
 */
function writtenKey({ tenant, workspace }: RunKey, operation: string, written: string): string {
  return digestText(JSON.stringify([tenant, workspace, operation, written]));
}

/** The key of one operation of a call, made of the call's own: as stable, and no other's. Where the file names the key, arguments do not change it. */
export function operationKey(
  { idempotencyKey: own, keyed }: Pick<CallFacts, "idempotencyKey" | "keyed">,
  { name, occurrence, digest }: Operation,
): string {
  return digestText([own, name, occurrence, keyed === true ? "" : (digest ?? "")].join("\n"));
}

/** Outputs by step id, the nearer list over the outer ones. */
function visibleOutputs(scope: Scope): JsonObject {
  const lists: JsonObject[] = [];
  for (let here: Scope | undefined = scope; here !== undefined; here = here.owner?.scope)
    lists.unshift(bodyOutput(here));
  return Object.assign({}, ...lists) as JsonObject;
}

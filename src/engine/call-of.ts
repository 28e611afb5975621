import { digestText } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import { bodyOutput } from "../machine/output.ts";
import type { Operation } from "../machine/event.ts";
import type { Instance, RunState, Scope } from "../machine/state.ts";
import type { ActionCall } from "../ports/action.ts";

/** A call before it has its door to the outside and its log. */
export type CallFacts = Omit<ActionCall, "once" | "log">;

/** The call that a started attempt is. */
export function callOf(key: RunKey, state: RunState, instance: Instance): CallFacts {
  const verb = instance.step.verb;
  const created = state.created;
  if (created === undefined || (verb.kind !== "function" && verb.kind !== "assignment")) {
    throw new RunwrightError("machine.illegal", `Step instance ${instance.path} makes no call.`);
  }
  return {
    key,
    workflow: created.workflow,
    version: created.version,
    path: instance.path,
    step: instance.step.id,
    attempt: instance.attempt,
    principal: created.startedBy,
    idempotencyKey: idempotencyKey(key.tenant, created.effectRoot, instance.path, `${verb.kind}:${verb.name}`),
    verb: verb.kind,
    name: verb.name,
    input: instance.input ?? null,
    definition: instance.step,
    declared: state.plan,
    refs: () => visibleOutputs(instance.scope),
    env: state.env,
    ...(state.plan.leniency?.permissive === true && { permissive: true }),
  };
}

/** The same for every attempt, resume and redrive of one operation of one instance (semantics rule 5). */
function idempotencyKey(tenant: string, effectRoot: string, path: string, operation: string): string {
  return digestText([tenant, effectRoot, path, operation].join("\n"));
}

/** The key of one operation of a call, made of the call's own: as stable, and no other's. */
export function operationKey({ idempotencyKey: own }: CallFacts, { name, occurrence, digest }: Operation): string {
  return digestText([own, name, occurrence, digest ?? ""].join("\n"));
}

/** Outputs by step id, the nearer list over the outer ones. */
function visibleOutputs(scope: Scope): JsonObject {
  const lists: JsonObject[] = [];
  for (let here: Scope | undefined = scope; here !== undefined; here = here.owner?.scope)
    lists.unshift(bodyOutput(here));
  return Object.assign({}, ...lists) as JsonObject;
}

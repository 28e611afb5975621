import { RunwrightError } from "../base/error.ts";
import { beginOperation, type OperationRequest } from "../machine/effects.ts";
import { holdEvent } from "../machine/effect-gate.ts";
import type { RunEvent } from "../machine/event.ts";
import { failureEvent } from "../machine/retry.ts";
import type { Instance, RunState } from "../machine/state.ts";
import type { Action, Effect } from "../ports/action.ts";
import { type Caller, callOf, operationKey } from "./call-of.ts";
import { assertEffect } from "./effect-checks.ts";
import { deniedError, leaveIn } from "./effect-words.ts";
import type { Begun } from "./once.ts";
import { type Asker, ruleOf } from "./rulings.ts";

/** An attempt to carry out once its start is durable. */
export interface Launch {
  readonly instance: Instance;
  /** The operation that it begins with, when its intent is in the same commit. */
  readonly begun?: Begun;
}

/** What attempts are launched with. */
export interface Launcher extends Asker, Caller {
  readonly version: Asker["version"] & Caller["version"];
  readonly action: Pick<Action, "opening">;
}

/**
 * Launches an attempt that has just been started: with the operation that it is sure to begin with, whose intent is written beside the start. So an
 * effect in a sequence costs one commit. Undefined where that operation is denied, or has to wait for people: then nothing is launched.
 */
export function launch(
  launcher: Launcher,
  state: RunState,
  instance: Instance,
  { at, add }: { readonly at: number; readonly add: (event: RunEvent) => void },
): Launch | undefined {
  const request = openingOf(launcher, state, instance, at);
  const beginning = request === undefined ? undefined : orUndefined(() => beginOperation(state, request));
  if (request === undefined || beginning === undefined) return { instance };
  switch (beginning.kind) {
    case "begins":
      add(beginning.event);
      return { instance, begun: { operation: request.operation, ...leaveIn(beginning.event) } };
    case "denied": {
      const { code, message } = deniedError(request, beginning.reason);
      add(beginning.event);
      add(failureEvent(instance, { error: { code, message }, canRetry: false }, at, 0));
      return undefined;
    }
    case "held":
      add(holdEvent(instance, beginning.hold));
      return undefined;
    default:
      // Its receipt, a look, the budget: the door deals with it as soon as the call asks.
      return { instance };
  }
}

/** What the action says that the attempt begins with; undefined when it says nothing, or nothing that would be let out. */
function openingOf(launcher: Launcher, state: RunState, instance: Instance, at: number): OperationRequest | undefined {
  const { action } = launcher;
  if (action.opening === undefined) return undefined;
  const call = callOf(launcher, state, instance);
  const effect = orUndefined(() => {
    const opening = action.opening?.(call);
    if (opening !== undefined) assertEffect(call.path, opening.effect);
    return opening?.effect;
  });
  if (effect === undefined) return undefined;
  const { path, attempt, step } = instance;
  const operation = { name: effect.name, occurrence: 1, ...(effect.digest !== undefined && { digest: effect.digest }) };
  const request = { path, attempt, operation, class: effect.class, key: operationKey(call, operation) };
  const more = {
    ...(step.timeoutMs !== undefined && { deadline: at + step.timeoutMs }),
    ...(effect.find !== undefined && { canFind: true as const }),
  };
  return { ...request, ...more, ...aimOf(launcher, state, { path, effect }) };
}

function aimOf(
  asker: Asker,
  state: RunState,
  { path, effect: { class: effectClass, target } }: { readonly path: string; readonly effect: Effect },
): Pick<OperationRequest, "target" | "rule"> {
  if (target === undefined) return {};
  const { kind, name } = target;
  return { target: { kind, name }, rule: ruleOf(asker, state, { path, class: effectClass, target }) };
}

/** An action that cannot say what it begins with says so when it is called. */
function orUndefined<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RunwrightError && error.code.startsWith("machine.")) throw error;
    return undefined;
  }
}

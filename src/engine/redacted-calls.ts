import { reworded, toRunwrightError } from "../base/error.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import type { Action, ActionCall, ActionResult, Effect, Once } from "../ports/action.ts";

/** A text without what must not be kept. */
type Redact = (text: string) => string;

/**
 * The action, of whose calls nothing comes back that must not be kept: in what they give, in the receipts of what they did, in their log, and in
 * what they fail with.
 *
 * It stands here, in front of everything that the engine does with a call, so that the journal, the logs and whoever listens get the same. Calls
 * may get a secret only inside an action; what comes back with one in it is a mistake of the other side, which this makes good.
 */
export function redactedCalls(action: Action, redact: Redact): Action {
  return {
    ...action,
    async run(call, signal) {
      try {
        return redactedJson(await action.run(redactedDoors(call, redact), signal), redact);
      } catch (error) {
        throw redactedError(error, redact);
      }
    },
    [Symbol.asyncDispose]: () => action[Symbol.asyncDispose](),
  };
}

function redactedDoors(call: ActionCall, redact: Redact): ActionCall {
  const once: Once = async (effect, carryOut) => {
    const kept = (permit: Parameters<typeof carryOut>[0]) =>
      carryOut(permit).then(
        (receipt) => redactedJson(receipt, redact),
        (error: unknown) => {
          throw redactedError(error, redact);
        },
      );
    return await call.once(redactedFind(effect, redact), kept);
  };
  return { ...call, once, log: (level, text) => call.log(level, redact(text)) };
}

/** What is found of an operation that was broken off is a receipt like any other. */
function redactedFind(effect: Effect, redact: Redact): Effect {
  const { find } = effect;
  if (find === undefined) return effect;
  return { ...effect, find: async (permit) => redactedJson(await find(permit), redact) };
}

/** The same code, so that what follows is the same. Where something was taken out the cause goes too: it would say it again. */
function redactedError(error: unknown, redact: Redact): unknown {
  const own = toRunwrightError(error);
  const clean = redact(own.message);
  return clean === own.message ? error : reworded(own, clean);
}

/** The value with every text in it redacted, names of fields too; the value itself where there is nothing to take out. */
function redactedJson<T extends Json | ActionResult | undefined>(value: T, redact: Redact): T {
  return redactedPart(value, redact, depthMax) as T;
}

/** Deeper values are refused as no JSON; what lies below is not looked at, and so it is not kept either. */
const depthMax = 100;
const tooDeep = "••••";

function redactedPart(value: unknown, redact: Redact, depthLeft: number): unknown {
  if (typeof value === "string") return redact(value);
  if (depthLeft === 0) return typeof value === "object" && value !== null ? tooDeep : value;
  if (Array.isArray(value))
    return sameOr(
      value,
      value.map((item) => redactedPart(item, redact, depthLeft - 1)),
    );
  if (!isJsonObject(value)) return value;

  const entries = Object.entries(value);
  const clean = entries.map(([key, item]) => [redact(key), redactedPart(item, redact, depthLeft - 1)] as const);
  const isSame = clean.every(([key, item], at) => key === entries[at]?.[0] && item === entries[at][1]);
  return isSame ? value : Object.fromEntries(clean);
}

function sameOr(value: readonly unknown[], clean: readonly unknown[]): readonly unknown[] {
  return clean.every((item, at) => item === value[at]) ? value : clean;
}

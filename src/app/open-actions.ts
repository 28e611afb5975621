import type { Action, ActionCall } from "../ports/action.ts";
import type { Config } from "./config.ts";
import type { ActionsGround, Calls } from "./open-calls.ts";
import { createRunAction } from "./run-action.ts";

/**
 * Carries out the calls of every verb. What reaches models and tools is loaded at the first step that needs it: many runs call nothing but
 * modules. Until then a call cannot say what it begins with, so that the first of them costs a commit more.
 */
export function openActions(config: Config, ground: ActionsGround): Action {
  const modules = createRunAction(config, ground.store);
  let loading: Promise<Calls> | undefined;
  let calls: Calls | undefined;

  return {
    async run(call, signal) {
      const { verb } = call;
      const action = isModule(verb) ? modules : (calls ?? (await load()))[verb];
      return await action.run(call, signal);
    },
    opening(call) {
      const { verb } = call;
      if (isModule(verb)) return undefined;
      if (calls === undefined) load().catch(() => undefined);
      return calls?.[verb].opening?.(call);
    },
    async [Symbol.asyncDispose]() {
      await modules[Symbol.asyncDispose]();
      await (await loading?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };

  function load(): Promise<Calls> {
    loading ??= import("./open-calls.ts").then(({ openCalls }) => (calls = openCalls(config, ground)));
    return loading;
  }
}

function isModule(verb: ActionCall["verb"]): verb is "function" | "assignment" {
  return verb === "function" || verb === "assignment";
}

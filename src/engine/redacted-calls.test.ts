import assert from "node:assert/strict";
import { test } from "node:test";
import { RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import type { Action, ActionCall, ActionResult, Effect, Permit } from "../ports/action.ts";
import { redactedCalls } from "./redacted-calls.ts";

const redact = (text: string): string => text.replaceAll("secret", "••••");
const permit: Permit = { key: "k", signal: AbortSignal.abort(), policy: { rules: [], version: "" } };

/** Carries one call out; `kept` is what its door and its log were given. */
async function carried(run: (call: ActionCall) => Promise<ActionResult>, by = redact) {
  const kept: unknown[] = [];
  const call = {
    log: (level: string, text: string) => kept.push([level, text]),
    once: async (effect: Effect, carryOut: (permit: Permit) => Promise<Json>) => {
      const receipt = (await effect.find?.(permit)) ?? (await carryOut(permit));
      kept.push([effect.name, receipt]);
      return receipt;
    },
  } as unknown as ActionCall;
  const action: Action = { run: (each) => run(each), [Symbol.asyncDispose]: () => Promise.resolve() };
  const result = await redactedCalls(action, by).run(call, permit.signal);
  return { result, kept };
}

test("what a call gives back has nothing in it that must not be kept, names of fields included", async () => {
  const given: ActionResult = {
    output: { a: ["a secret", { "the secret": 1 }], b: null, c: true },
    vars: { x: "secret" },
    artifacts: { "secret.md": "reports/secret.md" },
    receipt: { remote_id: "secret-7" },
    warnings: ["it was secret"],
  };
  const { result } = await carried(() => Promise.resolve(given));
  assert.deepEqual(result, {
    output: { a: ["a ••••", { "the ••••": 1 }], b: null, c: true },
    vars: { x: "••••" },
    artifacts: { "••••.md": "reports/••••.md" },
    receipt: { remote_id: "••••-7" },
    warnings: ["it was ••••"],
  });
});

test("where there is nothing to take out, what was given comes back itself", async () => {
  const given: ActionResult = { output: { a: [1, "b", { c: null }] } };
  assert.equal((await carried(() => Promise.resolve(given))).result, given);
});

test("receipts are clean before they are durable, those that are found too, and the action gets the same", async () => {
  const ask = (call: ActionCall, effect: Partial<Effect>): Promise<Json> =>
    call.once({ name: "ask", class: "keyed", ...effect }, () => Promise.resolve({ id: "secret" }));
  const { result, kept } = await carried(async (call) => ({
    output: [await ask(call, {}), await ask(call, { find: () => Promise.resolve("found secret") })],
  }));
  assert.deepEqual(kept, [
    ["ask", { id: "••••" }],
    ["ask", "found ••••"],
  ]);
  assert.deepEqual(result.output, [{ id: "••••" }, "found ••••"]);
});

test("lines of the log are clean before anybody hears them", async () => {
  const { kept } = await carried((call) => {
    call.log("error", "the secret is out");
    return Promise.resolve({ output: null });
  });
  assert.deepEqual(kept, [["error", "the •••• is out"]]);
});

test("an error keeps its code and when to try again, and loses what must not be kept, its cause too", async () => {
  const cause = new Error("secret");
  const failing = (thrown: unknown) => carried(() => Promise.reject(thrown));
  await assert.rejects(
    failing(new RunwrightError("tool.rate-limited", "secret said wait", { cause, retryAfterMs: 7 })),
    (error) => {
      assert.ok(error instanceof RunwrightError);
      assert.deepEqual([error.code, error.message, error.retryAfterMs], ["tool.rate-limited", "•••• said wait", 7]);
      return !String(error.stack).includes("secret") && error.cause === undefined;
    },
  );
  await assert.rejects(failing(new TypeError("secret of undefined")), {
    code: "internal",
    message: "•••• of undefined",
  });
  await assert.rejects(failing("secret"), { message: "••••" });
  const own = new RunwrightError("tool.failed", "nothing to hide", { cause: new Error("why") });
  await assert.rejects(failing(own), (error) => error === own);
  await assert.rejects(
    carried(async (call) => ({
      output: await call.once({ name: "a", class: "read" }, () => Promise.reject(new Error("the secret"))),
    })),
    { message: "the ••••" },
  );
});

test("what lies too deep to be looked at is not kept", async () => {
  let deep: Json = "secret";
  for (let level = 0; level < 200; level += 1) deep = [deep];
  const { result } = await carried(() => Promise.resolve({ output: deep }));
  assert.ok(!JSON.stringify(result).includes("secret"));
});

test("control: without it everything would be kept", async () => {
  const { result, kept } = await carried(
    (call) => {
      call.log("error", "secret");
      return Promise.resolve({ output: "secret" });
    },
    (text) => text,
  );
  assert.deepEqual([result.output, kept], ["secret", [["error", "secret"]]]);
});

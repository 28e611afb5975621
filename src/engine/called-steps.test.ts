// Steps that call tools and models: what they are called with, and what they leave. With a real engine over the memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { desk, write, update, errorOf } from "../../test/engine/effects.ts";
import { scope, stage } from "../../test/engine/stage.ts";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";

describe("a tool step", () => {
  test("is a call with its rendered input, and what it left behind can be read by the steps behind it", async () => {
    const receipt = { remote_id: "17", before: { priority: "low" } };
    const world = await stage(async (call) =>
      call.verb === "tool" ? { output: { ok: true }, receipt } : { output: call.input },
    );
    const text = `${desk}inputs: { id: string }
steps:
  - { id: write, tool: desk.update_ticket, with: { id: "\${inputs.id}" } }
  - { id: work, function: work, with: { was: "\${write.receipt.remote_id}" } }
`;
    const run = await world.start(text, { id: "7" });
    const [call] = world.calls;
    assert.deepEqual([call?.verb, call?.name, call?.input], ["tool", "desk.update_ticket", { id: "7" }]);
    assert.deepEqual(call?.declared.connectors, { desk: { use: "zendesk@3.2.0" } });
    const view = await world.engine.view(run);
    assert.deepEqual(
      view.instances.map(({ output }) => output),
      [{ ok: true }, { was: "17" }],
    );
    assert.deepEqual(view.instances[0]?.receipt, receipt);
  });

  test("the key that the file names is the same for every run and step that names it, and for no other tenant, action or word", async () => {
    const keys: string[] = [];
    const world = await stage(async ({ once }) => ({
      output: await once(update, async ({ key }) => (keys.push(key), key)),
    }));
    const named = (word: string, action = "update_ticket"): string =>
      `${desk}inputs: { n: string }\nsteps: [{ id: write, tool: desk.${action}, with: { id: "\${inputs.n}" }, idempotency_key: "${word}" }]\n`;
    const text = named("order-4711");
    await world.start(text, { n: "1" });
    await world.start(text, { n: "2" });
    await world.start(named("order-4712"), { n: "1" });
    await world.start(named("order-4711", "get_ticket"), { n: "1" });
    await world.start(text, { n: "1" }, { scope: { ...scope, tenant: "other" } });
    assert.equal(keys[0], keys[1], "two runs");
    assert.equal(new Set(keys).size, 4);
    const unnamed = await stage(async ({ once }) => ({ output: await once(update, async ({ key }) => key) }));
    const first = await unnamed.engine.view(await unnamed.start(write));
    const second = await unnamed.engine.view(await unnamed.start(write));
    assert.notEqual(
      first.instances[0]?.output,
      second.instances[0]?.output,
      "control: without a name each run has its own",
    );
  });

  test("a named key that is empty fails the step before anything leaves", async () => {
    const world = await stage();
    const text = `${desk}inputs: { order: string }\nsteps: [{ id: write, tool: desk.update_ticket, with: { id: "7" }, idempotency_key: "\${inputs.order}" }]\n`;
    const run = await world.start(text, { order: "" });
    assert.deepEqual([world.calls.length, ...(await errorOf(world, run))], [0, "failed", "expression.failed"]);
  });
});

describe("a model step", () => {
  test("is given its prompts as they were worked out, and its output is checked", async () => {
    const world = await stage(async () => ({ output: { severity: "high" } }));
    const text = `workflow: w
models: { fast: anthropic/claude-haiku-4-5-20251001 }
inputs: { text: string }
steps:
  - { id: sort, llm: fast, system: Sort., prompt: "It says \${inputs.text}", output: { severity: { enum: [low, high] } }, temperature: 0 }
  - { id: talk, llm: fast, messages: [{ role: user, content: "\${sort.output.severity}" }], output: { severity: { enum: [low] } } }
`;
    const run = await world.start(text, { text: "help" });
    assert.deepEqual(
      world.calls.map(({ verb, name, input }) => [verb, name, input]),
      [
        ["llm", "fast", { system: "Sort.", prompt: "It says help" }],
        ["llm", "fast", { messages: [{ role: "user", content: "high" }] }],
      ],
    );
    assert.deepEqual(await errorOf(world, run), ["failed", "step.output-invalid"]);
  });
});

describe("the other side's wish to be left alone", () => {
  async function secondTryAfter(
    retryAfterMs: number | undefined,
    retry = "max: 1, delay: 1s, backoff: fixed",
  ): Promise<number | string> {
    const starts: number[] = [];
    const world = await stage(async () => {
      starts.push(world.clock.now());
      if (starts.length > 1) return { output: null };
      throw new RunwrightError("tool.rate-limited", "too many", retryAfterMs === undefined ? {} : { retryAfterMs });
    });
    const run = await world.start(write.replace('{ id: "7" } }', `{ id: "7" }, retry: { ${retry} } }`));
    for (let round = 0; round < 10; round += 1) {
      world.clock.runNext(limits.retryAfterMsMax * 2);
      await world.settle();
    }
    const { status } = (await world.row(run)).summary;
    return status === "completed" ? (starts[1] ?? 0) - (starts[0] ?? 0) : status;
  }

  test("is heeded where it is longer than the back-off, up to a bound and within the total time", async () => {
    assert.equal(await secondTryAfter(90_000), 90_000);
    assert.equal(await secondTryAfter(10), 500, "the back-off is longer");
    assert.equal(await secondTryAfter(undefined), 500, "control");
    assert.equal(await secondTryAfter(10 * limits.retryAfterMsMax), limits.retryAfterMsMax);
    assert.equal(await secondTryAfter(90_000, "max: 1, total: 60s"), "failed");
  });
});

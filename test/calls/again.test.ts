// What is called again and what is not: crashes and failed attempts in the middle of conversations.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RunwrightError } from "../../src/base/error.ts";
import { errorOf } from "../engine/effects.ts";
import { asking, asksFor, callStage, type Said } from "./stage.ts";

const tools = ["desk.get_ticket", "desk.update_ticket"];
const story: readonly Said[] = [
  asksFor(["desk.get_ticket", { id: "7" }]),
  asksFor(["desk.update_ticket", { id: "7", priority: "high" }]),
  asksFor(["desk.get_ticket", { id: "7" }]),
  "done",
];
const never = new Promise<never>(() => undefined);
const down = (retryAfterMs?: number): RunwrightError =>
  new RunwrightError("model.rate-limited", "Too many.", { ...(retryAfterMs !== undefined && { retryAfterMs }) });

describe("a crash in the middle of a conversation", () => {
  for (let turn = 0; turn < story.length; turn += 1) {
    test(`while turn ${turn + 1} is asked for: no model call that was answered and no tool call is repeated`, async () => {
      let hangs = true;
      const world = await callStage({
        answer: (request) => {
          const at = (request.messages.length - 1) / 2;
          return hangs && at === turn ? never : (story[at] ?? "");
        },
      });
      const run = await world.start(asking(tools));
      const before = world.toolCalls.length;
      assert.deepEqual([world.requests.length, before], [turn + 1, turn]);
      hangs = false;
      await world.crash();
      const [step] = (await world.engine.view(run)).instances;
      assert.deepEqual([step?.output, step?.attempt], ["done", 1]);
      assert.equal(world.requests.length, story.length + 1, "only the question without an answer is asked again");
      assert.equal(world.toolCalls.length, 3);
      assert.equal(new Set(world.toolCalls.map(({ key }) => key)).size, 3);
    });
  }

  test("while a tool is called: a read is called again with its key, a write is looked for first", async () => {
    let hangs = true;
    let found = 0;
    const world = await callStage({
      answer: (request) => story[(request.messages.length - 1) / 2] ?? "",
      carryOut: ({ effect }) => (hangs && effect === "conditional" ? never : "ok"),
      find: () => {
        found += 1;
        return { v: 1, output: "it was there", receipt: { remote_id: "7", url: null, before: null } };
      },
    });
    const run = await world.start(asking(tools));
    hangs = false;
    await world.crash();
    // Nobody looks before the last of what was under way may have arrived.
    for (let step = 0; step < 200; step += 1) {
      world.clock.runNext(60_000);
      await world.settle();
    }
    const writes = world.toolCalls.filter(({ effect }) => effect === "conditional").length;
    assert.deepEqual([(await world.row(run)).summary.status, writes, found], ["completed", 1, 1]);
  });
});

describe("another attempt of a conversation", () => {
  const text = asking(tools, ", retry: { max: 2, backoff: fixed, delay: 1s, jitter: false }");

  test("asks its models anew, whatever they call their calls, and makes no write twice", async () => {
    let failed = false;
    const world = await callStage({
      answer: (request) => {
        const at = (request.messages.length - 1) / 2;
        if (at === 2 && !failed) {
          failed = true;
          throw down();
        }
        // Providers name each call anew.
        const said = story[at] ?? "";
        if (typeof said === "string") return said;
        return { ...said, calls: (said.calls ?? []).map((call) => ({ ...call, id: `${call.id}-${Math.random()}` })) };
      },
    });
    const run = await world.start(text);
    world.clock.runNext(1000);
    await world.settle();
    const [step] = (await world.engine.view(run)).instances;
    assert.deepEqual([await errorOf(world, run), step?.output, step?.attempt], [["completed", undefined], "done", 2]);
    assert.equal(world.toolCalls.filter(({ effect }) => effect === "conditional").length, 1);
  });

  test("may read something else than the one before", async () => {
    const world = await callStage({
      answer: (request, before) => {
        if (before === 1) throw down();
        return request.messages.length === 1 ? asksFor(["desk.get_ticket", { id: `${before}` }]) : "done";
      },
    });
    const run = await world.start(text);
    world.clock.runNext(1000);
    await world.settle();
    assert.deepEqual(await errorOf(world, run), ["completed", undefined]);
    assert.deepEqual(
      world.toolCalls.map(({ input }) => input["id"]),
      ["0", "2"],
    );
    assert.equal(new Set(world.toolCalls.map(({ key }) => key)).size, 2);
    await world.crash();
    assert.deepEqual(await errorOf(world, run), ["completed", undefined], "and its journal is read again");
  });

  test("that would write something else than the one before is stopped", async () => {
    const world = await callStage({
      answer: (request, before) => {
        if (before === 1) throw down();
        return request.messages.length === 1
          ? asksFor(["desk.update_ticket", { id: "7", comment: `${before}` }])
          : "done";
      },
    });
    const run = await world.start(text);
    world.clock.runNext(1000);
    await world.settle();
    assert.deepEqual([...(await errorOf(world, run)), world.toolCalls.length], ["failed", "effect.mismatch", 1]);
  });

  test("comes no earlier than the model or the tool asked for", async () => {
    let failed = false;
    const world = await callStage({
      answer: () => {
        if (failed) return "done";
        failed = true;
        throw down(90_000);
      },
    });
    const run = await world.start(text);
    const begun = world.clock.now();
    while ((await world.row(run)).summary.status === "running") {
      world.clock.runNext(1000);
      await world.settle();
    }
    assert.ok(world.clock.now() - begun >= 90_000);
    assert.equal(world.requests.length, 2);
  });
});

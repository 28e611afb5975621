// Conversations of `llm` steps: several turns, several tools, and what a model may not do.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RunwrightError } from "../../src/base/error.ts";
import { isJsonObject } from "../../src/base/json.ts";
import { limits } from "../../src/base/limits.ts";
import type { ModelMessage } from "../../src/ports/model.ts";
import { audited, errorOf, eventsOf, settled, storyOf } from "../engine/effects.ts";
import { ada, versionOf } from "../engine/stage.ts";
import { asking, asksFor, callStage, type CallStage, type Said } from "./stage.ts";

/** Says one thing after the other, and the last for ever. */
function inTurn(...said: readonly Said[]): (request: unknown, before: number) => Said {
  return (_request, before) => said[Math.min(before, said.length - 1)] ?? "";
}

async function ended(world: CallStage, text: string): Promise<readonly unknown[]> {
  const run = await world.start(text);
  const [step] = (await world.engine.view(run)).instances;
  const [status, code] = await errorOf(world, run);
  return code === undefined ? [status, step?.output] : [status, code];
}

/** What the model was told of its calls in the last turn. */
function told(world: CallStage): readonly unknown[] {
  const last = world.requests.at(-1)?.messages ?? [];
  return last.flatMap((each: ModelMessage) => {
    if (each.role !== "tool") return [];
    const code = each.failed === true && isJsonObject(each.output) ? each.output["error"] : undefined;
    return [code ?? each.output];
  });
}

describe("a conversation", () => {
  test("goes on over several turns and tools, each call with its receipt, and its last words are the output", async () => {
    const world = await callStage({
      answer: inTurn(
        asksFor(["desk.get_ticket", { id: "7" }], ["desk.get_ticket", { id: "8" }]),
        asksFor(["desk.update_ticket", { id: "7", priority: "high" }]),
        "All is done.",
      ),
      carryOut: ({ action, input }) => [action, input["id"] ?? null],
    });
    const run = await world.start(asking(["desk.get_ticket", "desk.update_ticket"]));
    const [step] = (await world.engine.view(run)).instances;
    assert.deepEqual([step?.output, step?.usage?.calls], ["All is done.", 3]);
    assert.deepEqual(told(world), [
      ["get_ticket", "7"],
      ["get_ticket", "8"],
      ["update_ticket", "7"],
    ]);
    assert.deepEqual(
      world.toolCalls.map(({ action, effect, path }) => [action, effect, path]),
      [
        ["get_ticket", "read", "ask"],
        ["get_ticket", "read", "ask"],
        ["update_ticket", "conditional", "ask"],
      ],
    );
    assert.equal(new Set(world.toolCalls.map(({ key }) => key)).size, 3);
    const story = await storyOf(world, run);
    assert.deepEqual(
      [
        story.filter((kind) => kind === "effect.intended").length,
        story.filter((kind) => kind === "effect.received").length,
      ],
      [6, 6],
    );
  });

  test("begins with the intent of its first call, in the commit of its start", async () => {
    const world = await callStage();
    const run = await world.start(asking([]));
    const segments: string[][] = [];
    for await (const { events } of world.store.journal.read(run, 1))
      segments.push((JSON.parse(events) as readonly { readonly kind: string }[]).map(({ kind }) => kind));
    const opening = segments.find((kinds) => kinds.includes("step.started"));
    assert.ok(opening?.includes("effect.intended"), JSON.stringify(segments));
  });

  test("offers all actions of a connector under its wildcard, under the names of the file, and no other", async () => {
    const world = await callStage();
    await world.start(asking(["desk.*"]).replace("llm: fast", "llm: fast, accept_blind: true"));
    assert.deepEqual(
      world.requests[0]?.tools?.map(({ name }) => name),
      ["desk.get_ticket", "desk.update_ticket"],
    );
    const one = await callStage();
    await one.start(asking(["desk.get_ticket"]));
    assert.deepEqual(
      one.requests[0]?.tools?.map(({ name }) => name),
      ["desk.get_ticket"],
    );
  });

  test("is told of a tool that it does not have, and so are the journal and the audit log; nothing is called", async () => {
    const world = await callStage({
      answer: inTurn(asksFor(["desk.delete_all", {}], ["desk.update_ticket", { id: "7" }]), "I see."),
    });
    const entries = audited(world);
    world.engine = await world.open();
    const run = await world.start(asking(["desk.get_ticket"]));
    const [step] = (await world.engine.view(run)).instances;
    assert.deepEqual([step?.output, world.toolCalls.length], ["I see.", 0]);
    assert.deepEqual(told(world), ["tool.not-allowed", "tool.not-allowed"]);
    const denied = (await eventsOf(world, run)).filter(({ kind }) => kind === "effect.denied");
    assert.equal(denied.length, 2);
    assert.deepEqual(
      entries.filter(({ outcome }) => outcome === "denied").map(({ action, object }) => [action, object]),
      [
        ["tool.call", `${run.run} ask desk.delete_all`],
        ["tool.call", `${run.run} ask desk.update_ticket`],
      ],
    );
  });

  test("is told of arguments that do not fit, of what the other side refuses, and goes on", async () => {
    const world = await callStage({
      answer: inTurn(
        asksFor(
          ["desk.get_ticket", {}],
          ["desk.get_ticket", "seven"],
          ["desk.update_ticket", { id: "7", priority: "asap" }],
          ["desk.get_ticket", { id: "9" }],
        ),
        "So be it.",
      ),
      carryOut: () => Promise.reject(new RunwrightError("tool.failed", "There is no ticket 9.")),
    });
    assert.deepEqual(await ended(world, asking(["desk.*"])), ["completed", "So be it."]);
    assert.deepEqual(told(world), ["tool.input-invalid", "tool.input-invalid", "tool.input-invalid", "tool.failed"]);
    assert.equal(world.toolCalls.length, 1);
  });

  test("ends with an error after too many turns, and after too many calls in one of them", async () => {
    const endless = await callStage({ answer: () => asksFor(["desk.get_ticket", { id: "7" }]) });
    assert.deepEqual(await ended(endless, asking(["desk.get_ticket"])), ["failed", "model.too-many-turns"]);
    assert.deepEqual([endless.requests.length, endless.toolCalls.length], [limits.modelTurnsMax, limits.modelTurnsMax]);
    const many = (count: number): Said =>
      asksFor(...Array.from({ length: count }, (_, n) => ["desk.get_ticket", { id: `${n}` }] as const));
    const wide = await callStage({ answer: inTurn(many(limits.modelToolCallsMax + 1), "so") });
    assert.deepEqual(await ended(wide, asking(["desk.get_ticket"])), ["failed", "model.too-many-turns"]);
    assert.equal(wide.toolCalls.length, 0, "none of them is called");
    const most = await callStage({ answer: inTurn(many(limits.modelToolCallsMax), "so") });
    assert.deepEqual(await ended(most, asking(["desk.get_ticket"])), ["completed", "so"], "control");
  });
});

describe("an answer with a schema", () => {
  const shaped = asking([], ", output: { kind: { enum: [bug, question] } }");

  test("is read from JSON, also between fences", async () => {
    for (const text of ['{"kind":"bug"}', '```json\n{"kind":"bug"}\n```', '  ```\n{"kind":"bug"}\n  ```\n']) {
      const world = await callStage({ answer: () => text });
      assert.deepEqual([await ended(world, shaped), world.requests.length], [["completed", { kind: "bug" }], 1], text);
    }
  });

  test("that does not fit is mended once, with what is wrong and the schema", async () => {
    const world = await callStage({ answer: inTurn('{"kind":"praise"}', '{"kind":"question"}') });
    assert.deepEqual(await ended(world, shaped), ["completed", { kind: "question" }]);
    const order = world.requests[1]?.messages.at(-1);
    assert.ok(order?.role === "user" && order.content.includes("does not fit") && order.content.includes('"enum"'));
  });

  test("that does not fit twice fails the step, after two calls and no third", async () => {
    const world = await callStage({ answer: () => "It is a bug." });
    const text = shaped.replace("llm: fast", "llm: fast, retry: { max: 0 }");
    assert.deepEqual(await ended(world, text), ["failed", "model.output-invalid"]);
    assert.equal(world.requests.length, 2);
  });

  test("that was cut off or withheld is not asked for again", async () => {
    for (const [end, code] of [
      ["length", "model.incomplete"],
      ["filter", "model.refused"],
    ] as const) {
      const world = await callStage({ answer: () => ({ text: '{"kind":', end }) });
      assert.deepEqual([await ended(world, shaped), world.requests.length], [["failed", code], 1]);
    }
  });

  test("may come after tools were used", async () => {
    const world = await callStage({
      answer: inTurn(asksFor(["desk.get_ticket", { id: "7" }]), "a bug", '{"kind":"bug"}'),
    });
    assert.deepEqual(await ended(world, shaped.replace("llm: fast", "llm: fast, tools: [desk.get_ticket]")), [
      "completed",
      { kind: "bug" },
    ]);
    assert.deepEqual([world.requests.length, world.toolCalls.length], [3, 1]);
  });
});

describe("tools of another version", () => {
  test("are refused: a connector whose descriptor is not the one that was published", async () => {
    const text = asking(["desk.get_ticket"]);
    const lock = { models: {}, connectors: { "zendesk@3.2.0": "0".repeat(64) }, modules: {} };
    const world = await callStage();
    const run = await world.start(text, {}, { version: { ...versionOf(text), lock } });
    assert.deepEqual([world.requests.length, ...(await errorOf(world, run))], [0, "failed", "connector.drift"]);
    const fine = await callStage();
    await fine.start(text, {}, { version: { ...versionOf(text), lock: { ...lock, connectors: {} } } });
    assert.equal(fine.requests.length, 1, "control");
  });
});

describe("pause, cancel and budget", () => {
  /** A model that is asked a second time only when the test lets it. */
  function gated(): { readonly parts: Parameters<typeof callStage>[0]; readonly open: () => void } {
    const gate = Promise.withResolvers<void>();
    return {
      open: gate.resolve,
      parts: {
        answer: inTurn(asksFor(["desk.get_ticket", { id: "7" }]), "so"),
        carryOut: async () => {
          await gate.promise;
          return "seen";
        },
      },
    };
  }

  test("between two turns a pause holds the next one back until it is resumed", async () => {
    const { parts, open } = gated();
    const world = await callStage(parts);
    const run = await world.start(asking(["desk.get_ticket"]));
    await settled(world, world.engine.pause(run, ada));
    open();
    await world.settle();
    assert.deepEqual([world.requests.length, (await world.row(run)).summary.status], [1, "paused"]);
    await settled(world, world.engine.resume(run, ada));
    assert.deepEqual([world.requests.length, (await world.row(run)).summary.status], [2, "completed"]);
  });

  test("between two turns a cancel ends it: neither a model nor a tool is called any more", async () => {
    const { parts, open } = gated();
    const world = await callStage(parts);
    const run = await world.start(asking(["desk.get_ticket"]));
    await settled(world, world.engine.cancel(run, ada));
    open();
    await world.settle();
    assert.deepEqual([world.requests.length, world.toolCalls.length], [1, 1]);
    assert.equal((await world.row(run)).summary.status, "cancelled");
  });

  for (const limit of ["tokens: 100", "cost_usd: 0.9"]) {
    test(`${limit} stops the loop before the model is asked once more`, async () => {
      const world = await callStage({ answer: () => asksFor(["desk.get_ticket", { id: "7" }]) });
      const run = await world.start(asking(["desk.get_ticket"], "", `limits: { ${limit} }\n`));
      assert.deepEqual([world.requests.length, (await world.row(run)).summary.pausedFor], [2, "budget"]);
      const failing = await callStage({ answer: () => asksFor(["desk.get_ticket", { id: "7" }]) });
      const text = asking(["desk.get_ticket"], "", `limits: { ${limit}, on_budget: fail }\n`);
      assert.deepEqual(await ended(failing, text), ["failed", "budget.reached"]);
      assert.equal(failing.requests.length, 2);
    });
  }
});

// `tool` steps: the envelope, settings with their secrets, the commits that they cost, and what refuses them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { replyIn } from "../../src/actions/tool/tools.ts";
import { isJsonObject } from "../../src/base/json.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { desk } from "../../src/language/example-connectors.ts";
import type { PolicyRequest } from "../../src/ports/policy.ts";
import { errorOf, eventsOf, policyOf } from "../engine/effects.ts";
import { ada, versionOf } from "../engine/stage.ts";
import { callStage } from "./stage.ts";

const head = "workflow: w\nconnectors: { desk: zendesk@3.2.0 }\n";
const read = "{ id: read, tool: desk.get_ticket, with: { id: '7' } }";

describe("a tool step", () => {
  test("makes one call with the whole envelope, and gives its output and receipt", async () => {
    const world = await callStage({ carryOut: () => ({ status: "open" }) });
    const run = await world.start(`${head}steps: [{ id: write, tool: desk.update_ticket, with: { id: "7" } }]\n`);
    const [step] = (await world.engine.view(run)).instances;
    assert.deepEqual([step?.output, step?.receipt], [{ status: "open" }, { remote_id: "r1", url: null, before: null }]);
    const [call] = world.toolCalls;
    assert.ok(call !== undefined);
    const { key, ...rest } = call;
    assert.match(key, /^[0-9a-f]{64}$/);
    assert.deepEqual(rest, {
      v: 1,
      tenant: "local",
      workspace: "default",
      workflow: "w",
      version: call.version,
      run: run.run,
      path: "write",
      attempt: 1,
      principal: ada.id,
      connector: "zendesk@3.2.0",
      action: "update_ticket",
      effect: "conditional",
      ...(call.deadline !== undefined && { deadline: call.deadline }),
      policy: { rules: ["r1"], version: "v1" },
      input: { id: "7" },
    });
  });

  test("is refused where its connector is not installed or not the one that was published", async () => {
    const text = `${head}steps: [${read}]\n`;
    const none = await callStage({ descriptors: [] });
    assert.deepEqual(await errorOf(none, await none.start(text)), ["failed", "connector.not-configured"]);
    const lock = { models: {}, connectors: { "zendesk@3.2.0": "f".repeat(64) }, modules: {} };
    const drifted = await callStage();
    const run = await drifted.start(text, {}, { version: { ...versionOf(text), lock } });
    assert.deepEqual([...(await errorOf(drifted, run)), drifted.toolCalls.length], ["failed", "connector.drift", 0]);
  });

  test("that people settled has what they saw as its receipt, and no output that nobody has", () => {
    const unknown = { remote_id: null, url: null, before: null };
    assert.deepEqual(replyIn({ remote_id: "17" }), { v: 1, output: null, receipt: { ...unknown, remote_id: "17" } });
    assert.deepEqual(replyIn(null), { v: 1, output: null, receipt: unknown });
    assert.deepEqual(replyIn({ v: 1, output: 3 }), { v: 1, output: 3 }, "control: an answer stays as it came");
  });

  test("a sequence of them costs about one commit each", async () => {
    const count = 50;
    const steps = Array.from(
      { length: count },
      (_, n) => `  - { id: s${n}, tool: desk.get_ticket, with: { id: "7" } }\n`,
    );
    const world = await callStage();
    let commits = 0;
    using _heard = world.engine.subscribe(() => (commits += 1));
    const run = await world.start(`${head}steps:\n${steps.join("")}`);
    assert.equal((await world.row(run)).summary.status, "completed");
    assert.deepEqual([world.toolCalls.length, commits], [count, count + 1]);
  });
});

describe("secrets of a connector", () => {
  const withToken: ConnectorDescriptor = {
    ...desk,
    settings: {
      type: "object",
      properties: { token: { type: "string", format: "password" }, site: { type: "string" } },
    },
  };
  const text = (step: string): string =>
    `workflow: w\nsecrets: [TOKEN, OTHER]\nmodels: { fast: anthropic/claude-haiku-4-5-20251001 }\nconnectors:\n  desk: { use: zendesk@3.2.0, with: { token: "\${secrets.TOKEN}", site: acme } }\nsteps: [${step}]\n`;

  test("are in its settings at the moment of the call and nowhere else, and only those that it names are asked for", async () => {
    const asked: string[] = [];
    const requests: PolicyRequest[] = [];
    const world = await callStage({
      descriptors: [withToken],
      policy: policyOf((request) => (requests.push(request), {})),
      secret: (name) => {
        asked.push(name);
        return Promise.resolve("canary-9417");
      },
    });
    const run = await world.start(text(read));
    assert.deepEqual([asked, world.settings], [["TOKEN"], [{ token: "canary-9417", site: "acme" }]]);
    assert.ok(!JSON.stringify([await eventsOf(world, run), world.toolCalls, requests]).includes("canary-9417"));
    assert.deepEqual(
      requests.filter(({ kind }) => kind === "secret").map(({ target }) => target),
      ["TOKEN"],
    );
  });

  test("are taken from nowhere where the policy denies them, and no call is made", async () => {
    let asked = 0;
    const world = await callStage({
      descriptors: [withToken],
      policy: policyOf(({ kind }) => ({ outcome: kind === "secret" ? "deny" : "allow" })),
      secret: () => {
        asked += 1;
        return Promise.resolve("canary-9417");
      },
    });
    const run = await world.start(text(read));
    assert.deepEqual(
      [...(await errorOf(world, run)), asked, world.toolCalls.length],
      ["failed", "secret.refused", 0, 0],
    );
  });

  test("are in no request of a model whose tools need them", async () => {
    const world = await callStage({
      descriptors: [withToken],
      secret: () => Promise.resolve("canary-9417"),
      answer: (request) =>
        request.messages.length > 1
          ? "done"
          : { calls: [{ id: "1", name: "desk.get_ticket", input: { id: "${secrets.TOKEN}" } }] },
    });
    await world.start(text("{ id: ask, llm: fast, prompt: Read ticket 7, tools: [desk.get_ticket] }"));
    const [call] = world.toolCalls;
    assert.ok(isJsonObject(call?.input ?? null));
    assert.equal(call?.input["id"], "${secrets.TOKEN}", "what a model writes is text, not an expression");
    assert.ok(!JSON.stringify([world.requests, world.toolCalls]).includes("canary-9417"));
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { LLMock } from "@copilotkit/aimock";
import type { ModelTool } from "../../src/ports/model.ts";
import { errorOf, modelsOf, never, pins, providersAt, say, type WireKind, wireKinds } from "./world.ts";

const ticket: ModelTool = {
  name: "helpdesk.update_ticket",
  description: "Changes a ticket.",
  input: { type: "object", properties: { id: { type: "number" } }, required: ["id"], additionalProperties: false },
};

/** What was asked for, in the names that the mock server uses for all of them. */
interface Seen {
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
}

for (const kind of wireKinds) {
  test(`${kind}: a model gives text, and says what it used up`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("Good morning", { content: "Good evening", usage: usageFor(kind) });
    await using models = modelsOf(providersAt(mock.origin));

    const reply = await models.call(say(pins[kind], "Good morning", { system: "Be brief.", temperature: 0.2 }), never);
    assert.equal(reply.text, "Good evening");
    assert.equal(reply.end, "stop");
    assert.deepEqual(reply.calls, []);
    const { costUsd, ...tokens } = reply.usage;
    assert.deepEqual(tokens, { calls: 1, tokensIn: 1000, tokensCached: 0, tokensOut: 500, tokensReasoning: 0 });
    assert.equal(costUsd, costs[kind]);
    assert.ok(pins[kind].endsWith(reply.served), reply.served);
    assert.equal(mock.server.getRequests().length, 1, "one request is one attempt");
  });

  test(`${kind}: an answer is JSON of a schema`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("classify", { content: { kind: "bug" } });
    await using models = modelsOf(providersAt(mock.origin));
    const output = { type: "object", properties: { kind: { type: "string" } }, required: ["kind"] };
    const reply = await models.call(say(pins[kind], "classify", { output }), never);
    assert.deepEqual(JSON.parse(reply.text), { kind: "bug" });
    assert.equal(reply.end, "stop");
  });

  test(`${kind}: an answer that is no object travels inside one`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("list", { content: { value: ["a", "b"] } });
    await using models = modelsOf(providersAt(mock.origin));
    const output = { type: "array", items: { type: "string" } };
    const reply = await models.call(say(pins[kind], "list", { output }), never);
    assert.deepEqual(JSON.parse(reply.text), ["a", "b"]);
  });

  test(`${kind}: text that is no JSON is a reply with its tokens, for the caller to mend`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("broken", { content: '{"kind": "bu', usage: usageFor(kind) });
    await using models = modelsOf(providersAt(mock.origin));
    const output = { type: "object", properties: { kind: { type: "string" } }, required: ["kind"] };
    const reply = await models.call(say(pins[kind], "broken", { output }), never);
    assert.equal(reply.text, '{"kind": "bu');
    assert.equal(reply.usage.tokensOut, 500);
  });

  test(`${kind}: a tool is asked for by its name, and what it gave goes back`, async () => {
    await using mock = await startMock();
    mock.server.on(
      { predicate: (seen) => seen.messages.at(-1)?.role !== "tool" },
      { toolCalls: [{ name: "helpdesk_update_ticket", arguments: { id: 7 } }] },
    );
    mock.server.on({ hasToolResult: true }, { content: "Ticket 7 is done." });
    await using models = modelsOf(providersAt(mock.origin));

    const question = say(pins[kind], "Close ticket 7", { tools: [ticket] });
    const first = await models.call(question, never);
    assert.equal(first.end, "tools");
    const [call] = first.calls;
    assert.ok(call !== undefined);
    assert.equal(call.name, "helpdesk.update_ticket");
    assert.deepEqual(call.input, { id: 7 });
    const seen = mock.server.getLastRequest()?.body as unknown as Seen;
    assert.deepEqual(
      seen.tools?.map((tool) => tool.function?.name),
      ["helpdesk_update_ticket"],
    );

    const messages = [
      ...question.messages,
      { role: "assistant" as const, text: first.text, calls: first.calls },
      { role: "tool" as const, id: call.id, name: call.name, output: { status: "closed" } },
    ];
    const second = await models.call({ ...question, messages }, never);
    assert.equal(second.text, "Ticket 7 is done.");
    assert.equal(second.end, "stop");
    assert.match(JSON.stringify(mock.server.getLastRequest()?.body), /closed/);
  });

  test(`${kind}: refusals have their codes, and no try is made twice`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("Hello", { content: "Hello" });
    await using models = modelsOf(providersAt(mock.origin));
    const codeFor = async (status: number): Promise<string> => {
      mock.server.nextRequestError(status, { message: "It is the mock's turn." });
      return (await errorOf(models.call(say(pins[kind], "Hello"), never))).code;
    };
    assert.equal(await codeFor(401), "model.unauthorised");
    assert.equal(await codeFor(403), "model.unauthorised");
    assert.equal(await codeFor(429), "model.rate-limited");
    assert.equal(await codeFor(500), "model.unavailable");
    assert.equal(await codeFor(404), "model.refused");
    assert.equal(await codeFor(400), "model.refused");
    assert.equal(mock.server.getRequests().length, 6);
    assert.equal((await models.call(say(pins[kind], "Hello"), never)).text, "Hello");
  });

  test(`${kind}: the mock's chaos comes out as errors of ours, and in between it answers`, async () => {
    await using mock = await startMock();
    mock.server.onMessage("Hello", { content: "Hello" });
    await using models = modelsOf(providersAt(mock.origin));
    const call = async (): Promise<unknown> => await models.call(say(pins[kind], "Hello"), never);

    mock.server.setChaos({ dropRate: 1 });
    assert.equal((await errorOf(call())).code, "model.unavailable");
    mock.server.setChaos({ malformedRate: 1 });
    assert.equal((await errorOf(call())).code, "model.bad-answer");
    mock.server.setChaos({ disconnectRate: 1 });
    assert.equal((await errorOf(call())).code, "model.unavailable");
    mock.server.setChaos({ rateLimitRate: 1 });
    const limited = await errorOf(call());
    assert.equal(limited.code, "model.rate-limited");
    assert.ok(limited.retryAfterMs !== undefined && limited.retryAfterMs > 0);
    mock.server.clearChaos();
    await call();
  });
}

test("azure: addresses with the deployment in them, and the version of the interface", async () => {
  await using mock = await startMock();
  mock.server.onMessage("Hello", {
    content: "Hello",
    usage: usageFor("openai-compatible"),
    model: "gpt-4.1-mini-2025-04-14",
  });
  const baseUrl = `${mock.origin}/openai`;
  await using models = modelsOf({
    work: { kind: "azure", key: "env:KEY", baseUrl, deploymentUrls: true, apiVersion: "2024-10-21", api: "chat" },
  });
  const reply = await models.call(say("work/our-deployment", "Hello"), never);
  assert.match(mock.server.getLastRequest()?.path ?? "", /\/openai\/deployments\/our-deployment\/chat\/completions/);
  assert.equal(reply.usage.costUsd, costs.azure, "the price is that of the model which was served");
});

test("openai: the older interface is a setting", async () => {
  await using mock = await startMock();
  mock.server.onMessage("Hello", { content: "Hello" });
  await using models = modelsOf({
    openai: { kind: "openai", key: "env:KEY", baseUrl: `${mock.origin}/v1`, api: "chat" },
  });
  await models.call(say(pins.openai, "Hello"), never);
  assert.equal(mock.server.getLastRequest()?.path, "/v1/chat/completions");
});

/** Dollars for 1,000 tokens in and 500 out, by the table. */
const costs: Readonly<Record<WireKind, number | undefined>> = {
  openai: 0.0012,
  azure: 0.0012,
  anthropic: 0.0035,
  google: 0.00155,
  xai: 0.0105,
  "openai-compatible": undefined,
};

/** The mock passes the names on that the imitated interface has. */
function usageFor(kind: WireKind): Readonly<Record<string, number>> {
  if (kind === "google") return { promptTokenCount: 1000, candidatesTokenCount: 500 };
  if (kind === "openai-compatible") return { prompt_tokens: 1000, completion_tokens: 500 };
  return { input_tokens: 1000, output_tokens: 500 };
}

async function startMock(): Promise<AsyncDisposable & { readonly server: LLMock; readonly origin: string }> {
  const server = new LLMock({ port: 0, host: "127.0.0.1" });
  const origin = await server.start();
  return { server, origin, [Symbol.asyncDispose]: () => server.stop() };
}

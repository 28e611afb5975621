import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import { providerLimits } from "../../src/providers/limits.ts";
import type { Vault } from "../../src/ports/vault.ts";
import type { Script } from "../../src/providers/scripted.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { json, startStub, type Stub } from "./stub-server.ts";
import { canary, errorOf, modelsOf, never, pins, providersAt, say, settle, vault } from "./world.ts";

/** An answer of a server with the chat interface. */
const chat = json({
  id: "c",
  model: "llama3.2:3b",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
});

const local = pins["openai-compatible"];

test("a pin without a provider of the configuration says which there are", async () => {
  await using models = modelsOf({ work: { kind: "openai", key: "env:KEY" } });
  const message = /names provider 'opnai', which is not configured\. Known: work\. Add providers\.opnai to/;
  for (const pin of ["opnai/gpt-5", "toString/x", "__proto__/x"]) {
    assert.equal((await errorOf(models.call(say(pin, "Hello"), never))).code, "model.not-configured");
    assert.throws(
      () => models.describe(pin),
      (error) => hasCode(error, "model.not-configured"),
    );
  }
  assert.throws(() => models.describe("opnai/gpt-5"), message);
  assert.throws(() => models.describe("gpt-5"), /'gpt-5' is no provider\/model/);
});

test("a key that is missing is named with its variable and the line of the configuration", async () => {
  await using models = modelsOf({
    work: {
      kind: "anthropic",
      key: "env:WORK_KEY",
      baseUrl: "http://127.0.0.1:1/v1",
      place: "runwright.config.yaml:4",
    },
  });
  const error = await errorOf(models.call(say("work/claude-haiku-4-5-20251001", "Hello"), never));
  assert.equal(error.code, "secret.missing");
  assert.match(
    error.message,
    /Set WORK_KEY, or name another place in providers\.work\.key \(runwright\.config\.yaml:4\)/,
  );
});

test("a call ends when it is called off, also while its key is still being fetched", async () => {
  const asked = Promise.withResolvers<void>();
  const slow: Vault = {
    ...vault,
    resolve() {
      asked.resolve();
      return Promise.withResolvers<string>().promise;
    },
  };
  await using models = modelsOf(providersAt("http://127.0.0.1:1"), { vault: slow });
  const controller = new AbortController();
  const call = errorOf(models.call(say(pins.openai, "Hello"), controller.signal));
  await asked.promise;
  controller.abort();
  assert.equal((await call).code, "call.aborted");
});

test("a local server needs no key, and gets none that nobody wrote", async () => {
  await using stub = await startStub(chat);
  await using models = modelsOf({ "openai-compatible": { kind: "openai-compatible", baseUrl: `${stub.origin}/v1` } });
  const reply = await models.call(say(local, "Hello"), never);
  assert.equal(reply.text, "Hello");
  assert.equal(reply.usage.costUsd, undefined);
  assert.equal(stub.came[0]?.headers.authorization, undefined);
});

test("what a version pins of a provider says where and how, and holds no key and no reference to one", async () => {
  await using models = modelsOf({
    work: {
      kind: "azure",
      key: "env:KEY",
      baseUrl: "https://ours.example/openai",
      apiVersion: "2024-10-21",
      deploymentUrls: true,
      api: "chat",
      headers: { "x-team": canary },
    },
    ollama: { kind: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1" },
  });
  assert.deepEqual(models.describe("work/our-deployment"), {
    provider: "work",
    kind: "azure",
    model: "our-deployment",
    address: "https://ours.example/openai",
    api: "chat",
    apiVersion: "2024-10-21",
    deploymentUrls: true,
    headers: ["x-team"],
  });
  assert.deepEqual(models.describe(`ollama/llama3.2:3b@sha256:${"a".repeat(64)}`), {
    provider: "ollama",
    kind: "openai-compatible",
    model: "llama3.2:3b",
    digest: `sha256:${"a".repeat(64)}`,
    address: "http://127.0.0.1:11434/v1",
  });
});

test("headers of the configuration go along", async () => {
  await using stub = await startStub(chat);
  await using models = modelsOf({
    l: { kind: "openai-compatible", baseUrl: `${stub.origin}/v1`, headers: { "x-team": "a" } },
  });
  await models.call(say("l/m", "Hello"), never);
  assert.equal(stub.came[0]?.headers["x-team"], "a");
});

test("a server that takes no schema is not sent one", async () => {
  await using stub = await startStub(chat);
  const provider = { kind: "openai-compatible", baseUrl: `${stub.origin}/v1` } as const;
  await using models = modelsOf({ l: provider, old: { ...provider, structuredOutputs: false } });
  const output = { type: "object", properties: { kind: { type: "string" } }, required: ["kind"] };
  await models.call(say("l/m", "Hello", { output }), never);
  const reply = await models.call(say("old/m", "Hello", { output }), never);
  assert.match(stub.came[0]?.body ?? "", /json_schema/);
  assert.doesNotMatch(stub.came[1]?.body ?? "", /json_schema/);
  assert.ok(reply.warnings !== undefined && reply.warnings.length > 0, "and the reply says so");
});

test("a provider that is down is left alone after a few calls, and tried again later", async () => {
  let status = 503;
  await using stub = await startStub((response, came) =>
    status === 200 ? chat(response, came) : json({ error: { message: "Down." } }, status)(response, came),
  );
  const clock = createManualClock(0);
  await using models = modelsOf(providersAt(stub.origin), { clock });
  const call = async (): Promise<unknown> => await models.call(say(local, "Hello"), never);
  for (let n = 0; n < providerLimits.circuitFailures; n += 1) await errorOf(call());
  const refused = await errorOf(call());
  assert.equal(refused.code, "model.unavailable");
  assert.equal(refused.retryAfterMs, providerLimits.circuitOpenMs);
  assert.equal(stub.came.length, providerLimits.circuitFailures, "the last call did not leave");
  assert.match((await errorOf(models.call(say(pins.anthropic, "Hello"), never))).message, /\(503\)/, "others go on");

  status = 200;
  clock.jump(providerLimits.circuitOpenMs);
  await call();
  await call();
});

test("nobody waits for a turn at a provider that is down", async () => {
  await using stub = await startStub(json({ error: { message: "Down." } }, 503));
  const baseUrl = `${stub.origin}/v1`;
  const limits = { perMinute: providerLimits.circuitFailures };
  const clock = createManualClock(0);
  await using models = modelsOf({ l: { kind: "openai-compatible", baseUrl, limits } }, { clock });
  const call = async (): Promise<Error> => await errorOf(models.call(say("l/m", "Hello"), never));
  for (let n = 0; n < providerLimits.circuitFailures; n += 1) assert.match((await call()).message, /\(503\)/);
  assert.match((await call()).message, /is left alone/, "although no call may begin in this minute");
});

test("a call whose tokens the server did not count has no cost, and one that it counted has the user's", async () => {
  const choices = [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }];
  await using stub = await startStub((response, came) =>
    came.body.includes("uncounted") ? json({ id: "c", model: "m", choices })(response, came) : chat(response, came),
  );
  const providers = { l: { kind: "openai-compatible", baseUrl: `${stub.origin}/v1` } } as const;
  await using models = modelsOf(providers, { prices: [{ model: "l/*", since: "2026-01-01", in: 1000, out: 0 }] });
  assert.equal((await models.call(say("l/m", "uncounted"), never)).usage.costUsd, undefined);
  assert.equal((await models.call(say("l/m", "Hello"), never)).usage.costUsd, 0.005);
});

test("what the SDK warns of stands in the reply, and nowhere else", async () => {
  await using stub = await startStub(chat);
  await using models = modelsOf({
    old: { kind: "openai-compatible", baseUrl: `${stub.origin}/v1`, structuredOutputs: false },
  });
  const warned: string[] = [];
  const listen = ({ message }: Error): void => void warned.push(message);
  process.on("warning", listen);
  try {
    const output = { type: "object", properties: { kind: { type: "string" } }, required: ["kind"] };
    const reply = await models.call(say("old/m", "Hello", { output }), never);
    assert.ok(reply.warnings !== undefined && reply.warnings.length > 0);
    await settle();
  } finally {
    process.off("warning", listen);
  }
  assert.deepEqual(warned, []);
});

test("a provider that refuses is not down", async () => {
  await using stub = await startStub(json({ error: { message: "No." } }, 400));
  await using models = modelsOf(providersAt(stub.origin));
  for (let n = 0; n < providerLimits.circuitFailures + 2; n += 1)
    assert.equal((await errorOf(models.call(say(local, "Hello"), never))).code, "model.refused");
});

test("no more calls of a provider are under way than its limits say", async () => {
  const waiting: (() => void)[] = [];
  await using stub = await startStub((response, came) => void waiting.push(() => chat(response, came)));
  const baseUrl = `${stub.origin}/v1`;
  await using models = modelsOf({ l: { kind: "openai-compatible", baseUrl, limits: { concurrent: 2 } } });
  const calls = [1, 2, 3].map(async () => await models.call(say("l/m", "Hello"), never));
  await stub.hasCome(2);
  await settle(50);
  assert.equal(stub.came.length, 2);
  waiting.shift()?.();
  await stub.hasCome(3);
  for (const answer of waiting) answer();
  await Promise.all(calls);
});

const digest = "a80c4f17acd5".padEnd(64, "0");

test("the digest of a local model is checked where the server tells it, and never sent", async () => {
  await using stub = await startOllama(digest);
  await using models = modelsOf({ ollama: { kind: "openai-compatible", baseUrl: `${stub.origin}/v1` } });
  const reply = await models.call(say(`ollama/llama3.2:3b@sha256:${digest}`, "Hello"), never);
  assert.equal(reply.warnings, undefined);
  await models.call(say("ollama/llama3.2:3b@sha256:a80c4f17acd5", "Hello"), never);
  assert.deepEqual(
    stub.came.map(({ path }) => path),
    ["/api/tags", "/v1/chat/completions", "/v1/chat/completions"],
  );
  assert.match(stub.came[1]?.body ?? "", /"model":"llama3\.2:3b"/);

  const other = `ollama/llama3.2:3b@sha256:${"b".repeat(64)}`;
  const error = await errorOf(models.call(say(other, "Hello"), never));
  assert.equal(error.code, "model.refused");
  assert.match(error.message, /has 'llama3\.2:3b' with sha256:a80c4f17acd5, and sha256:bbbbbbbbbbbb is pinned/);
});

test("where the server tells no digests, the reply says that the digest is recorded only", async () => {
  await using stub = await startStub((response, came) =>
    came.path === "/api/tags" ? json({ error: "no" }, 404)(response, came) : chat(response, came),
  );
  await using models = modelsOf({ vllm: { kind: "openai-compatible", baseUrl: `${stub.origin}/v1` } });
  const reply = await models.call(say(`vllm/llama@sha256:${digest}`, "Hello"), never);
  assert.match(reply.warnings?.[0] ?? "", /recorded only/);
});

test("a scripted model answers from a file, says that it is none, and costs nothing", async () => {
  const clock = createManualClock(0);
  const script: Script = {
    file: "answers.yaml",
    digest: "sha256:1",
    rules: [
      {
        ...rule,
        contains: ["refund"],
        times: 1,
        answer: { kind: "error", code: "model.rate-limited", message: "Later.", retryAfterMs: 2000 },
      },
      {
        ...rule,
        contains: ["refund"],
        answer: { kind: "reply", text: "", calls: [{ name: "mail.send", input: { to: "a" } }] },
      },
      { ...rule, tool: "mail.send", delayMs: 100, answer: { kind: "reply", text: "Sent.", calls: [] } },
      { ...rule, model: "other", system: ["brief"], answer: { kind: "reply", text: "Other.", calls: [] } },
    ],
  };
  await using models = modelsOf(
    { scripted: { kind: "scripted", file: "answers.yaml" } },
    { clock, readScript: () => script },
  );
  const limited = await errorOf(models.call(say("scripted/m", "A refund, please"), never));
  assert.deepEqual([limited.code, limited.retryAfterMs], ["model.rate-limited", 2000]);

  const asked = say("scripted/m", "A refund, please");
  const first = await models.call(asked, never);
  assert.deepEqual(first, {
    text: "",
    calls: [{ id: "scripted-1-1", name: "mail.send", input: { to: "a" } }],
    end: "tools",
    served: "m (answers.yaml)",
    usage: { calls: 1, tokensIn: 0, tokensCached: 0, tokensOut: 0, tokensReasoning: 0, costUsd: 0 },
    latencyMs: 0,
    scripted: true,
  });
  const result = { role: "tool" as const, id: "scripted-1-1", name: "mail.send", output: "ok" };
  const second = models.call({ ...asked, messages: [...asked.messages, result] }, never);
  await settle();
  clock.runNext(100);
  const { text, latencyMs } = await second;
  assert.deepEqual([text, latencyMs], ["Sent.", 100]);
  assert.equal((await models.call(say("scripted/other", "x", { system: "Be brief." }), never)).text, "Other.");
  assert.deepEqual(models.describe("scripted/m")["script"], { file: "answers.yaml", digest: "sha256:1" });
});

test("a scripted request that no rule fits fails and shows what came", async () => {
  const readScript = (): Script => ({ file: "answers.yaml", digest: "", rules: [{ ...rule, contains: ["refund"] }] });
  await using models = modelsOf({ scripted: { kind: "scripted", file: "answers.yaml" } }, { readScript });
  const error = await errorOf(models.call(say("scripted/m", "Where is\nmy parcel?", { system: "You help." }), never));
  assert.equal(error.code, "model.refused");
  assert.match(
    error.message,
    /No answer in answers\.yaml fits .* role 'user': 'Where is my parcel\?'\. .*'You help\.'/,
  );
});

test("a scripted delay ends when the call is called off", async () => {
  const readScript = (): Script => ({ file: "a", digest: "", rules: [{ ...rule, delayMs: 1000 }] });
  const clock = createManualClock(0);
  await using models = modelsOf({ scripted: { kind: "scripted", file: "a" } }, { clock, readScript });
  const controller = new AbortController();
  const call = errorOf(models.call(say("scripted/m", "x"), controller.signal));
  await settle();
  controller.abort();
  assert.equal((await call).code, "call.aborted");
  assert.equal(clock.pending, 0);
});

const rule = {
  contains: [],
  system: [],
  delayMs: 0,
  answer: { kind: "reply", text: "Yes.", calls: [] },
} as const;

function startOllama(sha: string): Promise<Stub> {
  return startStub((response, came) =>
    came.path === "/api/tags"
      ? json({ models: [{ name: "llama3.2:3b", digest: sha }, { name: "x" }, 7] })(response, came)
      : chat(response, came),
  );
}

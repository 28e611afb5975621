import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { providerLimits } from "../../src/providers/limits.ts";
import { json, startStub, text } from "./stub-server.ts";
import { canary, errorOf, modelsOf, never, pins, providersAt, say, settle, wireKinds } from "./world.ts";

const page = "<!doctype html><html><body>Sign in to the proxy</body></html>";

for (const kind of wireKinds) {
  test(`${kind}: a page in place of JSON is a bad answer that says what came`, async () => {
    await using stub = await startStub(text(page, "text/html; charset=utf-8"));
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.bad-answer");
    assert.match(error.message, /with text\/html in place of JSON, which begins '<!doctype html>/);
    assert.equal(stub.came.length, 1);
  });

  test(`${kind}: JSON that breaks off is a bad answer`, async () => {
    await using stub = await startStub(text('{"id": "x", "output": [{"type": "mess', "application/json"));
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.bad-answer");
    assert.match(error.message, /JSON that breaks off after 37 characters/);
  });

  test(`${kind}: JSON of another form is a bad answer`, async () => {
    await using stub = await startStub(json({ hello: "world" }));
    await using models = modelsOf(providersAt(stub.origin));
    assert.equal((await errorOf(models.call(say(pins[kind], "Hello"), never))).code, "model.bad-answer");
  });

  test(`${kind}: a connection that breaks in the middle of an answer is an outage`, async () => {
    await using stub = await startStub((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id": ', () => response.destroy());
    });
    await using models = modelsOf(providersAt(stub.origin));
    assert.equal((await errorOf(models.call(say(pins[kind], "Hello"), never))).code, "model.unavailable");
  });

  test(`${kind}: a connection that is refused is an outage that names the address`, async () => {
    const origin = await closedOrigin();
    await using models = modelsOf(providersAt(origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.unavailable");
    assert.ok(error.message.includes(`cannot be reached at ${origin}`), error.message);
    assert.match(error.message, /ECONNREFUSED/);
  });

  test(`${kind}: a call that hangs ends when it is called off, and the provider notices`, async () => {
    await using stub = await startStub(() => {});
    await using models = modelsOf(providersAt(stub.origin));
    const controller = new AbortController();
    const call = errorOf(models.call(say(pins[kind], "Hello"), controller.signal));
    await stub.hasCome(1);
    controller.abort(new Error("The step was cancelled."));
    assert.equal((await call).code, "call.aborted");
    while (stub.givenUp === 0) await settle(1);
  });

  test(`${kind}: a call that hangs has its time, and then it was an outage`, async () => {
    await using stub = await startStub(() => {});
    const clock = createManualClock(0);
    await using models = modelsOf(providersAt(stub.origin), { clock });
    const call = errorOf(models.call(say(pins[kind], "Hello"), never));
    await stub.hasCome(1);
    clock.runNext(providerLimits.callMs);
    const error = await call;
    assert.equal(error.code, "model.unavailable");
    assert.match(error.message, new RegExp(`did not answer within 10m \\(providers\\.${kind}\\.timeout\\)`));
  });

  test(`${kind}: an answer without end is cut off`, async () => {
    const part = "x".repeat(1_048_576);
    await using stub = await startStub((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"text": "');
      const pour = (): void => {
        while (!response.destroyed && response.write(part));
      };
      response.on("drain", pour);
      pour();
    });
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.bad-answer");
    assert.match(error.message, /more than 16 MiB/);
    while (stub.givenUp === 0) await settle(1);
  });

  test(`${kind}: too many requests say when to come back`, async () => {
    const body = { error: { message: "Slow down.", code: "rate_limit" } };
    await using stub = await startStub(json(body, 429, { "retry-after": "7" }));
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.rate-limited");
    assert.equal(error.retryAfterMs, 7000);
    assert.match(error.message, /is asked too often \(429\): Slow down\.$/);
    assert.equal(stub.came.length, 1, "nobody tries again here");
  });

  test(`${kind}: a key that is not accepted is named by its place and never shown`, async () => {
    const echo = `Incorrect API key provided: ${canary}. Also sk-ca***4711.`;
    for (const status of [401, 403]) {
      await using stub = await startStub(json({ error: { message: echo } }, status));
      await using models = modelsOf(providersAt(stub.origin));
      const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
      assert.equal(error.code, "model.unauthorised");
      assert.match(error.message, status === 401 ? /does not accept the key \(401\)\./ : /forbids this \(403\): Inc/);
      assert.match(error.message, new RegExp(`comes from env:KEY, providers\\.${kind}\\.key`));
      assert.doesNotMatch(error.message, /canary|sk-ca|4711/);
      assert.ok(JSON.stringify(stub.came[0]?.headers).includes(canary), "the key did leave, in a header");
    }
  });

  test(`${kind}: a refusal has the provider's words, short and without the key`, async () => {
    const words = `The schema is too deep for ${canary}.\n${"long ".repeat(500)}`;
    await using stub = await startStub(json({ error: { message: words } }, 400));
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.refused");
    assert.match(error.message, /refused the request \(400\): The schema is too deep for ••••\. long/);
    assert.ok(error.message.length < providerLimits.wordsMax + 100);
  });

  test(`${kind}: no redirect is followed, so that no key goes elsewhere`, async () => {
    await using other = await startStub(json({}));
    await using stub = await startStub((response) => {
      response.writeHead(307, { location: `${other.origin}/elsewhere?x=1` });
      response.end();
    });
    await using models = modelsOf(providersAt(stub.origin));
    const error = await errorOf(models.call(say(pins[kind], "Hello"), never));
    assert.equal(error.code, "model.refused");
    assert.ok(error.message.includes(`redirect (307) to ${other.origin},`), error.message);
    assert.equal(other.came.length, 0);
  });

  test(`${kind}: what is left out of the configuration is not looked for in the SDK's own variables`, async () => {
    await using other = await startStub(json({}));
    await using stub = await startStub(json({ error: { message: "Enough." } }, 400));
    const names = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"];
    for (const name of names) process.env[name] = other.origin;
    try {
      await using models = modelsOf(providersAt(stub.origin));
      await errorOf(models.call(say(pins[kind], "Hello"), never));
    } finally {
      for (const name of names) delete process.env[name];
    }
    assert.deepEqual([stub.came.length, other.came.length], [1, 0]);
  });

  test(`${kind}: the bound of the answer always goes along`, async () => {
    await using stub = await startStub(json({ error: { message: "Enough." } }, 400));
    await using models = modelsOf(providersAt(stub.origin));
    await errorOf(models.call(say(pins[kind], "Hello"), never));
    await errorOf(models.call(say(pins[kind], "Hello", { tokensMax: 77 }), never));
    const [first, second] = stub.came;
    assert.match(first?.body ?? "", new RegExp(`"(max_\\w*tokens|maxOutputTokens)":${providerLimits.answerTokens}\\b`));
    assert.match(second?.body ?? "", /"(max_\w*tokens|maxOutputTokens)":77\b/);
  });
}

test("a gateway's error page is an outage where its status says so", async () => {
  await using stub = await startStub(text(page, "text/html", 502));
  await using models = modelsOf(providersAt(stub.origin));
  const error = await errorOf(models.call(say(pins.openai, "Hello"), never));
  assert.equal(error.code, "model.unavailable");
  assert.match(error.message, /fault of its own \(502\)\.$/);
});

test("an account without credit is not waited for", async () => {
  const body = { error: { message: "You exceeded your current quota.", code: "insufficient_quota" } };
  await using stub = await startStub(json(body, 429, { "retry-after": "7" }));
  await using models = modelsOf(providersAt(stub.origin));
  const error = await errorOf(models.call(say(pins.openai, "Hello"), never));
  assert.equal(error.code, "model.refused");
  assert.equal(error.retryAfterMs, undefined);
});

test("an answer that says 200 and holds an error is that error", async () => {
  const error = { message: "The server had an error.", code: "server_error" };
  await using stub = await startStub(
    json({ id: "r", object: "response", created_at: 1, model: "m", output: [], status: "failed", error }),
  );
  await using models = modelsOf(providersAt(stub.origin));
  const found = await errorOf(models.call(say(pins.openai, "Hello"), never));
  assert.equal(found.code, "model.unavailable");
  assert.match(found.message, /answered with an error: The server had an error\.$/);
});

test("a filter's stop is a reply that says so", async () => {
  await using stub = await startStub(
    json({
      id: "c",
      model: "llama3.2:3b",
      choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "content_filter" }],
      usage: { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 },
    }),
  );
  await using models = modelsOf(providersAt(stub.origin));
  const reply = await models.call(say(pins["openai-compatible"], "Hello"), never);
  assert.equal(reply.end, "filter");
  assert.equal(reply.usage.tokensIn, 5);
});

test("arguments of a tool that are no JSON, and names that nobody offered, come as they are", async () => {
  const call = (id: string, name: string, args: string): unknown => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  await using stub = await startStub(
    json({
      id: "c",
      model: "llama3.2:3b",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: null,
            tool_calls: [call("1", "mail_send", '{"to": "x'), call("2", "shell.run", '{"a": 1}')],
          },
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14, prompt_tokens_details: { cached_tokens: 3 } },
    }),
  );
  await using models = modelsOf(providersAt(stub.origin));
  const tools = [{ name: "mail.send", description: "Sends.", input: { type: "object" } }];
  const reply = await models.call(say(pins["openai-compatible"], "Hello", { tools }), never);
  assert.deepEqual(reply.calls, [
    { id: "1", name: "mail.send", input: '{"to": "x' },
    { id: "2", name: "shell.run", input: { a: 1 } },
  ]);
  assert.equal(reply.usage.tokensCached, 3);
});

async function closedOrigin(): Promise<string> {
  const stub = await startStub(() => {});
  await stub[Symbol.asyncDispose]();
  return stub.origin;
}

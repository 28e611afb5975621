// What leaves for a provider, where it matters that it is so and not otherwise.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelRequest } from "../../src/ports/model.ts";
import { json, startStub } from "./stub-server.ts";
import { errorOf, modelsOf, never, pins, providersAt, say, type WireKind } from "./world.ts";

const closed = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const open = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["a"] };
const tools = [{ name: "mail.send", description: "Sends.", input: open }];

/** The body of one request. */
async function sent(kind: WireKind, more: Partial<ModelRequest>, pin: string = pins[kind]): Promise<string> {
  await using stub = await startStub(json({ error: { message: "Enough." } }, 400));
  await using models = modelsOf(providersAt(stub.origin));
  await errorOf(models.call(say(pin, "Hello", more), never));
  return stub.came[0]?.body ?? "";
}

test("a schema is strict where it can be kept to the letter, and a guide elsewhere", async () => {
  for (const kind of ["openai", "azure", "openai-compatible"] as const) {
    assert.match(await sent(kind, { output: closed }), /"strict":true/, kind);
    const loose = await sent(kind, { output: open });
    assert.match(loose, /"strict":false/, kind);
    assert.doesNotMatch(loose, /"strict":true/, kind);
  }
});

test("tools are never sent as strict: their fields may be missing", async () => {
  for (const kind of ["openai", "azure", "anthropic", "google", "xai", "openai-compatible"] as const)
    assert.doesNotMatch(await sent(kind, { tools }), /"strict":true/, kind);
});

test("the conversation is not left with those who can be asked not to keep it", async () => {
  assert.match(await sent("openai", {}), /"store":false/);
  assert.match(await sent("azure", {}), /"store":false/);
});

test("a Gemini that takes no schema beside tools is asked for JSON in words, and a newer one by schema", async () => {
  const both = { tools, output: closed, system: "Be brief." };
  const older = await sent("google", both);
  assert.match(older, /Be brief\.\\n\\nWhen you need no more tools, answer with nothing but JSON of this schema/);
  assert.doesNotMatch(older, /responseSchema|responseJsonSchema/);
  assert.match(await sent("google", both, "google/gemini-3-pro-001"), /responseSchema|responseJsonSchema/);
  assert.match(await sent("google", { output: closed }), /responseSchema|responseJsonSchema/);
});

test("a failed tool goes back as a failure, and names and ids stay together over a conversation", async () => {
  const body = await sent("openai-compatible", {
    tools,
    messages: [
      { role: "user", content: "Send it" },
      { role: "assistant", text: "One moment.", calls: [{ id: "c1", name: "mail.send", input: { a: "x" } }] },
      { role: "tool", id: "c1", name: "mail.send", output: { error: "no such address" }, failed: true },
      { role: "user", content: "And now?" },
    ],
  });
  const { messages } = JSON.parse(body) as { readonly messages: readonly Record<string, unknown>[] };
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["user", "assistant", "tool", "user"],
  );
  const call = { id: "c1", type: "function", function: { name: "mail_send", arguments: '{"a":"x"}' } };
  assert.deepEqual(messages[1]?.["tool_calls"], [call]);
  assert.equal(messages[2]?.["tool_call_id"], "c1");
  assert.match(JSON.stringify(messages[2]), /no such address/);
});

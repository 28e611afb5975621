// What servers do wrong, and what calls come to then.
import assert from "node:assert/strict";
import { existsSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode, messageOf } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { bentServer, callOf, isAlive, mapOf, openStage, type Stage, until, wordsOf } from "./stage.ts";

const long = { timeout: 120_000 };
const onLinux = { ...long, skip: process.platform !== "linux" };

async function whereabouts(stage: Stage, descriptor: Awaited<ReturnType<Stage["describe"]>>): Promise<JsonObject> {
  return mapOf((await stage.call(descriptor, "environment")).output);
}

test("a tool of which nothing is said is a write that may not be repeated", long, async () => {
  await using stage = openStage();
  const { actions } = await stage.describe(bentServer());
  assert.deepEqual(
    [actions["note"]?.effect, actions["meta"]?.effect, actions["say"]?.effect],
    ["blind", "idempotent", "read"],
  );
});

test("a server gets the call as a whole and its key", long, async () => {
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer());
  const { output } = await stage.call(descriptor, "meta");
  assert.deepEqual(mapOf(output)["runwright/call"], callOf(descriptor, "meta", {}));
  assert.equal(mapOf(output)["runwright/idempotencyKey"], "k".repeat(64));
});

test("the key goes into an argument where the action names one", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const file = path.join(folder.path, "notes");
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer(), { actions: { note: { mcp: { key: "text" } } } });
  await stage.call(descriptor, "note", { file });
  assert.equal(readFileSync(file, "utf8"), `${"k".repeat(64)}\n`);
});

test("the receipt is read from the answer, where the action says", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  await using stage = openStage();
  const receipt = { remote_id: "id", url: "links[0].url" };
  const descriptor = await stage.describe(bentServer(), { actions: { note: { mcp: { receipt } } } });
  const reply = await stage.call(descriptor, "note", { file: path.join(folder.path, "notes"), text: "a" });
  assert.deepEqual(reply.receipt, { remote_id: "7", url: "https://example.com/7", before: null });
});

test("whether a call was carried out is looked up by the tool that the action names", long, async () => {
  await using stage = openStage();
  const find = (at: string) => ({ tool: "say", with: { text: '["${key}"]' }, at });
  const actions = { note: { mcp: { find: find("[1]") } }, note_and_hang: { mcp: { find: find("[0]") } }, say: {} };
  const descriptor = await stage.describe(bentServer(), { actions });
  const look = (action: string) =>
    stage.connector.find(descriptor, callOf(descriptor, action, {}), {
      settings: {},
      signal: new AbortController().signal,
    });
  assert.equal(await look("note"), undefined);
  assert.equal((await look("note_and_hang"))?.output, "k".repeat(64));
  await assert.rejects(look("say"), (error) => hasCode(error, "tool.failed"));
});

test("a program sees PATH and what the connector names, and nothing of ours", long, async () => {
  await using stage = openStage();
  const settings = { token: "s3cret-value" };
  const parts = { settings: { type: "object", properties: { token: { type: "string" }, other: { type: "string" } } } };
  const env = { TOKEN: "${settings.token}", OTHER: "${settings.other}" };
  const descriptor = await stage.describe({ ...bentServer(), env }, parts, settings);
  const { output } = await stage.call(descriptor, "environment", {}, { settings });
  const { PATH: _path, ...seen } = mapOf(mapOf(output)["env"] ?? null);
  assert.deepEqual(seen, { TOKEN: "s3cret-value" });
});

test("a value of the settings that a server repeats is in no message", long, async () => {
  await using stage = openStage();
  const settings = { token: "s3cret-value" };
  const parts = { settings: { type: "object", properties: { token: { type: "string" } } } };
  const descriptor = await stage.describe({ ...bentServer(), env: { TOKEN: "${settings.token}" } }, parts, settings);
  const said = stage.call(descriptor, "fail", { text: "who sent s3cret-value?" }, { settings });
  await assert.rejects(said, (error) => hasCode(error, "tool.failed") && error.message.includes("who sent ••••?"));
  // Control: another text stays.
  const plain = stage.call(descriptor, "fail", { text: "who sent this?" }, { settings });
  await assert.rejects(plain, (error) => messageOf(error).includes("who sent this?"));
});

test("a tool that says it failed fails the call; one that is not there is not allowed", long, async () => {
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer());
  await assert.rejects(stage.call(descriptor, "fail", { text: "no" }), (error) => hasCode(error, "tool.failed"));
  await assert.rejects(stage.call(descriptor, "say", { text: 7 }), (error) => hasCode(error, "tool.input-invalid"));
  await assert.rejects(stage.call(descriptor, "nothing"), (error) => hasCode(error, "tool.not-allowed"));
});

test("calls with the same settings share a server, others and other tenants do not", long, async () => {
  await using stage = openStage();
  const parts = { settings: { type: "object", properties: { token: { type: "string" } } } };
  const descriptor = await stage.describe({ ...bentServer(), env: { TOKEN: "${settings.token}" } }, parts);
  const pid = async (settings: JsonObject, tenant = "acme"): Promise<number> =>
    Number(mapOf((await stage.call(descriptor, "environment", {}, { settings, call: { tenant } })).output)["pid"]);
  const first = await pid({ token: "a" });
  assert.equal(await pid({ token: "a" }), first);
  const others = new Set([first, await pid({ token: "b" }), await pid({ token: "a" }, "other")]);
  assert.equal(others.size, 3);
});

test(
  "a server killed in the middle of a write is unavailable, wrote once, and the next call starts another",
  long,
  async () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
    const file = path.join(folder.path, "notes");
    await using stage = openStage();
    const descriptor = await stage.describe(bentServer());
    const { pid } = await whereabouts(stage, descriptor);
    await assert.rejects(
      stage.call(descriptor, "note_and_die", { file }),
      (error) => hasCode(error, "tool.unavailable") && error.message.includes("SIGKILL"),
    );
    assert.equal(readFileSync(file, "utf8"), "written\n");
    assert.notEqual((await whereabouts(stage, descriptor))["pid"], pid);
    assert.equal(readFileSync(file, "utf8"), "written\n", "it was not written again");
  },
);

test("a call that hangs ends with its signal, and its server serves nobody else", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const file = path.join(folder.path, "notes");
  await using stage = openStage({ stopMs: 50 });
  const descriptor = await stage.describe(bentServer());
  const { pid } = await whereabouts(stage, descriptor);
  const stop = new AbortController();
  const hanging = stage.call(descriptor, "note_and_hang", { file }, { signal: stop.signal });
  await until(() => existsSync(file));
  stop.abort();
  await assert.rejects(hanging, (error) => hasCode(error, "call.aborted"));
  assert.notEqual((await whereabouts(stage, descriptor))["pid"], pid);
  assert.equal(readFileSync(file, "utf8"), "written\n");
});

test("a call that nobody ends is ended after its longest time", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  await using stage = openStage({ callMsMax: 200 });
  const descriptor = await stage.describe(bentServer());
  await assert.rejects(
    stage.call(descriptor, "note_and_hang", { file: path.join(folder.path, "notes") }),
    (error) => hasCode(error, "tool.unavailable") && error.message.includes("no answer in time"),
  );
});

test("an answer that is too long is refused, and its server is ended", onLinux, async () => {
  await using stage = openStage({ answerBytesMax: 100_000 });
  const descriptor = await stage.describe(bentServer());
  const { pid } = await whereabouts(stage, descriptor);
  assert.equal(wordsOf((await stage.call(descriptor, "long", { chars: "90000" })).output).length, 90_000);
  await assert.rejects(stage.call(descriptor, "long", { chars: "200000" }), (error) =>
    hasCode(error, "tool.bad-answer"),
  );
  await until(() => !isAlive(Number(pid)));
});

test("what is neither text nor data is described and not kept", long, async () => {
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer());
  const { output } = await stage.call(descriptor, "shapes");
  const [picture, link] = mapOf(output)["others"] as readonly JsonObject[];
  assert.deepEqual([mapOf(output)["text"], picture?.["media_type"], picture?.["bytes"]], ["a picture", "image/png", 6]);
  assert.equal(link?.["uri"], "file:///a.txt");
});

test("a server whose tools changed while nobody looked is refused, and nothing is sent", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const file = path.join(folder.path, "notes");
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer("1"));
  const moved = { ...descriptor, mcp: { ...descriptor.mcp!, args: [...(bentServer()["args"] as string[]), "2"] } };
  await assert.rejects(stage.call(moved, "note", { file, text: "a" }), (error) => hasCode(error, "connector.drift"));
  assert.equal(existsSync(file), false);
  await stage.call(descriptor, "note", { file, text: "a" });
});

test("a server that changes its tools while it is connected is refused from then on", long, async () => {
  await using stage = openStage();
  const actions = ["change", "changing", "environment"];
  const descriptor = await stage.describe(bentServer(), { actions });
  assert.equal((await stage.call(descriptor, "changing")).output, "still here");
  await stage.call(descriptor, "change");
  await assert.rejects(stage.call(descriptor, "changing"), (error) => hasCode(error, "connector.drift"));
});

test("control: a change of tools that the connector does not name is no drift", long, async () => {
  await using stage = openStage();
  const descriptor = await stage.describe(bentServer(), { actions: ["change", "environment"] });
  const { pid } = await whereabouts(stage, descriptor);
  await stage.call(descriptor, "change");
  assert.equal((await whereabouts(stage, descriptor))["pid"], pid);
});

test(
  "a connector whose server is closed leaves no process, neither the server's nor those it started",
  onLinux,
  async () => {
    let pids: readonly number[] = [];
    {
      await using stage = openStage({ stopMs: 50 });
      const descriptor = await stage.describe({ ...bentServer(), env: { DEAF: "1" } });
      pids = [
        Number((await whereabouts(stage, descriptor))["pid"]),
        Number((await stage.call(descriptor, "child")).output),
      ];
      assert.ok(pids.every(isAlive));
    }
    assert.deepEqual(pids.filter(isAlive), []);
  },
);

test("a connection that nobody uses is closed after a while", onLinux, async () => {
  await using stage = openStage({ idleMs: 1, stopMs: 50 });
  const descriptor = await stage.describe(bentServer());
  const { pid } = await whereabouts(stage, descriptor);
  await until(() => !isAlive(Number(pid)));
});

test("there are never more connections than allowed", onLinux, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  await using stage = openStage({ connectionsMax: 1, stopMs: 50 });
  const descriptor = await stage.describe(bentServer());
  const { pid } = await whereabouts(stage, descriptor);
  // The unused one makes room.
  const other = await stage.call(descriptor, "environment", {}, { call: { tenant: "other" } });
  await until(() => !isAlive(Number(pid)));
  const stop = new AbortController();
  const file = path.join(folder.path, "notes");
  const more = { call: { tenant: "other" }, signal: stop.signal };
  const busy = stage.call(descriptor, "note_and_hang", { file }, more).catch(messageOf);
  await until(() => existsSync(file));
  await assert.rejects(
    stage.call(descriptor, "environment"),
    (error) => hasCode(error, "tool.unavailable") && error.message.includes("1 connections"),
  );
  stop.abort();
  await busy;
  assert.ok(Number(mapOf(other.output)["pid"]) > 0);
});

test("a server is held to the revision of the protocol that the connector names", long, async () => {
  await using stage = openStage();
  const pinned = await stage.describe({ ...bentServer(), protocol: "2026-07-28" });
  assert.equal(pinned.mcp?.protocol, "2026-07-28");
  const { output } = await stage.call(pinned, "meta");
  assert.equal(mapOf(output)["runwright/idempotencyKey"], "k".repeat(64));
  await assert.rejects(stage.describe({ ...bentServer(), protocol: "2031-01-01" }), (error) =>
    hasCode(error, "tool.unavailable"),
  );
});

test("a program that is not there, and one that ends at once, are told with what they said", long, async () => {
  await using stage = openStage();
  await assert.rejects(
    stage.describe({ command: "/nowhere/server" }),
    (error) => hasCode(error, "tool.unavailable") && error.message.includes("could not be started"),
  );
  await assert.rejects(
    stage.describe({ command: "node", args: ["-e", "console.error('no key given'); process.exit(3)"] }),
    (error) => hasCode(error, "tool.unavailable") && /exit code 3.*no key given/.test(error.message),
  );
});

const refusals: readonly (readonly [
  status: number,
  headers: Readonly<Record<string, string>>,
  code: string,
  waitMs?: number,
])[] = [
  [401, {}, "tool.unauthorised"],
  [403, {}, "tool.unauthorised"],
  [429, { "retry-after": "7" }, "tool.rate-limited", 7000],
  [503, { "retry-after": "3" }, "tool.unavailable", 3000],
  [500, {}, "tool.unavailable"],
  [200, { "content-type": "text/html" }, "tool.bad-answer"],
];

for (const [status, headers, code, waitMs] of refusals) {
  test(`an address that answers ${status} ${JSON.stringify(headers)} is ${code}`, long, async () => {
    await using server = await answering(status, headers);
    await using stage = openStage();
    await assert.rejects(stage.describe({ url: server.url }), (error) => {
      assert.deepEqual(
        [(error as { code?: string }).code, (error as { retryAfterMs?: number }).retryAfterMs],
        [code, waitMs],
      );
      return true;
    });
  });
}

test("an address whose answer never ends is refused at its bound", long, async () => {
  await using server = await answering(200, { "content-type": "application/json" }, 300_000);
  await using stage = openStage({ answerBytesMax: 100_000 });
  await assert.rejects(stage.describe({ url: server.url }), (error) => hasCode(error, "tool.bad-answer"));
});

async function answering(
  status: number,
  headers: Readonly<Record<string, string>>,
  chars = 10,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(status, headers).end("x".repeat(chars));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Whether the other side has certainly done nothing: what a failed call over HTTP says of it, against real servers on this machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, RunwrightError } from "../../src/base/error.ts";
import { startStandIn, type Told } from "../stand-ins/stand-in.ts";
import { type Caller, callerOf } from "./caller.ts";

async function failureOf(call: Promise<unknown>): Promise<RunwrightError> {
  const failure: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof RunwrightError, `it did not fail with a code: ${messageOf(failure)}`);
  return failure;
}

/** The failure of a write that is answered so. */
async function answered(told: Told, action: "post" | "post_once" = "post"): Promise<RunwrightError> {
  await using server = await startStandIn(() => told);
  await using http = callerOf("http", { base: server.url });
  return await failureOf(http.call(action, { path: "/a" }));
}

for (const status of [400, 401, 403, 404, 405, 410, 412, 413, 415, 422, 429])
  test(`a server that answers ${status} has done nothing`, async () => {
    assert.equal((await answered({ status })).undone, true);
  });

for (const status of [302, 402, 408, 418, 500, 502, 503, 504])
  test(`control: of a call that is answered ${status} nobody knows`, async () => {
    assert.equal((await answered({ status, headers: { location: "http://127.0.0.1:1/" } })).undone, undefined);
  });

test("a conflict is a refusal, but under a key it may be the first call, still at work", async () => {
  assert.equal((await answered({ status: 409 })).undone, true);
  assert.equal((await answered({ status: 409 }, "post_once")).undone, undefined);
});

test("an answer that is none says nothing of what was done, and neither does a connection that breaks off", async () => {
  const refresh = { status: 200, headers: { "content-type": "application/json" }, body: "{" };
  assert.equal((await answered(refresh)).undone, undefined);
  await using server = await startStandIn(() => ({ status: 200 }));
  server.fail({ kind: "apply-drop" });
  await using http = callerOf("http", { base: server.url });
  const failure = await failureOf(http.call("post", { path: "/a" }));
  assert.deepEqual([failure.code, failure.undone], ["tool.unavailable", undefined]);
});

test("what never left has done nothing: nobody listens, the address is refused, the name is none, the input does not fit", async () => {
  const server = await startStandIn(() => ({ status: 200 }));
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const callers: readonly (readonly [code: string, http: Caller])[] = [
    ["tool.unavailable", callerOf("http", { base: url })],
    ["connector.address-refused", callerOf("http", { base: "http://127.0.0.2" })],
    [
      "tool.unavailable",
      callerOf(
        "http",
        { base: "http://nowhere.example" },
        { resolve: () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })) },
      ),
    ],
    ["connector.not-configured", callerOf("http", { base: "ftp://nowhere" })],
  ];
  for (const [code, http] of callers) {
    await using caller = http;
    const failure = await failureOf(caller.call("post", { path: "/a" }));
    assert.deepEqual([failure.code, failure.undone], [code, true], failure.message);
  }
});

test("behind a redirect a refusal is no answer to what was asked", async () => {
  await using server = await startStandIn(({ path }) =>
    path === "/a" ? { status: 302, headers: { location: "/gone" } } : { status: 404 },
  );
  await using http = callerOf("http", { base: server.url });
  assert.equal((await failureOf(http.call("get", { path: "/a" }))).undone, undefined);
  assert.equal((await failureOf(http.call("get", { path: "/b" }))).undone, true, "control: asked straight");
});

test("whatever fails in reading what stood there before fails before anything is written", async () => {
  await using server = await startStandIn(() => ({ status: 500 }));
  await using zendesk = callerOf("zendesk", { url: server.url, email: "ada@example.com", token: "t" });
  const failure = await failureOf(zendesk.call("update_ticket", { id: "7", priority: "high" }));
  assert.deepEqual([failure.code, failure.undone], ["tool.unavailable", true], failure.message);
  assert.ok(
    server.asked.every(({ method }) => method === "GET"),
    "it only read",
  );
});

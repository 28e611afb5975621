import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../src/base/json.ts";
import { startStandIn } from "../stand-ins/stand-in.ts";
import { builtIn, callerOf } from "./caller.ts";

test("every action of http@1.0.0 does what it says, below its base and nowhere else", async () => {
  const headers = { location: "/v1/a/7", "set-cookie": "session=abc" } as const;
  await using server = await startStandIn(({ method }) =>
    method === "DELETE" ? { status: 404 } : { status: 200, headers, body: { done: method } },
  );
  await using http = callerOf("http", { base: `${server.url}/v1/`, token: "t0ken" });
  for (const [action, method] of [
    ["get", "GET"],
    ["post", "POST"],
    ["post_once", "POST"],
    ["put", "PUT"],
    ["patch", "PATCH"],
  ] as const) {
    const input = { path: "/a/b c", query: { q: "1" }, ...(method !== "GET" && { body: { a: [1] } }) };
    const { output, receipt } = await http.call(action, input);
    assert.deepEqual((output as JsonObject)["body"], { done: method });
    assert.equal(
      ((output as JsonObject)["headers"] as JsonObject)["set-cookie"],
      undefined,
      "who is signed in is not told",
    );
    assert.deepEqual(receipt, method === "GET" ? undefined : { remote_id: "/v1/a/7", url: null, before: null });
    const asked = server.asked.at(-1);
    assert.deepEqual(
      [asked?.method, asked?.path, asked?.query.get("q"), asked?.headers.authorization],
      [method, "/v1/a/b c", "1", "Bearer t0ken"],
    );
    assert.deepEqual(asked?.body, method === "GET" ? "" : { a: [1] });
    assert.equal(asked?.headers["idempotency-key"] !== undefined, action === "post_once");
  }
  assert.equal(((await http.call("delete", { path: "a" })).output as JsonObject)["status"], 404, "it is gone already");
  assert.deepEqual([...http.called].toSorted(), Object.keys(builtIn("http").actions).toSorted());
});

// docs/connectors.md says what is there, and its example can be used.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { builtInConnectors } from "../src/connectors/built-in.ts";
import { readDescriptor } from "../src/connectors/read-descriptor.ts";
import { callerOf } from "./connectors/caller.ts";
import { root } from "./house/sources.ts";
import { startStandIn } from "./stand-ins/stand-in.ts";

const page = readFileSync(path.join(root, "docs", "connectors.md"), "utf8");

test("the page names every built-in connector with all its actions, in their order", () => {
  const rows = [...page.matchAll(/^\| `([\w-]+@[\d.]+)` +\|[^|]*\|([^|]*)\|$/gm)];
  assert.deepEqual(
    rows.map(([, pin, actions = ""]) => [pin, [...actions.matchAll(/`(\w+)`/g)].map(([, name]) => name)]),
    builtInConnectors.map(({ name, version, actions }) => [`${name}@${version}`, Object.keys(actions)]),
  );
});

test("the page's example has twenty lines, and can be used as it is", async () => {
  const text = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  assert.ok(text.trim().split("\n").length <= 20);
  const descriptor = readDescriptor({ file: "desk@1.0.0.json", text });
  await using server = await startStandIn(() => ({ status: 200, body: { state: "open" } }));
  const here = { ...descriptor, http: { ...descriptor.http, base: server.url } };
  await using desk = callerOf(here, { token: "t0ken" });
  assert.deepEqual((await desk.call("close", { id: "7" })).receipt, {
    remote_id: "7",
    url: null,
    before: { state: "open" },
  });
  assert.deepEqual(
    server.asked.map(({ method, path: asked, body }) => [method, asked, body]),
    [
      ["GET", "/cases/7", ""],
      ["PATCH", "/cases/7", { state: "closed" }],
    ],
  );
});

// docs/connectors.md says what is there, and its example can be used.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { builtInConnectors } from "../src/connectors/built-in.ts";
import { readDescriptor } from "../src/connectors/read-descriptor.ts";
import { root } from "./house/sources.ts";

const page = readFileSync(path.join(root, "docs", "connectors.md"), "utf8");

test("the page names every built-in connector with all its actions, in their order", () => {
  const rows = [...page.matchAll(/^\| `([\w-]+@[\d.]+)` +\|[^|]*\|([^|]*)\|$/gm)];
  assert.deepEqual(
    rows.map(([, pin, actions = ""]) => [pin, [...actions.matchAll(/`(\w+)`/g)].map(([, name]) => name)]),
    builtInConnectors.map(({ name, version, actions }) => [`${name}@${version}`, Object.keys(actions)]),
  );
});

test("the page's example is a connector that can be used", () => {
  const text = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  assert.deepEqual(Object.keys(readDescriptor({ file: "desk@1.0.0.json", text }).actions), ["close"]);
});

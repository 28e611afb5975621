import assert from "node:assert/strict";
import { test } from "node:test";
import { fitsNode } from "./node-version.ts";

test("a Node fits from the wanted version on", () => {
  const versions = ["20.20.2", "24.9.0", "24.14.9", "24.15.0", "24.21.0", "25.0.0", "26.1.0"];
  assert.deepEqual(
    versions.map((version) => fitsNode(version, ">=24.15")),
    [false, false, false, true, true, true, true],
  );
});

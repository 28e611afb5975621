import assert from "node:assert/strict";
import { test } from "node:test";
import { layLine, layRow } from "./layout.ts";
import { cut, widthOf } from "./width.ts";

const plain = (_tone: string, text: string): string => text;
const line = {
  word: "succeeded",
  tone: "good",
  path: "audit[docs/東京/reference.md]",
  count: "12/4000",
  tookMs: 65_000,
  failed: false,
} as const;

test("a line without a note fits terminals from 40 columns on", () => {
  for (const columns of [40, 41, 63, 64, 80, 100, 200]) {
    assert.ok(widthOf(layLine(line, columns, plain)) < columns, `${columns} columns`);
  }
});

test("a note stands beside the line where there is room, and below it where there is none", () => {
  const noted = { ...line, note: "Write the report about 24 files?" };
  assert.equal(layLine(noted, 120, plain).split("\n").length, 1);
  assert.equal(layLine(noted, 80, plain).split("\n").length, 2);
  assert.ok(layLine(noted, 40, plain).endsWith(noted.note), "it is never cut");
});

test("a log gets whole paths", () => {
  assert.ok(layLine({ ...line, path: "a".repeat(100) }, Infinity, plain).includes("a".repeat(100)));
});

test("a row of the region shows tenths of seconds since its start", () => {
  const row = { word: "running", tone: "active", path: "audit", since: 1000 } as const;
  const { head, rest } = layRow(row, 2270, 80);
  assert.equal(head.trim(), "running");
  assert.match(cut(rest, 79), /audit\s+1\.2s/);
});

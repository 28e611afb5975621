import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../base/limits.ts";
import { byRun, takeLines, type LogHead } from "./log-rules.ts";
import type { LogEntry } from "./logs.ts";

const entry: LogEntry = {
  key: { tenant: "t", workspace: "w", run: "r1" },
  path: "a",
  attempt: 1,
  at: 7,
  level: "stdout",
  text: "",
};

test("empty lines come to an end too, and nothing follows the last line", () => {
  const batch = Array.from({ length: 1000 }, () => entry);
  let head: LogHead = { lines: 0, bytes: 0 };
  let lines = 0;
  let last: string | undefined;
  for (let rows = 1; rows > 0;) {
    const taken = takeLines(head, batch);
    rows = taken.rows.length;
    last = taken.rows.at(-1)?.text ?? last;
    lines += rows;
    assert.ok(lines <= limits.runLogBytesMax / 64, `${lines} lines`);
    head = taken.head;
  }
  assert.ok(lines > limits.runLogBytesMax / 100);
  assert.equal(head.lines, lines);
  assert.match(last ?? "", /left out/);
});

test("one line that is larger than all that is kept is left out as well", () => {
  const { rows, head } = takeLines({ lines: 4, bytes: 0 }, [
    { ...entry, text: "x".repeat(limits.runLogBytesMax) },
    entry,
  ]);
  assert.deepEqual(
    rows.map(({ n, path, level, at }) => [n, path, level, at]),
    [[5, "", "warn", 7]],
  );
  assert.equal(head.lines, 5);
  assert.ok(head.bytes > limits.runLogBytesMax);
});

test("a batch is split by runs, each in its own order", () => {
  const of = (run: string, text: string, tenant = "t"): LogEntry => ({
    ...entry,
    key: { ...entry.key, run, tenant },
    text,
  });
  const runs = byRun([of("r1", "1"), of("r2", "2"), of("r1", "3"), of("r1", "4", "u")]);
  assert.deepEqual(
    runs.map(({ entries }) => entries.map(({ text }) => text)),
    [["1", "3"], ["2"], ["4"]],
  );
});

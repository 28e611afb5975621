import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatDuration, parseDuration } from "./duration.ts";
import { newRunId, pathKey } from "./ids.ts";
import { canonicalJson, equalJson, jsonProblem } from "./json.ts";

describe("ids", () => {
  test("a run id made later sorts later, and all its chance is used", () => {
    const zero = new Uint8Array(10);
    const full = new Uint8Array(10).fill(255);
    assert.ok(newRunId(1000, full) < newRunId(1001, zero));
    assert.match(newRunId(Date.UTC(2026, 0), full), /^r[0-9a-hjkmnp-tv-z]{10}z{16}$/);
  });

  test("a path key keeps letters, digits, _ and -, encodes the rest, and stays short", () => {
    assert.equal(pathKey("EP-2_x"), "EP-2_x");
    assert.equal(pathKey("a/b[c]@d.e~f"), "a%2Fb%5Bc%5D%40d%2Ee%7Ef");
    const long = pathKey("ü".repeat(200));
    assert.ok(long.length <= 96, long);
    assert.notEqual(long, pathKey(`${"ü".repeat(199)}u`));
    assert.doesNotThrow(() => pathKey("\uD800 alone"));
  });
});

describe("json", () => {
  test("equal values have equal canonical text, whatever the order of their keys", () => {
    const one = { b: [1, { d: null, c: "x" }], a: true };
    const other = { a: true, b: [1, { c: "x", d: null }] };
    assert.equal(canonicalJson(one), canonicalJson(other));
    assert.ok(equalJson(one, other));
    assert.ok(!equalJson(one, { ...other, e: 1 }));
    assert.ok(!equalJson({ a: null }, { b: null }));
  });

  test("what JSON cannot hold is named with its place", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const cases: readonly (readonly [unknown, RegExp | undefined])[] = [
      [{ a: [1, "x", null, { b: true }] }, undefined],
      [Number.NaN, /^\$ is NaN$/],
      [{ rows: [1, { at: () => 1 }] }, /^\$\.rows\[1\]\.at is a function$/],
      [{ at: new Date(0) }, /^\$\.at is a Date/],
      [[undefined], /^\$\[0\] is undefined$/],
      [10n, /a bigint/],
      [cycle, /refers to itself$/],
    ];
    for (const [value, expected] of cases) {
      const problem = jsonProblem(value);
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", expected);
    }
  });
});

describe("durations", () => {
  test("are read in every unit, and nothing else is", () => {
    const texts = ["250ms", "30s", "1.5m", "2h", "7d", "2 days", "-1s", "s", "1e3s"];
    assert.deepEqual(texts.map(parseDuration), [
      250,
      30_000,
      90_000,
      7_200_000,
      604_800_000,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("are shown in the two units that matter", () => {
    const shown = [480, 1234, 59_999, 185_000, 3_600_000, 7_860_000, 356_400_000].map(formatDuration);
    assert.deepEqual(shown, ["480ms", "1.2s", "59.9s", "3m 5s", "1h", "2h 11m", "4d 3h"]);
  });
});

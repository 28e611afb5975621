import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInPrices, costOf, type Price } from "./prices.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const million = { tokensIn: 1_000_000, tokensCached: 0, tokensOut: 1_000_000 };

test("what was at hand costs less, and what the model thought costs like what it said", () => {
  const table: readonly Price[] = [{ model: "a/m", since: "2026-01-01", in: 2, cached: 0.5, out: 10 }];
  assert.equal(costOf({ tokensIn: 1000, tokensCached: 400, tokensOut: 100 }, ["a/m"], [table], now), 0.0024);
  const plain: readonly Price[] = [{ model: "a/m", since: "2026-01-01", in: 2, out: 10 }];
  assert.equal(costOf({ tokensIn: 1000, tokensCached: 400, tokensOut: 100 }, ["a/m"], [plain], now), 0.003);
});

test("a model that no table knows has no price", () => {
  assert.equal(costOf(million, ["openai-compatible/llama3.2"], [[], builtInPrices], now), undefined);
});

test("the longest name wins, then the latest day that has come", () => {
  const table: readonly Price[] = [
    { model: "a/m-*", since: "2026-01-01", in: 1, out: 0 },
    { model: "a/m-big*", since: "2025-01-01", in: 2, out: 0 },
    { model: "a/m-big*", since: "2026-06-01", in: 3, out: 0 },
    { model: "a/m-big*", since: "2026-11-22", in: 4, out: 0 },
  ];
  assert.equal(costOf(million, ["a/m-big-1"], [table], now), 3);
  assert.equal(costOf(million, ["a/m-big-1"], [table], Date.parse("2026-05-31T23:59:59Z")), 2);
  assert.equal(costOf(million, ["a/m-small"], [table], now), 1);
});

test("the user's table goes before ours, for the name of the provider as for its kind", () => {
  const own: readonly Price[] = [{ model: "work/gpt-5*", since: "2026-01-01", in: 7, out: 0 }];
  const names = ["work/gpt-5-mini-2025-08-07", "openai/gpt-5-mini-2025-08-07"];
  assert.equal(costOf(million, names, [own, builtInPrices], now), 7);
  assert.equal(costOf(million, names, [[], builtInPrices], now), 2.25);
});

test("each row of our table has a day, prices and a source, and its own snapshots in the language's examples are found", () => {
  for (const { model, since, in: into, cached = 0, out, source } of builtInPrices) {
    assert.match(model, /^(openai|anthropic|google|xai)\/[\w.-]+\*?$/);
    assert.match(since, /^20\d\d-\d\d-\d\d$/);
    assert.ok(into > 0 && out > 0 && cached <= into, model);
    assert.ok(source !== undefined && source.length > 0, model);
  }
  for (const pin of [
    "anthropic/claude-haiku-4-5-20251001",
    "openai/gpt-5-mini-2025-08-07",
    "anthropic/claude-opus-4-5-20251101",
  ])
    assert.ok(costOf(million, [pin], [builtInPrices], now) !== undefined, pin);
});

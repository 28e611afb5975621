import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../base/json.ts";
import { providerLimits } from "./limits.ts";
import { retryAfterOf } from "./retry-after.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

function waitFor(headers: Readonly<Record<string, string>>, body?: Json): number | undefined {
  return retryAfterOf((name) => headers[name] ?? null, body, now);
}

test("what a provider asks for is read in every form in which they say it", () => {
  assert.equal(waitFor({ "retry-after": "7" }), 7000);
  assert.equal(waitFor({ "retry-after": "1.5" }), 1500);
  assert.equal(waitFor({ "retry-after-ms": "250", "retry-after": "7" }), 250);
  assert.equal(waitFor({ "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT" }), 30_000);
  assert.equal(waitFor({ "retry-after": "2026-11-21T12:01:00Z" }), 60_000);
  assert.equal(waitFor({ "x-ratelimit-reset-requests": "6m0s" }), 360_000);
  assert.equal(waitFor({ "x-ratelimit-reset-tokens": "1m2.123456s" }), 62_123);
  assert.equal(waitFor({ "anthropic-ratelimit-requests-reset": "2026-11-21T12:00:05Z" }), 5000);
  assert.equal(waitFor({ "x-ratelimit-reset": String(now / 1000 + 9) }), 9000);
  assert.equal(waitFor({}, { error: { details: [{ "@type": "x" }, { retryDelay: "34s" }] } }), 34_000);
  assert.equal(waitFor({}, [{ error: { details: [{ retryDelay: "34.5s" }] } }]), 34_500);
});

test("a limit that is not used up is not waited for, and of those that are the longest counts", () => {
  const headers = {
    "x-ratelimit-remaining-requests": "12",
    "x-ratelimit-reset-requests": "5m",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "2s",
  };
  assert.equal(waitFor(headers), 2000);
  assert.equal(waitFor({ ...headers, "x-ratelimit-remaining-requests": "0" }), 300_000);
});

test("a wait is bounded, never below zero, and nothing where nothing can be read", () => {
  assert.equal(waitFor({ "retry-after": "9999999" }), providerLimits.retryAfterMsMax);
  assert.equal(waitFor({ "retry-after": "Sat, 21 Nov 2020 12:00:00 GMT" }), 0);
  assert.equal(waitFor({}), undefined);
  for (const text of ["", "soon", "-3", "1e3", "NaN", "1d", "٣"])
    assert.equal(waitFor({ "retry-after": text, "x-ratelimit-reset-tokens": text }), undefined, text);
});

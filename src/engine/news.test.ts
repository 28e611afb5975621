import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { createNews } from "./news.ts";

const keyOf = (run: string) => ({ tenant: "local", workspace: "default", run });

test("whoever waits for many runs with one signal is one listener of it, and is let go by it everywhere", async () => {
  const news = createNews();
  const { signal, abort } = controller();
  const waits = Array.from({ length: 100 }, (_, index) => news.reached(keyOf(`r${index}`), () => true, signal));
  assert.equal(getEventListeners(signal, "abort").length, 1);

  waits[0]?.forget();
  abort(new Error("the caller has gone"));
  const ends = await Promise.allSettled(waits.slice(1).map(({ promise }) => promise));
  assert.ok(ends.every(({ status }) => status === "rejected"));
  assert.equal(getEventListeners(signal, "abort").length, 0);

  const late = news.reached(keyOf("late"), () => true, signal);
  await assert.rejects(late.promise, /the caller has gone/);
  const other = news.reached(keyOf("r1"), () => true, controller().signal);
  news.broken(keyOf("r1"), new Error("broken"));
  await assert.rejects(other.promise, /broken/);
});

function controller(): { readonly signal: AbortSignal; readonly abort: (reason: Error) => void } {
  const made = new AbortController();
  return { signal: made.signal, abort: (reason) => made.abort(reason) };
}

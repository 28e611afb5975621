import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "./places.ts";

test("so many places are taken at once, and who waits gets one in the order of asking", async () => {
  const places = new Places(2);
  const order: string[] = [];
  const take = async (name: string): Promise<Disposable> => {
    const place = await places.take();
    order.push(name);
    return place;
  };
  const [a, b] = [await take("a"), await take("b")];
  const [c, d] = [take("c"), take("d")];
  await Promise.resolve();
  assert.deepEqual(order, ["a", "b"]);
  b[Symbol.dispose]();
  (await c)[Symbol.dispose]();
  (await d)[Symbol.dispose]();
  a[Symbol.dispose]();
  assert.deepEqual(order, ["a", "b", "c", "d"]);
  await Promise.all([take("e"), take("f")]);
});

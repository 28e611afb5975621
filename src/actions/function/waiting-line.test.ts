import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, RunwrightError } from "../../base/error.ts";
import { functionLimits } from "./limits.ts";
import { createWaitingLine } from "./waiting-line.ts";

const limits = { ...functionLimits, waitingMax: 8, passesMax: 2 };
const never = new AbortController().signal;
const nobody = (): boolean => false;
const echo = (want: string): string => want;

test("who waits longest is served first", async () => {
  const line = createWaitingLine<string, string>(limits);
  const served = serveOrder(line, ["a", "b"]);
  line.serve(nobody, echo);
  line.serve(nobody, echo);
  assert.deepEqual(await served, ["a", "b"]);
});

test("a process serves its own key first, but nobody is overtaken for ever", async () => {
  const line = createWaitingLine<string, string>(limits);
  const served = serveOrder(line, ["other", "mine", "mine", "mine"]);
  for (let turn = 0; turn < 4; turn += 1) line.serve((want) => want === "mine", echo);
  assert.deepEqual(await served, ["mine", "mine", "other", "mine"]);
});

test("when a turn cannot be made, only that call fails and the next is served", async () => {
  const line = createWaitingLine<string, string>(limits);
  const first = assert.rejects(line.join("bad", never), /no disk/);
  const second = line.join("good", never);
  line.serve(nobody, (want) => {
    if (want === "bad") throw new Error("no disk");
    return want;
  });
  await first;
  assert.equal(await second, "good");
});

test("without a free turn everybody keeps their place", async () => {
  const line = createWaitingLine<string, string>(limits);
  const served = serveOrder(line, ["a", "b"]);
  line.serve(nobody, () => undefined);
  line.serve(nobody, echo);
  line.serve(nobody, echo);
  assert.deepEqual(await served, ["a", "b"]);
});

test("an aborted call leaves the line", async () => {
  const line = createWaitingLine<string, string>(limits);
  const controller = new AbortController();
  const left = line.join("gone", controller.signal);
  const stayed = line.join("stays", never);
  controller.abort();
  await assert.rejects(left, (error) => hasCode(error, "call.aborted"));
  line.serve(nobody, echo);
  assert.equal(await stayed, "stays");
});

test("a full line takes nobody, and a closed one sends everybody away", async () => {
  const line = createWaitingLine<string, string>(limits);
  const waiting = Array.from({ length: 8 }, (_, index) => line.join(String(index), never));
  await assert.rejects(line.join("late", never), (error) => hasCode(error, "function.busy"));
  line.close(new RunwrightError("engine.stopping", "Stopping."));
  for (const call of waiting) await assert.rejects(call, (error) => hasCode(error, "engine.stopping"));
});

/** Joins with each of `wants`; resolves with the order in which they were served. */
async function serveOrder(
  line: ReturnType<typeof createWaitingLine<string, string>>,
  wants: readonly string[],
): Promise<readonly string[]> {
  const order: string[] = [];
  await Promise.all(
    wants.map(async (want) => {
      order.push(await line.join(want, never));
    }),
  );
  return order;
}

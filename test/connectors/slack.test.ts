import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import { startSlack } from "../stand-ins/slack.ts";
import { builtIn, callerOf } from "./caller.ts";

const channel = "C024BE91L";

test("every action of slack@1.0.0 does what it says", async () => {
  await using slack = await startSlack();
  await using messages = callerOf("slack", slack.settings);
  const posted = await messages.call("post_message", { channel, text: "Hello" });
  const ts = "1772357400.000001";
  assert.deepEqual(posted, {
    v: 1,
    output: { channel, ts },
    receipt: { remote_id: `${channel}/${ts}`, url: null, before: { channel, ts } },
  });
  await messages.call("post_message", { channel, text: "Yes?", thread_ts: ts }, "two");
  assert.deepEqual(
    slack.channels.get(channel)?.map(({ text, thread_ts }) => [text, thread_ts]),
    [
      ["Hello", undefined],
      ["Yes?", ts],
    ],
  );
  assert.deepEqual((await messages.call("delete_message", { channel, ts })).output, { channel, ts });
  assert.deepEqual(
    (await messages.call("delete_message", { channel, ts })).output,
    { channel, ts },
    "it is gone already",
  );
  assert.deepEqual([...messages.called].toSorted(), Object.keys(builtIn("slack").actions).toSorted());
});

test("a message whose answer was lost is found pages back, in a channel and in a thread", async () => {
  await using slack = await startSlack();
  await using messages = callerOf("slack", slack.settings);
  const { ts } = (await messages.call("post_message", { channel, text: "Start" }, "start")).output as {
    ts: string;
  };
  for (const input of [
    { channel, text: "Lost" },
    { channel, text: "Lost", thread_ts: ts },
  ]) {
    const key = JSON.stringify(input);
    assert.equal(await messages.find("post_message", input, key), undefined);
    slack.fail({ kind: "apply-drop" });
    await assert.rejects(messages.call("post_message", input, key), (error) => hasCode(error, "tool.unavailable"));
    for (const text of ["a", "b", "c", "d", "e"])
      await messages.call("post_message", { ...input, text }, `${key}${text}`);
    const sent = slack.channels.get(channel)?.findLast(({ text }) => text === "Lost");
    assert.deepEqual((await messages.find("post_message", input, key))?.output, { channel, ts: sent?.["ts"] });
  }
});

const refusals = [
  ["ratelimited", "tool.rate-limited"],
  ["invalid_auth", "tool.unauthorised"],
  ["internal_error", "tool.unavailable"],
  ["not_in_channel", "tool.failed"],
] as const;

for (const [error, code] of refusals) {
  test(`200 with the error ${error} is ${code}`, async () => {
    await using slack = await startSlack();
    await using messages = callerOf("slack", slack.settings);
    slack.fail({ kind: "answer", told: { status: 200, body: { ok: false, error } } });
    await assert.rejects(messages.call("post_message", { channel, text: "Hello" }), {
      code,
      message: `slack@1.0.0 post_message: The server answered 200: ${error}.`,
    });
  });
}

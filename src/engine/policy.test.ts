// What the policy says of what leaves, and what the books are told of it. With a real engine over the memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  audited,
  desk,
  write,
  target,
  update,
  eventsOf,
  storyOf,
  policyOf,
  settled,
  errorOf,
} from "../../test/engine/effects.ts";
import { ada, bob, scope, stage, versionOf } from "../../test/engine/stage.ts";
import type { Json } from "../base/json.ts";
import type { ActionCall, Permit } from "../ports/action.ts";
import type { PolicyRequest } from "../ports/policy.ts";

describe("the policy", () => {
  test("is asked with everything but what it needs not know, and its decision stands with the intent and in the permit", async () => {
    const asked: PolicyRequest[] = [];
    const permits: Permit["policy"][] = [];
    const policy = policyOf((request) => (asked.push(request), {}));
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async (permit) => (permits.push(permit.policy), null)) }),
      undefined,
      undefined,
      { policy },
    );
    const run = await world.start(write);
    assert.deepEqual(asked, [
      {
        ...scope,
        principal: ada.id,
        workflow: "w",
        version: versionOf(write).digest,
        draft: true,
        path: "write",
        kind: "tool",
        target: target.name,
        effect: "keyed",
        arguments: { id: "7" },
      },
    ]);
    assert.deepEqual(permits, [{ rules: ["r1"], version: "v1" }]);
    const intent = (await eventsOf(world, run)).find((event) => event.kind === "effect.intended");
    assert.deepEqual(intent?.policy, { rules: ["r1"], version: "v1" });
    assert.deepEqual(intent?.target, { kind: "tool", name: target.name }, "its arguments are not kept");
  });

  test("what it denies never leaves, is told in the journal, and fails the step whatever its action makes of it", async () => {
    let left = 0;
    const work = async ({ once }: ActionCall): Promise<{ output: Json }> => {
      await once(update, async () => (left += 1)).catch(() => null);
      return { output: "as if nothing were" };
    };
    const denying = { policy: policyOf(() => ({ outcome: "deny", reason: "no writes at night." })) };
    const world = await stage(work, undefined, undefined, denying);
    const run = await world.start(write);
    assert.deepEqual([left, ...(await errorOf(world, run))], [0, "failed", "policy.denied"]);
    assert.match(
      (await world.row(run)).summary.error?.message ?? "",
      /does not let step write call zendesk.*no writes at night/,
    );
    assert.deepEqual(await storyOf(world, run), ["step.started", "effect.denied", "step.failed"]);
    const control = await stage(work);
    await control.start(write);
    assert.equal(left, 1, "control: without the policy it leaves");
  });

  test("what it wants people to allow waits for as many of these roles, and goes on in the same attempt", async () => {
    let left = 0;
    const policy = policyOf(() => ({ outcome: "needs_approval", approvals: { count: 2, roles: ["team"] } }));
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async () => (left += 1)) }),
      undefined,
      undefined,
      { policy },
    );
    const run = await world.start(write);
    const { gates, row } = await world.engine.view(run);
    assert.deepEqual(
      [left, row.summary.status, gates[0]?.kind, gates[0]?.path],
      [0, "awaiting_approval", "effect-approval", "write"],
    );
    const accept = { path: "write", outcome: "accepted", hash: gates[0]?.hash ?? "" } as const;
    await settled(world, world.engine.decide(run, bob, accept));
    assert.equal(left, 0, "one of two");
    await assert.rejects(settled(world, world.engine.decide(run, { id: "eve", roles: ["boss"] }, accept)), {
      code: "gate.forbidden",
    });
    await settled(world, world.engine.decide(run, { id: "tess", roles: ["team"] }, accept));
    const [instance] = (await world.engine.view(run)).instances;
    assert.deepEqual([left, instance?.status, instance?.attempt], [1, "succeeded", 1]);
    assert.deepEqual(await storyOf(world, run), [
      "step.started",
      "effect.held",
      "gate.voted",
      "gate.decided",
      "step.continued",
      "effect.intended",
      "effect.received",
      "step.succeeded",
    ]);
  });

  test("an approval is for one operation with its arguments, under the rules of that day", async () => {
    let version = "v1";
    let left = 0;
    const policy = policyOf(() => ({ outcome: "needs_approval", version, approvals: { count: 1, roles: ["team"] } }));
    const world = await stage(
      async ({ once }) => {
        await once(update, async () => (left += 1));
        return { output: await once({ ...update, digest: "e".repeat(64) }, async () => (left += 1)) };
      },
      undefined,
      undefined,
      { policy },
    );
    const run = await world.start(write);
    const accept = async (): Promise<void> =>
      settled(world, world.engine.decide(run, bob, { path: "write", outcome: "accepted" }));
    version = "v2";
    await accept();
    assert.equal(left, 0, "other rules are in force now: people are asked anew");
    await accept();
    assert.equal(left, 1, "the second operation is another");
    await accept();
    assert.deepEqual([left, (await world.row(run)).summary.status], [2, "completed"]);
  });

  test("what people do not allow fails the step, and is not tried again", async () => {
    const policy = policyOf(() => ({ outcome: "needs_approval", approvals: { count: 1, roles: ["team"] } }));
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async () => 1) }),
      undefined,
      undefined,
      { policy },
    );
    const run = await world.start(write);
    await settled(world, world.engine.decide(run, bob, { path: "write", outcome: "rejected" }));
    assert.deepEqual([world.calls.length, ...(await errorOf(world, run))], [1, "failed", "policy.denied"]);
  });

  test("an approval survives a crash and a snapshot, and the run may be cancelled while it waits", async () => {
    let left = 0;
    const policy = policyOf(() => ({ outcome: "needs_approval", approvals: { count: 1, roles: ["team"] } }));
    const bounds = {
      busySegments: 1,
      instancesPerSegment: 100,
      busyInstancesMax: 100,
      restEvents: 1,
      restMs: 0,
      timesLast: 0,
      charsMax: 1e6,
    };
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async () => (left += 1)) }),
      bounds,
      undefined,
      { policy },
    );
    const run = await world.start(write);
    const other = await world.start(write);
    await world.crash();
    await settled(world, world.engine.decide(run, bob, { path: "write", outcome: "accepted" }));
    await settled(world, world.engine.cancel(other, ada));
    assert.deepEqual([left, (await world.row(run)).summary.status], [1, "completed"]);
    assert.equal((await world.row(other)).summary.status, "cancelled");
  });
});

describe("the books", () => {
  test("are told before and after each call and of every word of people, by digest, in the same commits", async () => {
    const policy = policyOf(() => ({}));
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async () => ({ secret: "s" })) }),
      undefined,
      undefined,
      { policy },
    );
    const entries = audited(world);
    world.engine = await world.open();
    const run = await world.start(write);
    assert.deepEqual(
      entries.map(({ action, outcome, object, actor }) => [action, outcome, object, actor]),
      [
        ["tool.call", "intended", `${run.run} write ${target.name}`, ada.id],
        ["tool.result", "received", `${run.run} write ${target.name}`, ada.id],
      ],
    );
    assert.deepEqual(
      [entries[0]?.payload, entries[0]?.policy, entries[0]?.tenant],
      [update.digest, { rules: ["r1"], version: "v1" }, "local"],
    );
    assert.match(entries[1]?.payload ?? "", /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(entries).includes("secret"));
  });

  test("are told of denials, gates, pauses and cancels", async () => {
    const world = await stage(
      async ({ once }) => ({ output: await once(update, async () => 1) }),
      undefined,
      undefined,
      {
        policy: policyOf(() => ({ outcome: "deny" })),
      },
    );
    const entries = audited(world);
    world.engine = await world.open();
    const text = `${desk}steps:\n  - { id: ask, approve: Go?, by: [boss, "local:ada"] }\n  - { id: write, tool: desk.update_ticket, with: { id: "7" } }\n`;
    const run = await world.start(text);
    await settled(world, world.engine.pause(run, ada));
    await settled(world, world.engine.resume(run, ada));
    await settled(world, world.engine.decide(run, ada, { path: "ask", outcome: "accepted" }));
    const other = await world.start(text);
    await settled(world, world.engine.cancel(other, ada));
    assert.deepEqual(
      entries.map(({ action, outcome }) => `${action} ${outcome}`),
      ["run.paused ok", "run.resumed ok", "gate.decided accepted", "tool.call denied", "run.cancelled requested"],
    );
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunKey } from "../base/ids.ts";
import type { Version } from "../ports/catalog.ts";
import { ada, bob, type Stage, scope, stage, versionOf } from "../../test/engine/stage.ts";

/** A version whose step `sub` runs another one; the step is written as a `set` of the child's inputs. */
function parentOf(child: Version, text: string, detach = false): Version {
  const version = versionOf(text);
  const steps = version.plan.steps.map((step) =>
    step.id === "sub" && step.verb.kind === "set"
      ? {
          ...step,
          verb: { kind: "workflow", workflow: "child", version: "draft", with: step.verb.value, detach } as const,
        }
      : step,
  );
  return { ...version, plan: { ...version.plan, steps }, runs: { "child@draft": child.digest } };
}

const gatedChild = versionOf(
  'workflow: child\ninputs: { n: number }\nsteps: [{ id: ask, approve: Go?, by: [boss, local:ada] }, { id: act, function: work, with: { n: "${inputs.n}" } }]\noutput: ${act.output}\n',
);
const parentText =
  'workflow: w\nsteps: [{ id: sub, set: { n: 3 } }, { id: after, function: other, with: { from: "${sub.output}" } }]\noutput: ${after.output}\n';

async function startFamily(world: Stage, parent: Version, child = gatedChild): Promise<RunKey> {
  const starting = world.engine.start({ scope, principal: ada, version: parent, parts: [child], input: {}, env: {} });
  await world.settle();
  return (await starting).row.key;
}

async function childOf(world: Stage, key: RunKey): Promise<RunKey> {
  const rows = await world.engine.list(scope, { workflow: "child", limit: 10 });
  assert.equal(rows.length, 1, "one child");
  assert.notEqual(rows[0]?.key.run, key.run);
  return rows[0]?.key ?? key;
}

/** What somebody asks for, once it has been carried out. */
async function done(world: Stage, asked: Promise<void>): Promise<void> {
  await world.settle();
  await asked;
  await world.settle();
}

const echo = (): Promise<Stage> => stage(async ({ input }) => ({ output: input }));

test("a step runs another workflow, waits for it, and has its output", async () => {
  const world = await echo();
  const key = await startFamily(world, parentOf(gatedChild, parentText));
  const child = await childOf(world, key);
  assert.equal((await world.row(key)).summary.status, "running");
  assert.equal((await world.row(child)).summary.status, "awaiting_approval");
  await done(world, world.engine.decide(child, ada, { path: "ask", outcome: "accepted" }));
  assert.deepEqual((await world.engine.view(key)).output, { from: { n: 3 } });
});

test("a crash at any moment makes no second child and loses no end", async () => {
  const world = await echo();
  const key = await startFamily(world, parentOf(gatedChild, parentText));
  await world.crash();
  const child = await childOf(world, key);
  await done(world, world.engine.decide(child, ada, { path: "ask", outcome: "accepted" }));
  await world.crash();
  await world.settle();
  await childOf(world, key);
  assert.equal((await world.row(key)).summary.status, "completed");
  assert.deepEqual(world.calls.filter(({ name }) => name === "work").length, 1);
});

test("cancel and pause go down to the child, and a child that was cancelled fails its step", async () => {
  const world = await echo();
  const key = await startFamily(world, parentOf(gatedChild, parentText));
  const child = await childOf(world, key);
  await done(world, world.engine.pause(key, ada));
  assert.equal((await world.row(child)).summary.status, "paused");
  await done(world, world.engine.resume(key, ada));
  assert.equal((await world.row(child)).summary.status, "awaiting_approval");
  await done(world, world.engine.cancel(key, ada));
  assert.deepEqual(
    [(await world.row(key)).summary.status, (await world.row(child)).summary.status],
    ["cancelled", "cancelled"],
  );
  const second = await startFamily(world, parentOf(gatedChild, `${parentText}# again\n`));
  const [newest] = await world.engine.list(scope, { workflow: "child", status: "awaiting_approval", limit: 1 });
  await done(world, world.engine.cancel(newest?.key ?? child, bob));
  const { error } = (await world.row(second)).summary;
  assert.deepEqual([error?.code, error?.path], ["child.failed", "sub"]);
});

test("a detached child goes on by itself: its parent has ended before it", async () => {
  const world = await echo();
  const text = "workflow: w\nsteps: [{ id: sub, set: { n: 3 } }]\noutput: ${sub.output}\n";
  const key = await startFamily(world, parentOf(gatedChild, text, true));
  const child = await childOf(world, key);
  assert.equal((await world.row(key)).summary.status, "completed");
  assert.deepEqual((await world.engine.view(key)).output, { run: child.run });
  assert.equal((await world.row(child)).summary.status, "awaiting_approval");
});

test("inputs that do not fit the child fail the step, and nothing is started", async () => {
  const world = await echo();
  const parent = parentOf(gatedChild, parentText.replace("n: 3", "n: three"));
  const key = await startFamily(world, parent);
  assert.equal((await world.row(key)).summary.error?.code, "inputs.invalid");
  assert.deepEqual(await world.engine.list(scope, { workflow: "child", limit: 10 }), []);
});

test("a step whose time is over leaves no child behind", async () => {
  const world = await echo();
  const parent = parentOf(gatedChild, parentText);
  const steps = parent.plan.steps.map((step) => (step.id === "sub" ? { ...step, timeoutMs: 5000 } : step));
  const key = await startFamily(world, { ...parent, plan: { ...parent.plan, steps } });
  const child = await childOf(world, key);
  world.clock.runNext(60_000);
  await world.settle();
  assert.equal((await world.row(key)).summary.error?.code, "step.timeout");
  assert.equal((await world.row(child)).summary.status, "cancelled");
});

test("a workflow that runs itself without end is stopped at its depth", async () => {
  const world = await echo();
  const text = "workflow: child\nsteps: [{ id: sub, set: {} }]\n";
  const self = { ...parentOf(versionOf(text), text) };
  const version = { ...self, runs: { "child@draft": self.digest } };
  const starting = world.engine.start({ scope, principal: ada, version, parts: [version], input: {}, env: {} });
  await world.settle();
  const { row } = await starting;
  for (let round = 0; round < 10; round += 1) await world.settle();
  const rows = await world.engine.list(scope, { limit: 20 });
  assert.equal(rows.length, 6);
  assert.ok(rows.every(({ summary }) => summary.status === "failed"));
  assert.match((await world.row(row.key)).summary.error?.message ?? "", /limits\.depth/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { ForkPoint } from "../machine/fork.ts";
import type { ActionCall, Effect } from "../ports/action.ts";
import { ada, scope, stage, type Stage, versionOf } from "../../test/engine/stage.ts";
import { seeded } from "../../test/simulation/chance.ts";
import { aloneSize, randomPlan } from "../../test/simulation/plans.ts";
import { forkRun } from "./fork.ts";
import type { RunView } from "./contract.ts";

/** Tries a run again from a point on; gives its view and the calls that it made. */
async function again(
  world: Stage,
  key: RunKey,
  point: ForkPoint,
  input: JsonObject = {},
): Promise<{ readonly view: RunView; readonly calls: readonly ActionCall[] }> {
  const before = world.calls.length;
  const forked = await forkRun(world.store, key, point, input);
  const { version, fork } = forked;
  const starting = world.engine.start({ scope, principal: ada, version, input: forked.input, env: {}, fork });
  await world.settle();
  const { row } = await starting;
  await toEnd(world, row.key);
  return { view: await world.engine.view(row.key), calls: world.calls.slice(before) };
}

async function toEnd(world: Stage, key: RunKey): Promise<void> {
  for (let round = 0; round < 300; round += 1) {
    await world.settle();
    const { summary } = await world.row(key);
    if (summary.endedAt !== undefined) return;
    for (const { path } of summary.gates) {
      void world.engine.decide(key, ada, { path, outcome: "accepted" }).catch(() => undefined);
      await world.settle();
    }
    world.clock.runNext(366 * 86_400_000);
  }
  assert.fail("the run does not end");
}

function pathsOf(calls: readonly ActionCall[]): readonly string[] {
  return calls.map(({ path }) => path);
}

const graph = `workflow: graph
mode: parallel
inputs: { n: number, who: { type: string, default: ada } }
steps:
  - { id: fetch, function: work, with: { n: "\${inputs.n}" } }
  - { id: audit, needs: [fetch], for_each: "[1, 2]", function: work }
  - { id: side, do: [{ id: inner, function: work }] }
  - { id: greet, function: work, with: { who: "\${inputs.who}" } }
  - { id: report, needs: [audit, side], function: work }
output: "\${report.output}"
`;

test("another try keeps what does not depend on its step, and carries out the rest under the same keys", async () => {
  let counter = 0;
  const world = await stage(async () => ({ output: (counter += 1) }));
  const key = await world.start(graph, { n: 1 });
  await toEnd(world, key);
  const first = [...world.calls];
  const { view, calls } = await again(world, key, { kind: "step", id: "audit" });
  assert.deepEqual(pathsOf(calls), ["audit[0]", "audit[1]", "report"]);
  for (const call of calls)
    assert.equal(call.idempotencyKey, first.find(({ path }) => path === call.path)?.idempotencyKey, "the same key");
  assert.deepEqual(view.forkedFrom, { run: key.run, path: "audit", kept: ["fetch", "side", "greet"] });
  const kept = view.instances.filter((each) => each.kept === true).map(({ path }) => path);
  assert.deepEqual(kept, ["fetch", "side", "greet", "side/inner"]);
  const before = await world.engine.view(key);
  for (const path of kept)
    assert.deepEqual(outputAt(view, path), outputAt(before, path), `${path} has the result that it had`);
  assert.notDeepEqual(view.output, before.output, "control: what is carried out anew has another");
});

function outputAt(view: RunView, path: string): Json | undefined {
  return view.instances.find((each) => each.path === path)?.output;
}

test("a try of a try keeps on, and comes through a crash", async () => {
  const world = await stage(async ({ path }) => ({ output: path }));
  const key = await world.start(graph, { n: 1 });
  await toEnd(world, key);
  const { view } = await again(world, key, { kind: "step", id: "report" });
  await world.crash();
  const { view: second, calls } = await again(world, view.row.key, { kind: "step", id: "report" });
  assert.deepEqual(pathsOf(calls), ["report"]);
  assert.equal(second.forkedFrom?.run, view.row.key.run);
  assert.equal(second.row.summary.status, "completed");
});

test("from the failed steps: what failed, what was stopped with it and what depends on it; a failure let pass is tried again too", async () => {
  let isBroken = true;
  const world = await stage(async ({ path }) => {
    if (isBroken && (path === "b" || path === "soft")) throw new RunwrightError("function.refused", "broken");
    return { output: path };
  });
  const key = await world.start(`workflow: w
mode: parallel
steps:
  - { id: a, function: work }
  - { id: soft, function: work, on_failure: continue }
  - { id: b, needs: [a], function: work }
  - { id: c, needs: [b], function: work }
  - { id: late, needs: [a], wait: 1h }
`);
  await toEnd(world, key);
  assert.equal((await world.row(key)).summary.status, "failed");
  isBroken = false;
  const { view, calls } = await again(world, key, { kind: "failed" });
  assert.deepEqual(pathsOf(calls).toSorted(), ["b", "c", "soft"]);
  assert.deepEqual(view.forkedFrom?.kept, ["a"]);
  assert.equal(view.row.summary.status, "completed");
  const soft = await again(world, key, { kind: "step", id: "b" });
  assert.deepEqual(soft.view.forkedFrom?.kept, ["a", "soft"], "from a step, a failure that was let pass stays");
  await assert.rejects(forkRun(world.store, view.row.key, { kind: "failed" }, {}), /No step of run .* has failed/);
});

test("an input may be another one only where no kept step can have read it", async () => {
  const world = await stage();
  const key = await world.start(graph, { n: 1 });
  await toEnd(world, key);
  const from = (id: string, input: JsonObject): Promise<unknown> =>
    forkRun(world.store, key, { kind: "step", id }, input);
  await assert.rejects(from("audit", { n: 2 }), (error) => {
    assert.ok(hasCode(error, "inputs.invalid"));
    assert.match(error.message, /Input 'n' cannot be another one: step 'fetch', whose result is kept/);
    return true;
  });
  await from("audit", { n: 1 });
  const { view, calls } = await again(world, key, { kind: "step", id: "fetch" }, { n: 2 });
  assert.deepEqual(calls[0]?.input, { n: 2 });
  assert.deepEqual(view.input, { n: 2, who: "ada" });
  await assert.rejects(from("fetch", { who: "bob" }), /step 'greet'/);
});

test("a point that is none is refused with what can be chosen, and so is a run that has not ended", async () => {
  const world = await stage(async () => ({ output: null }));
  const key = await world.start(graph, { n: 1 });
  await toEnd(world, key);
  const from = (id: string): Promise<unknown> => forkRun(world.store, key, { kind: "step", id }, {});
  await assert.rejects(from("nowhere"), /has no step 'nowhere': choose one of fetch, audit, side, greet, report\./);
  await assert.rejects(from("inner"), /Step 'inner' stands in 'side', which is carried out anew as a whole/);
  const open = await world.start("workflow: w\nsteps: [{ id: nap, wait: 1h }]\n");
  await assert.rejects(forkRun(world.store, open, { kind: "step", id: "nap" }, {}), (error) =>
    hasCode(error, "run.unfinished"),
  );
});

test("a gate that is opened anew has what was made anew for it made anew again; one that is kept stays decided", async () => {
  const world = await stage(async ({ path }) => ({ output: path }));
  const text = `workflow: w
mode: parallel
steps:
  - { id: plan, function: work }
  - { id: ask, needs: [plan], approve: Fine?, by: [boss], on_changes: { redo: plan, max: 2 } }
  - { id: act, needs: [ask], function: work }
`;
  const key = await world.start(text);
  await world.settle();
  const asked = world.engine.decide(key, ada, { path: "ask", outcome: "changes", comment: "shorter" });
  await world.settle();
  await asked;
  await toEnd(world, key);
  const kept = await again(world, key, { kind: "step", id: "act" });
  assert.deepEqual(pathsOf(kept.calls), ["act"]);
  assert.deepEqual(kept.view.forkedFrom?.kept, ["plan", "ask"]);
  const anew = await again(world, key, { kind: "step", id: "ask" });
  assert.deepEqual(anew.view.forkedFrom?.kept, []);
  assert.deepEqual(pathsOf(anew.calls), ["plan", "act"]);
});

const plansMax = 60;

test(`over ${plansMax} random runs, a try from any step is a run that holds, and calls nothing that is kept`, async () => {
  let forks = 0;
  let keptSteps = 0;
  for (let seed = 0; seed < plansMax; seed += 1) {
    const chance = seeded(seed);
    const plan = randomPlan(chance, aloneSize);
    const broken = new Set(plan.steps.filter(() => chance.maybe(0.2)).map(({ id }) => id));
    const world = await stage(async ({ step, path }) => {
      if (broken.has(step)) throw new RunwrightError("function.refused", "broken");
      return { output: path };
    });
    const version = { ...versionOf("workflow: w\nsteps: [{ id: a, function: work }]\n"), digest: `seed ${seed}`, plan };
    const starting = world.engine.start({ scope, principal: ada, version, input: {}, env: {} });
    await world.settle();
    const { key } = (await starting).row;
    await toEnd(world, key);
    if (chance.maybe(0.5)) broken.clear();
    for (const root of plan.roots) {
      const id = plan.steps[root]?.id ?? "";
      const { view, calls } = await again(world, key, { kind: "step", id });
      const kept = view.forkedFrom?.kept ?? [];
      assert.equal(kept.includes(id), false, `seed ${seed}`);
      assert.ok(
        !view.row.summary.error?.code.startsWith("machine"),
        `seed ${seed}: ${view.row.summary.error?.message}`,
      );
      for (const { path } of calls)
        assert.ok(!kept.includes(path.replace(/[/@[].*$/, "")), `seed ${seed}: ${path} is kept and was called`);
      forks += 1;
      keptSteps += kept.length;
    }
  }
  assert.ok(forks > plansMax && keptSteps > plansMax / 2, `${forks} forks kept ${keptSteps} steps`);
});

test("a write that was done is not done a second time by a step that is carried out anew, and what was read is read anew", async () => {
  const left: string[] = [];
  const world = await stage(async ({ once, path, input }) => {
    const does = (name: string, more: Partial<Effect>): Promise<Json> =>
      once({ name, class: "blind", ...more }, async () => left.push(`${path} ${name}`));
    await does("ask", { class: "read" });
    await does("pay", { digest: JSON.stringify(input).padEnd(64, "0").slice(0, 64) });
    return { output: path };
  });
  const text =
    'workflow: w\ninputs: { n: number }\nsteps: [{ id: constructor, function: work }, { id: b, function: work, with: { n: "${inputs.n}" } }, { id: c, do: [{ id: d, function: work }] }]\n';
  const key = await world.start(text, { n: 1 });
  left.length = 0;
  const { view } = await again(world, key, { kind: "step", id: "b" });
  assert.deepEqual(left, ["b ask", "c/d ask"]);
  left.length = 0;
  await again(world, view.row.key, { kind: "step", id: "c" });
  assert.deepEqual(left, ["c/d ask"], "a try of a try knows it too");
  left.length = 0;
  await again(world, key, { kind: "step", id: "b" }, { n: 2 });
  assert.deepEqual(left, ["b ask", "b pay", "c/d ask"], "with other arguments it is another write");
});

test("what nobody knows of is asked about in another try, too", async () => {
  let left = 0;
  const world = await stage(async ({ once }) => ({
    output: await once({ name: "pay", class: "blind" }, () => {
      left += 1;
      return left === 1 ? new Promise<never>(() => undefined) : Promise.resolve(left);
    }),
  }));
  const key = await world.start("workflow: w\nsteps: [{ id: pay, function: work }]\n");
  await world.crash();
  const failing = world.engine.decide(key, ada, { path: "pay", outcome: "rejected" });
  await world.settle();
  await failing;
  const { version, input, fork } = await forkRun(world.store, key, { kind: "failed" }, {});
  const starting = world.engine.start({ scope, principal: ada, version, input, env: {}, fork });
  await world.settle();
  const { row } = await starting;
  const { gates } = await world.engine.view(row.key);
  assert.deepEqual([left, gates[0]?.kind], [1, "effect-unknown"]);
});

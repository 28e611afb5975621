import assert from "node:assert/strict";
import { test } from "node:test";
import { ada, gated, stage, versionOf } from "../../test/engine/stage.ts";
import { allowAll } from "./allow-all.ts";
import { rebuild } from "./rebuild.ts";
import { makeTurn } from "./turn.ts";

test("a state that is not sound cannot hold the engine up: what asks for the impossible is a fault of its run", async () => {
  const text = gated.replace("id: act,", "id: act, if: \"run.id == ''\",");
  const world = await stage();
  const key = await world.start(text);
  const deciding = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
  await world.settle();
  await deciding;
  const { state } = await rebuild(world.store.journal, key, versionOf(text).plan);
  const act = state.instances.get("act");
  assert.ok(act?.status === "skipped");
  // As no event could have left it.
  delete state.ended;
  state.ready.add(act);
  if (state.root !== undefined) state.root.left = 1;
  const nothing = { rows: [], ends: [], words: [] };
  const run = { key, versions: new Map(), version: { draft: true }, policy: allowAll, action: {} };
  const options = { at: world.clock.now(), frozen: false, chance: () => 0, run };
  assert.throws(() => makeTurn(state, nothing, options), { code: "machine.illegal" });
});

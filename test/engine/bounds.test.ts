// Bounds of values: each is met with its own error, once it is passed (I30).
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { limits } from "../../src/base/limits.ts";
import { ada, scope, stage, versionOf } from "./stage.ts";

/** How a run ends whose function gives this. */
async function endWith(output: Json, steps: string): Promise<string> {
  const world = await stage(async ({ name }) => ({ output: name === "work" ? output : null }));
  const key = await world.start(`workflow: w\nsteps: [{ id: act, function: work }${steps}]\n`);
  await world.settle();
  const { status, error } = (await world.row(key)).summary;
  return error?.code ?? status;
}

test("inputs of more than a mebibyte start nothing, and the bound is named", async () => {
  const world = await stage();
  const version = versionOf("workflow: w\ninputs: { text: string }\nsteps: [{ id: a, set: { a: 1 } }]\n");
  const start = async (text: string): Promise<void> => {
    const starting = world.engine.start({ scope, principal: ada, version, input: { text }, env: {} });
    await Promise.all([starting, world.settle()]);
  };
  const most = limits.inputsBytesMax - JSON.stringify({ text: "" }).length;
  await start("x".repeat(most));
  await assert.rejects(
    start("é".repeat(most / 2 + 1)),
    { code: "inputs.invalid" },
    "bytes are counted, not characters",
  );
  await assert.rejects(
    start("x".repeat(most + 1)),
    (error) => hasCode(error, "inputs.invalid") && error.message.includes(`at most ${limits.inputsBytesMax}`),
  );
});

test("a value of more than eight mebibytes fails its step", async () => {
  assert.equal(await endWith("x".repeat(limits.valueBytesMax - 1000), ""), "completed");
  assert.equal(await endWith("x".repeat(limits.valueBytesMax), ""), "step.value-too-large");
  assert.equal(await endWith("é".repeat(limits.valueBytesMax / 2), ""), "step.value-too-large");
});

test("a for-each over more than a hundred thousand items fails before any of them begins", async () => {
  const many = Array.from({ length: limits.itemsMax + 1 }, () => 0);
  const each = ", { id: each, for_each: act.output, as: n, set: { n: 1 } }";
  assert.equal(await endWith(many, each), "items.too-many");
  assert.equal(await endWith(many.slice(0, 3), each), "completed");
});

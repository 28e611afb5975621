import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import type { RunQuery, RunRow } from "../ports/journal.ts";
import { findRun } from "./find-run.ts";

const ids = ["r01aa2", "r01aa1", "r01a", "r00zz"];
const runs = {
  list: async ({ before, limit }: RunQuery): Promise<readonly RunRow[]> =>
    ids
      .filter((run) => before === undefined || run < before)
      .slice(0, limit)
      .map((run) => ({ key: { run } }) as RunRow),
};

test("a run is found by its id, by a beginning that only it has, and as the latest", async () => {
  assert.equal(await findRun(runs, "r01aa1"), "r01aa1");
  assert.equal(await findRun(runs, "r00"), "r00zz");
  assert.equal(await findRun(runs, "latest"), "r01aa2");
});

test("an id that others begin with is still itself", async () => {
  assert.equal(
    await findRun({ list: async () => [{ key: { run: "r01aa" } }, { key: { run: "r01a" } }] as RunRow[] }, "r01a"),
    "r01a",
  );
});

test("a beginning of several runs is refused, and so is one of none", async () => {
  await assert.rejects(findRun(runs, "r01aa"), (error) => hasCode(error, "usage.invalid"));
  await assert.rejects(findRun(runs, "r02"), (error) => hasCode(error, "run.not-found"));
  await assert.rejects(findRun({ list: async () => [] }, "latest"), (error) => hasCode(error, "run.not-found"));
});

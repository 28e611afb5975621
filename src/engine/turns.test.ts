import assert from "node:assert/strict";
import { test } from "node:test";
import { ada, scope, versionOf } from "../../test/engine/stage.ts";
import { createLocalHost } from "../adapters/local-host/local-host.ts";
import { createMemoryStore } from "../adapters/memory/memory-store.ts";
import type { ActionResult } from "../ports/action.ts";
import type { Journal } from "../ports/journal.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { openEngine } from "./engine.ts";

test("calls that end one after another share a commit while others are under way; the last one waits for nobody", async () => {
  const clock = createManualClock(0);
  const store = createMemoryStore();
  const batches: number[] = [];
  const append: Journal["append"] = (batch) => {
    batches.push(batch.length);
    return store.journal.append(batch);
  };
  const ends: PromiseWithResolvers<ActionResult>[] = [];
  const run = (): Promise<ActionResult> => {
    const end = Promise.withResolvers<ActionResult>();
    ends.push(end);
    return end.promise;
  };
  const turn = async (): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve));
    return clock.runSoon();
  };
  await using engine = await openEngine({
    store: { ...store, journal: { ...store.journal, append } },
    host: createLocalHost(clock, () => undefined),
    action: { run, [Symbol.asyncDispose]: () => Promise.resolve() },
    clock,
    chance: () => 0.5,
    randomBytes: () => crypto.getRandomValues(new Uint8Array(10)),
  });
  const version = versionOf("workflow: w\nsteps: [{ id: a, function: work }]\n");
  const starting = Array.from({ length: 3 }, () =>
    engine.start({ scope, principal: ada, version, input: {}, env: {} }),
  );
  while (await turn());
  await Promise.all(starting);
  batches.length = 0;

  for (const end of ends.slice(0, 2)) {
    end.resolve({ output: null });
    await turn();
  }
  while (await turn());
  const together = [...batches];
  ends[2]?.resolve({ output: null });
  await turn();
  const alone = batches.slice(together.length);
  while (await turn());
  assert.deepEqual([together, alone], [[2], [1]]);
});

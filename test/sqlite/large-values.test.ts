// Large values and snapshots where they are really kept: in a SQLite store, read by who holds it, by who opens it next, and by who reads beside it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteReader, openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { createHistory, createRunReader } from "../../src/app/runs.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { snapshotBounds } from "../../src/engine/snapshots.ts";
import type { Store } from "../../src/ports/store.ts";
import { ada, forever, scope, versionOf } from "../engine/stage.ts";

const large = "läßt ".repeat(40_000);
const text = `workflow: w
steps:
  - { id: a, function: work }
  - { id: b, function: other, with: "\${a.output}" }
  - { id: ask, approve: Go?, by: [local:ada] }
output: \${b.output}
`;

async function open(folder: string): Promise<{ readonly store: Store; readonly engine: Engine } & AsyncDisposable> {
  const holder = { pid: process.pid, host: hostname(), startedAt: 0 };
  const store = await openSqliteStore({ folder, synchronous: "full", holder });
  const clock = createRealClock();
  const host = createLocalHost(clock, () => undefined);
  const engine = await openEngine({
    store,
    host,
    clock,
    action: {
      run: async ({ path: at, input }) => ({ output: at === "a" ? { text: large } : input }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    chance: () => 0.5,
    randomBytes: () => crypto.getRandomValues(new Uint8Array(10)),
    snapshotBounds: { ...snapshotBounds, restEvents: 1 },
  });
  return {
    store,
    engine,
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await host[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

test("a large value is read whole by who holds the store, by who reads beside it and by who opens it next", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "runwright-large-"));
  let run = "";
  {
    await using held = await open(folder);
    const version = versionOf(text);
    const { row } = await held.engine.start({ scope, principal: ada, version, input: {}, env: {} });
    run = row.key.run;
    assert.equal((await held.engine.settled(row.key, forever)).summary.status, "awaiting_approval");
    assert.ok(await held.store.journal.snapshot(row.key), "it waits, and has a snapshot");

    using reader = openSqliteReader(folder);
    await using beside = createRunReader(reader, { [Symbol.asyncDispose]: () => Promise.resolve() });
    const view = await beside.view(run);
    assert.deepEqual(view.instances.find(({ path: at }) => at === "b")?.output, { text: large });
    const outputs: unknown[] = [];
    for await (const { events } of createHistory(reader).history(run, 1))
      for (const event of events) if (event.kind === "step.succeeded") outputs.push(event.output);
    assert.deepEqual(outputs, [{ text: large }, { text: large }]);
  }
  await using next = await open(folder);
  const key = { ...scope, run };
  await next.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
  assert.equal((await next.engine.settled(key, forever)).summary.status, "completed");
  assert.deepEqual((await next.engine.view(key)).output, { text: large });
  rmSync(folder, { recursive: true });
});

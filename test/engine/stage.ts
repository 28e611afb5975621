import assert from "node:assert/strict";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { createMemoryStore, type MemoryStore, type StoreFault } from "../../src/adapters/memory/memory-store.ts";
import type { RunKey } from "../../src/base/ids.ts";
import { limits } from "../../src/base/limits.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { desk, mail } from "../../src/language/example-connectors.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import type { Action, ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { RunRow } from "../../src/ports/journal.ts";
import type { Policy } from "../../src/ports/policy.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { Engine, StartRequest } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { snapshotBounds, type SnapshotBounds } from "../../src/engine/snapshots.ts";

export const scope = { tenant: "local", workspace: "default" } as const;
export const ada = { id: "local:ada", roles: ["*"] } as const;
export const bob = { id: "bob", roles: ["team"] } as const;

type Opening = NonNullable<Action["opening"]>;
type Work = (call: ActionCall, signal: AbortSignal) => Promise<ActionResult>;

/** An engine over a memory store, with a clock moved by hand and functions given by the test. */
export interface Stage {
  readonly clock: ManualClock;
  readonly calls: ActionCall[];
  engine: Engine;
  store: MemoryStore;
  fault: StoreFault;
  /** Lets everything run that is ready. */
  readonly settle: () => Promise<void>;
  readonly start: (yaml: string, input?: JsonObject, more?: Partial<StartRequest>) => Promise<RunKey>;
  readonly row: (key: RunKey) => Promise<RunRow>;
  /** Kills the process and opens the next over what is durable. */
  readonly crash: () => Promise<void>;
  /** Opens another engine over the store as it is. */
  readonly open: () => Promise<Engine>;
}

export async function stage(
  work: Work = async () => ({ output: null }),
  bounds: SnapshotBounds = snapshotBounds,
  eventsMax: number = limits.eventsMax,
  parts: { readonly policy?: Policy; readonly opening?: Opening } = {},
): Promise<Stage> {
  const clock = createManualClock(1_700_000_000_000);
  const calls: ActionCall[] = [];
  const faults = { before: (): StoreFault => made.fault };
  const action: Action = {
    run(call, signal) {
      calls.push(call);
      return work(call, signal);
    },
    ...(parts.opening !== undefined && { opening: parts.opening }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const store = createMemoryStore({ faults });
  const made: Stage = {
    clock,
    calls,
    store,
    fault: "none",
    engine: await open(store),
    async settle() {
      do await new Promise((resolve) => setImmediate(resolve));
      while (clock.runSoon());
    },
    async start(yaml, input = {}, more = {}) {
      const starting = made.engine.start({ scope, principal: ada, version: versionOf(yaml), input, env: {}, ...more });
      await made.settle();
      return (await starting).row.key;
    },
    row: (key) => made.engine.row(key),
    open: () => open(made.store),
    async crash() {
      made.store = made.store.crash();
      made.engine = await open(made.store);
      await made.settle();
    },
  };
  return made;

  function open(over: MemoryStore): Promise<Engine> {
    const host = createLocalHost(clock, () => undefined);
    return openEngine({
      store: over,
      host,
      action,
      clock,
      chance: () => 0.5,
      randomBytes: () => crypto.getRandomValues(new Uint8Array(10)),
      snapshotBounds: bounds,
      eventsMax,
      ...(parts.policy !== undefined && { policy: parts.policy }),
    });
  }
}

export function versionOf(text: string): StartRequest["version"] {
  const { plan, diagnostics } = compileWorkflow(
    { file: "w.yml", text },
    { functions: ["work", "other"], assignments: [], roles: ["boss", "team"], connectors: [desk, mail] },
  );
  assert.ok(plan, diagnostics.map((each) => each.message).join("\n"));
  return { digest: text, workflow: plan.workflow, draft: true, file: "w.yml", source: text, plan };
}

export const forever: AbortSignal = new AbortController().signal;
export const gated =
  "workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss, local:ada] }, { id: act, function: work }]\n";

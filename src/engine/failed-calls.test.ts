// Operations whose calls come back with a failure: what is known of them afterwards, and what the books are told. With a real engine over the
// memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { audited, errorOf, eventsOf, settled, storyOf, update, write } from "../../test/engine/effects.ts";
import { ada, scope, stage, type Stage } from "../../test/engine/stage.ts";
import { pass } from "../../test/golden-journals/stories.ts";
import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { Effect } from "../ports/action.ts";
import { forkRun } from "./fork.ts";

const retrying = write.replace(
  '{ id: "7" } }',
  '{ id: "7" }, timeout: 10s, retry: { max: 3, delay: 1s, jitter: false } }',
);
const blind: Effect = { ...update, class: "blind" };

interface Lived {
  readonly world: Stage;
  readonly run: RunKey;
  /** When its operation left, counted from the first time. */
  readonly left: readonly number[];
  readonly audit: readonly string[];
}

/** A step whose one operation fails so often as there are failures, and then works. */
async function failing(effect: Effect, failures: readonly Error[], text = retrying): Promise<Lived> {
  const left: number[] = [];
  const world = await stage(async ({ once }) => ({
    output: await once(effect, async (): Promise<Json> => {
      const failure = failures[left.push(world.clock.now()) - 1];
      if (failure !== undefined) throw failure;
      return { n: left.length };
    }),
  }));
  const entries = audited(world);
  const run = await world.start(text);
  await pass(world, 100_000);
  const [first = 0] = left;
  const audit = entries.map(({ action, outcome }) => `${action} ${outcome}`);
  return { world, run, left: left.map((at) => at - first), audit };
}

const refused = (more = {}): RunwrightError => new RunwrightError("tool.rate-limited", "too many calls", more);
const broken = new RunwrightError("tool.unavailable", "The server answered 500.");

describe("a call that has certainly done nothing", () => {
  test("is made again without a gate, blind as it is, and each call has its row before and after", async () => {
    const { world, run, left, audit } = await failing(blind, [refused(), refused()]);
    assert.deepEqual([left.length, (await world.row(run)).summary.status], [3, "completed"]);
    assert.deepEqual((await storyOf(world, run)).slice(0, 4), [
      "step.started",
      "effect.intended",
      "effect.failed",
      "step.failed",
    ]);
    const asked = "tool.call intended";
    const limited = "tool.result tool.rate-limited";
    assert.deepEqual(audit, [asked, limited, asked, limited, asked, "tool.result received"]);
    const keys = (await eventsOf(world, run)).flatMap((event) => (event.kind === "effect.intended" ? [event.key] : []));
    assert.equal(new Set(keys).size, 1, "the same key each time");
  });

  test("stands with its failure in one commit with the end of its attempt", async () => {
    const { world, run } = await failing(blind, [refused()]);
    const commits: (readonly string[])[] = [];
    for await (const { events } of world.store.journal.read(run, 1))
      commits.push((JSON.parse(events) as readonly { kind: string }[]).map(({ kind }) => kind));
    assert.ok(
      commits.some((kinds) => kinds.join() === "effect.failed,step.failed"),
      JSON.stringify(commits),
    );
  });

  test("is called again after Retry-After, not looked for after the time in which it might still arrive", async () => {
    const looking = { ...update, class: "readback", find: () => assert.fail("nobody looks") } as const;
    const { left, world, run } = await failing(looking, [refused({ retryAfterMs: 5000 })]);
    assert.deepEqual([left, (await world.row(run)).summary.status], [[0, 5000], "completed"]);
  });

  test("is made by another try of the run once things are mended, with nobody asked", async () => {
    const unauthorised = new RunwrightError("tool.unauthorised", "The server answered 401.");
    const { world, run, left } = await failing(blind, [unauthorised]);
    assert.deepEqual([left.length, ...(await errorOf(world, run))], [1, "failed", "tool.unauthorised"]);
    const again = await tryAgain(world, run);
    assert.deepEqual((await world.row(again)).summary.status, "completed");
    assert.ok(!(await eventsOf(world, again)).some(({ kind }) => kind === "run.inherited"));
  });

  test("stays so after a crash", async () => {
    const { world, run } = await failing(blind, [refused({ retryAfterMs: 3_000_000 })]);
    await world.crash();
    await pass(world, 3_100_000);
    assert.equal((await world.row(run)).summary.status, "completed");
  });

  test("may be another operation in the next attempt: nothing was begun", async () => {
    let attempts = 0;
    const world = await stage(async ({ once, attempt }) => ({
      output: await once({ ...blind, digest: String(attempt) }, async () => {
        attempts += 1;
        if (attempts === 1) throw refused();
        return { attempts };
      }),
    }));
    const run = await world.start(retrying);
    await pass(world, 10_000);
    assert.deepEqual([attempts, (await world.row(run)).summary.status], [2, "completed"]);
  });
});

describe("a call of which nobody knows", () => {
  test("opens a gate where it is blind, and its failure is told all the same", async () => {
    const { world, run, left, audit } = await failing(blind, [broken]);
    assert.equal((await world.engine.view(run)).gates[0]?.kind, "effect-unknown");
    assert.deepEqual(audit, ["tool.call intended", "tool.result tool.unavailable", "tool.result unknown"]);
    await settled(world, world.engine.decide(run, ada, { path: "write", outcome: "retry" }));
    assert.deepEqual([left.length, (await world.row(run)).summary.status], [1, "completed"]);
  });

  test("is looked for once it can no longer arrive, and a look that fails is told as one", async () => {
    let looks = 0;
    const find = async (): Promise<undefined> => {
      looks += 1;
      if (looks === 1) throw refused();
    };
    const { left, world, run, audit } = await failing({ ...update, class: "readback", find }, [broken]);
    assert.equal((await world.row(run)).summary.status, "completed");
    assert.ok((left[1] ?? 0) >= 10_000 + limits.stragglerMs, String(left));
    assert.deepEqual(
      [looks, ...audit],
      [
        2,
        "tool.call intended",
        "tool.result tool.unavailable",
        "tool.look tool.rate-limited",
        "tool.call intended",
        "tool.result received",
      ],
    );
  });

  test("stays so although the same call did nothing the second time", async () => {
    const { world, run } = await failing({ ...update, class: "keyed" }, [broken, refused()]);
    const failures = (await eventsOf(world, run)).flatMap((event) =>
      event.kind === "effect.failed" ? [[event.code, event.undone]] : [],
    );
    assert.deepEqual(failures, [
      ["tool.unavailable", undefined],
      ["tool.rate-limited", undefined],
    ]);
  });

  test("has failed also where its receipt cannot be kept", async () => {
    const large = "x".repeat(limits.valueBytesMax);
    const world = await stage(async ({ once }) => ({ output: await once(blind, async () => large) }));
    const entries = audited(world);
    const run = await world.start(write);
    assert.deepEqual(await errorOf(world, run), ["failed", "step.value-too-large"]);
    assert.deepEqual(entries.at(-1)?.outcome, "step.value-too-large");
    assert.equal((await eventsOf(world, run)).find(({ kind }) => kind === "effect.failed")?.kind, "effect.failed");
  });

  test("control: what is cut off has not come back, and has no row after", async () => {
    const world = await stage(({ once }, signal) =>
      once(
        blind,
        () => new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      ),
    );
    const entries = audited(world);
    const run = await world.start(write.replace('{ id: "7" } }', '{ id: "7" }, timeout: 10s }'));
    await pass(world, 60_000);
    assert.equal((await world.row(run)).summary.status, "awaiting_approval");
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ["intended", "unknown"],
    );
  });
});

async function tryAgain(world: Stage, key: RunKey): Promise<RunKey> {
  const { version, input, fork } = await forkRun(world.store, key, { kind: "failed" }, {});
  const starting = world.engine.start({ scope, principal: ada, version, input, env: {}, fork });
  await world.settle();
  return (await starting).row.key;
}

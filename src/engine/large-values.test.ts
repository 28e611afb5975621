import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { digestText } from "../base/digest.ts";
import { hasCode } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { RunEvent } from "../machine/event.ts";
import type { Blob, Journal, Segment } from "../ports/journal.ts";
import { segmentHash } from "../ports/segment-hash.ts";
import { readEvents, storedEvent } from "../ports/stored-event.ts";
import { createMemoryStore } from "../adapters/memory/memory-store.ts";
import { ada, type Stage, stage } from "../../test/engine/stage.ts";
import { snapshotBounds, type SnapshotBounds } from "./snapshots.ts";

const large = "läßt ".repeat(40_000);
const two = `workflow: w
steps:
  - { id: a, function: work }
  - { id: b, function: other, with: "\${a.output}" }
  - { id: ask, approve: "Go?", show: "\${b.output}", by: [boss, local:ada] }
  - { id: c, function: other, with: { text: "\${b.output.text}" } }
output: \${c.output}
`;
const often: SnapshotBounds = {
  ...snapshotBounds,
  busySegments: 1,
  instancesPerSegment: Number.POSITIVE_INFINITY,
  restEvents: 1,
  timesLast: 0,
};
const never: SnapshotBounds = { ...often, restEvents: Number.POSITIVE_INFINITY };

/** The first step gives a large value, and each of the others what it is given. */
const passing = (bounds: SnapshotBounds): Promise<Stage> =>
  stage(async ({ path, input }) => ({ output: path === "a" ? { text: large } : input }), bounds);

async function segmentsOf(world: Stage, key: RunKey): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for await (const segment of world.store.journal.read(key, 1)) segments.push(segment);
  return segments;
}

/** Every blob that is handed to the store. */
function watchBlobs(world: Stage): Blob[] {
  const blobs: Blob[] = [];
  const append = world.store.journal.append.bind(world.store.journal);
  world.store.journal.append = (batch) => {
    for (const each of batch) blobs.push(...(each.blobs ?? []));
    return append(batch);
  };
  return blobs;
}

async function accept(world: Stage, key: RunKey): Promise<void> {
  const deciding = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
  await world.settle();
  await deciding;
  await world.settle();
}

describe("a large value", () => {
  for (const [what, bounds] of [
    ["without snapshots", never],
    ["with a snapshot after each event", often],
  ] as const) {
    test(`goes through two steps, a gate, a crash and a rebuild unchanged, and is kept once, ${what}`, async () => {
      const world = await passing(bounds);
      const blobs = watchBlobs(world);
      world.engine = await world.open();
      const key = await world.start(two);
      await world.settle();
      assert.deepEqual((await world.engine.view(key)).gates[0]?.show, { text: large });
      await world.crash();
      const after = watchBlobs(world);
      world.engine = await world.open();
      await accept(world, key);
      assert.deepEqual((await world.engine.view(key)).output, { text: large });

      const digests = [...blobs, ...after].map(({ digest }) => digest);
      assert.deepEqual([...new Set(digests)], [digestText(JSON.stringify({ text: large }))]);
      const segments = await segmentsOf(world, key);
      assert.ok(
        segments.every(({ events }) => events.length < 2000),
        "the journal only names it",
      );
      const { body = "" } = (await world.store.journal.snapshot(key)) ?? {};
      assert.equal(body.length > 0, bounds === often);
      assert.ok(body.length < 10_000, "a snapshot only names it");
    });
  }

  test("among the inputs is kept beside the journal from the first event on", async () => {
    const world = await stage(async ({ input }) => ({ output: input }));
    const text = `workflow: w\ninputs: { text: string }\nsteps: [{ id: a, function: work, with: { t: "\${inputs.text}" } }]\noutput: \${a.output}\n`;
    const key = await world.start(text, { text: large });
    await world.settle();
    const view = await world.engine.view(key);
    assert.deepEqual([view.input, view.output], [{ text: large }, { t: large }]);
    assert.ok((await segmentsOf(world, key)).every(({ events }) => events.length < 2000));
  });

  test("that is not there is named with its run, and so is one that is another", async () => {
    const { text, blobs } = storedEvent({ kind: "step.succeeded", v: 1, path: "a", output: large });
    const [{ digest }] = [blobs[0] ?? assert.fail()];
    const key = { tenant: "t", workspace: "w", run: "r1" };
    const named = (error: unknown): boolean =>
      hasCode(error, "journal.damaged") && error.message.includes("r1") && error.message.includes(digest);
    await assert.rejects(readEvents(createMemoryStore().journal, key, { events: `[${text}]` }), named);
    const other = { blobs: async () => new Map([[digest, '"something else"']]) };
    await assert.rejects(readEvents(other, key, { events: `[${text}]` }), named);
  });

  test("that is not what it was makes its own run damaged, and no other", async () => {
    const world = await passing(never);
    const [lost, sound] = [await world.start(two), await world.start(two.replace("workflow: w", "workflow: other"))];
    await world.settle();
    const blobs = world.store.journal.blobs.bind(world.store.journal);
    world.store.journal.blobs = async (scope, digests) => {
      const found = new Map(await blobs(scope, digests));
      // The other run names the same value: only the first is asked for it in vain.
      if (asking === lost.run) found.set(digests[0] ?? "", "null");
      return found;
    };
    let asking = "";
    const read = world.store.journal.read.bind(world.store.journal);
    world.store.journal.read = (key, fromSeq) => {
      asking = key.run;
      return read(key, fromSeq);
    };
    const digest = digestText(JSON.stringify({ text: large }));
    await assert.rejects(
      world.engine.view(lost),
      (error) =>
        hasCode(error, "journal.damaged") && error.message.includes(lost.run) && error.message.includes(digest),
    );
    await accept(world, sound);
    assert.deepEqual((await world.engine.view(sound)).output, { text: large });
  });

  test("is part of what the chain of hashes covers", async () => {
    const world = await passing(never);
    const key = await world.start(two);
    await world.settle();
    const digest = digestText(JSON.stringify({ text: large }));
    const read = world.store.journal.read.bind(world.store.journal);
    world.store.journal.read = async function* forged(run, fromSeq) {
      for await (const segment of read(run, fromSeq))
        yield { ...segment, events: segment.events.replace(digest, "0".repeat(64)) };
    };
    await assert.rejects(world.engine.view(key), { code: "journal.damaged" });
    const [first] = await segmentsOf(world, key);
    assert.equal(first?.hash, segmentHash("", 1, first?.events ?? ""));
  });
});

describe("which values are large", () => {
  const key: RunKey = { tenant: "t", workspace: "w", run: "r" };
  const succeeded = (output: Json): RunEvent => ({ kind: "step.succeeded", v: 1, path: "a", output });

  /** An event, stored and read again. */
  async function again(event: RunEvent): Promise<{ readonly event: RunEvent; readonly blobs: readonly Blob[] }> {
    const { text, blobs } = storedEvent(event);
    const journal: Pick<Journal, "blobs"> = {
      blobs: async () => new Map(blobs.map(({ digest, body }) => [digest, body])),
    };
    const [read] = await readEvents(journal, key, { events: `[${text}]` });
    assert.ok(read);
    return { event: read, blobs };
  }

  test("one of just as many letters as may be stays where it is, and one of a letter more does not", async () => {
    for (const [size, many] of [
      [limits.inlineBytesMax - 2, 0],
      [limits.inlineBytesMax - 1, 1],
    ] as const) {
      const event = succeeded("x".repeat(size));
      const { event: read, blobs } = await again(event);
      assert.equal(blobs.length, many);
      assert.equal(JSON.stringify(read), JSON.stringify(event));
    }
  });

  test("many small values stay, however long they are together", async () => {
    const vars = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`v${index}`, "x".repeat(20_000)]));
    const event = { ...succeeded("y".repeat(60_000)), vars } as RunEvent;
    const { blobs } = await again(event);
    assert.deepEqual(blobs, []);
  });

  test("every field may be large, with its place kept, and what a gate shows is a value of its own", async () => {
    const offer = { question: "Go?", show: { text: large }, editable: [], by: ["boss"], quorum: 1, hash: "h" };
    const vote = { outcome: "accepted", by: "ada", at: 1, edits: { text: large }, self: false } as const;
    const events: readonly RunEvent[] = [
      { ...succeeded({ text: large }), vars: { text: large }, artifacts: [large] } as RunEvent,
      { kind: "scope.expanded", v: 1, path: "a", items: [large, large] },
      { kind: "event.received", v: 1, type: "t", data: { text: large }, by: "ada" },
      { kind: "step.started", v: 1, path: "a", attempt: 1, input: { text: large }, title: "T" },
      { kind: "gate.opened", v: 1, path: "a", gate: offer, title: "T" },
      { kind: "gate.decided", v: 1, path: "a", vote, output: { text: large } },
      { kind: "step.failed", v: 1, path: "a", error: { code: "c", message: large } },
    ];
    for (const event of events) {
      const { event: read, blobs } = await again(event);
      assert.equal(JSON.stringify(read), JSON.stringify(event));
      assert.ok(blobs.length > 0 && storedEvent(event).text.length < 1000, event.kind);
    }
    const opened = storedEvent(events[4] ?? assert.fail());
    assert.equal(opened.blobs[0]?.digest, digestText(JSON.stringify({ text: large })));
  });

  test("a user's value that looks like a reference is a value", async () => {
    const event = succeeded({ blobs: { output: "0".repeat(64) }, output: null });
    assert.deepEqual(await again(event), { event, blobs: [] });
    const beside = { ...succeeded({ blobs: { output: "0" } }), vars: { text: large } } as RunEvent;
    assert.deepEqual((await again(beside)).event, beside);
  });
});

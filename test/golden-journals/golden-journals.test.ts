// Journals that earlier builds wrote are read by this one as they were then: the same state and the same commands after every event.
// UPDATE_GOLDEN_JOURNALS=1 adds the journals of stories that have none yet; one that is there is never changed. Where a journal differs, the
// rules of its machine number were changed: give the changed rules a new number (see `machineNumber`), and keep the old ones.
import assert from "node:assert/strict";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { apply } from "../../src/machine/apply.ts";
import { machineNumber } from "../../src/machine/event.ts";
import { next } from "../../src/machine/next.ts";
import type { Segment } from "../../src/ports/journal.ts";
import { difference, eventsOf, type Golden, goldenIn, goldenText, replay, type Rules } from "./golden.ts";
import { live } from "./live.ts";
import { stories as plainStories } from "./stories.ts";
import { storiesOfEffects } from "./stories-of-effects.ts";

/** Kinds of events that are in no journal yet, because nothing writes them so far. Take a kind out as soon as a story has it. */
const stillMissing: readonly string[] = [];

const stories = [...plainStories, ...storiesOfEffects];
const folder = import.meta.dirname;
const rules: Rules = { apply, next };
const fileOf = (name: string): string => path.join(folder, `${name}.jsonl`);

/** Adds a file; one that is there stays as it is. */
function add(file: string, text: string): void {
  writeFileSync(file, text, { flag: "wx" });
}

if (process.env["UPDATE_GOLDEN_JOURNALS"] === "1")
  for (const story of stories)
    if (!existsSync(fileOf(story.name))) add(fileOf(story.name), goldenText(await live(story)));

const journals = globSync("*.jsonl", { cwd: folder })
  .toSorted()
  .map((file) => [file, goldenIn(readFileSync(path.join(folder, file), "utf8"))] as const);

describe("golden journals", () => {
  test("every story has its journal", () => {
    const without = stories.filter(({ name }) => !existsSync(fileOf(name))).map(({ name }) => name);
    assert.deepEqual(without, [], "add them with UPDATE_GOLDEN_JOURNALS=1");
    assert.ok(journals.length >= 13, "a journal that was released is kept for ever");
  });

  for (const [file, golden] of journals) {
    test(`${file} goes as it went: ${golden.about}`, async () => {
      assert.equal(await difference(golden, rules), undefined);
      assert.ok(golden.machine <= machineNumber && golden.steps.length > 0);
    });
  }

  test("every kind of event is in some journal", async () => {
    assert.deepEqual(await kindsWithout(journals.map(([, golden]) => golden)), []);
    const written = new Set(await kindsIn(journals.map(([, golden]) => golden)));
    assert.deepEqual(
      stillMissing.filter((kind) => written.has(kind)),
      [],
      "these are in a journal now: take them out of the list",
    );
  });
});

describe("controls", () => {
  const goldenOf = (name: string): Golden =>
    journals.find(([file]) => file === `${name}.jsonl`)?.[1] ?? assert.fail(name);

  test("other rules for the same events are noticed", async () => {
    const other: Rules = {
      next,
      apply(state, event, at) {
        apply(state, event, at);
        if (event.kind === "step.failed") state.backoffs += 1;
      },
    };
    assert.match(
      (await difference(goldenOf("retry-and-branch"), other)) ?? "",
      /step\.failed of a\) the state is another/,
    );
    assert.equal(await difference(goldenOf("loop"), other), undefined, "there nothing fails");
  });

  test("other commands after the same events are noticed", async () => {
    const other: Rules = { apply, next: (state, nowMs) => next(state, nowMs).toReversed() };
    assert.match((await difference(goldenOf("items"), other)) ?? "", /other commands follow/);
  });

  test("a journal of which a letter was changed is noticed", async () => {
    const golden = goldenOf("changes");
    const segments: readonly Segment[] = golden.segments.map((segment) => ({
      ...segment,
      events: segment.events.replace("shorter", "longer"),
    }));
    await assert.rejects(eventsOf({ ...golden, segments }), /is not the one that was written/);
  });

  test("a kind that is in no journal is named", async () => {
    const withoutGates = journals.filter(
      ([file]) => !["two-people", "changes", "nobody-decides"].includes(file.replace(".jsonl", "")),
    );
    assert.deepEqual(await kindsWithout(withoutGates.map(([, golden]) => golden)), [
      "gate.changes-requested",
      "gate.escalated",
      "gate.expired",
      "gate.voted",
    ]);
  });

  test("a journal that is there is not written anew", () => {
    const place = mkdtempSync(path.join(tmpdir(), "runwright-golden-"));
    const file = path.join(place, "a.jsonl");
    add(file, "first");
    assert.throws(() => add(file, "second"), { code: "EEXIST" });
    assert.equal(readFileSync(file, "utf8"), "first");
    rmSync(place, { recursive: true });
  });

  test("what is written of a run is what is read of it", async () => {
    const story = stories[0] ?? assert.fail();
    const golden = await live(story);
    assert.deepEqual(goldenIn(goldenText(golden)), golden);
    assert.deepEqual(await replay(golden, rules), { steps: golden.steps, summary: golden.summary });
  });
});

async function kindsIn(goldens: readonly Golden[]): Promise<readonly string[]> {
  const events = await Promise.all(goldens.map(eventsOf));
  return [...new Set(events.flat().map(([{ kind }]) => kind))];
}

/** The kinds of `RunEvent` that none of these journals has and that are not known to be missing. */
async function kindsWithout(goldens: readonly Golden[]): Promise<readonly string[]> {
  const source = readFileSync(path.join(folder, "../../src/machine/event.ts"), "utf8");
  const kinds = Array.from(source.matchAll(/readonly kind: "([\w.-]+)"/g), ([, kind = ""]) => kind);
  assert.ok(kinds.length >= 25, "the kinds are read from the sources");
  const written = new Set([...(await kindsIn(goldens)), ...stillMissing]);
  return [...new Set(kinds)].filter((kind) => !written.has(kind)).toSorted();
}

// Single bits of stored events are turned over: each is found before anything wrong is served (I25). RUNWRIGHT_FLIPS asks for another number.
// What is turned over lies in the rows of the journal: events and hashes. SQLite itself would find about one in twenty.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { versionOf } from "../../../test/engine/stage.ts";
import { seeded } from "../../../test/simulation/chance.ts";
import type { RunKey } from "../../base/ids.ts";
import { openEngine } from "../../engine/engine.ts";
import { rebuild } from "../../engine/rebuild.ts";
import type { JournalReader, Segment } from "../../ports/journal.ts";
import { createManualClock } from "../../testing/manual-clock.ts";
import { createLocalHost } from "../local-host/local-host.ts";
import { openSqliteReader, openSqliteStore } from "./sqlite-store.ts";

const flips = Number(process.env["RUNWRIGHT_FLIPS"] ?? 300);
const base = mkdtempSync(path.join(tmpdir(), "runwright-flips-"));
after(() => rmSync(base, { recursive: true, force: true }));
const scope = { tenant: "local", workspace: "default" } as const;
const version = versionOf(
  'workflow: w\ninputs: { n: integer }\nsteps: [{ id: a, set: { n: "${inputs.n}" } }, { id: b, function: work }, { id: c, function: other, with: { a: "${a.output}" } }]\noutput: ${c.output}\n',
);
const runs = 5;

/** A folder with some runs that have ended, closed in order. */
async function folderWithRuns(): Promise<{ readonly folder: string; readonly keys: readonly RunKey[] }> {
  const folder = mkdtempSync(path.join(base, "store-"));
  const clock = createManualClock(1_700_000_000_000);
  const holder = { pid: process.pid, host: "here", startedAt: 0 };
  await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
  const keys: RunKey[] = [];
  {
    await using engine = await openEngine({
      store,
      host: createLocalHost(clock, assert.ifError),
      action: {
        run: ({ path: at, input }) => Promise.resolve({ output: { at, input, text: "some words that fill a row" } }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      clock: { ...clock, soon: (run) => void setImmediate(run) },
      chance: () => 0.5,
      randomBytes: () => crypto.getRandomValues(new Uint8Array(10)),
    });
    for (let n = 1; n <= runs; n += 1) {
      const principal = { id: "ada", roles: [] };
      const { row } = await engine.start({ scope, principal, version, input: { n }, env: {} });
      await engine.settled(row.key, new AbortController().signal);
      keys.push(row.key);
    }
  }
  return { folder, keys };
}

/** Where in the file the text of a row lies, with the run it belongs to. */
interface Place {
  readonly key: RunKey;
  readonly at: number;
  readonly length: number;
}

async function placesIn(folder: string, keys: readonly RunKey[]): Promise<readonly Place[]> {
  const file = path.join(folder, "journal.db");
  const bytes = readFileSync(file);
  const places: Place[] = [];
  for (const key of keys) {
    const rows = await rowsOf(folder, key);
    for (const text of rows) {
      for (let at = bytes.indexOf(text); at > 0; at = bytes.indexOf(text, at + 1)) {
        // Of a page that was split a copy stays behind, which nobody reads.
        flip(file, at, (bytes[at] ?? 0) ^ 1);
        const isLive = (await rowsOf(folder, key)).join() !== rows.join();
        flip(file, at, bytes[at] ?? 0);
        if (isLive) places.push({ key, at, length: Buffer.byteLength(text) });
      }
    }
  }
  return places;
}

/** The events and the hashes of a run, as they stand in its rows. */
async function rowsOf(folder: string, key: RunKey): Promise<readonly string[]> {
  using reader = openSqliteReader(folder);
  const rows: string[] = [];
  for await (const { events, hash } of reader.journal.read(key, 1)) rows.push(events, hash);
  return rows;
}

function flip(name: string, at: number, byte: number): void {
  const file = openSync(name, "r+");
  writeSync(file, Uint8Array.of(byte), 0, 1, at);
  closeSync(file);
}

/** What came of reading a run whose row was changed. */
type Found = "damaged" | "served as it was" | "served wrong";

/** Turns bits over one at a time, reads the run of each, and turns it back. */
async function flipEach(many: number, read: (journal: JournalReader, key: RunKey) => Promise<string>) {
  const { folder, keys } = await folderWithRuns();
  const places = await placesIn(folder, keys);
  const sound = new Map<string, string>();
  for (const key of keys) sound.set(key.run, await readIn(key));
  const chance = seeded(1);
  const counts: Record<Found, number> = { damaged: 0, "served as it was": 0, "served wrong": 0 };
  const file = path.join(folder, "journal.db");
  const bytes = readFileSync(file);
  assert.ok(places.length >= runs * 4, `${places.length} rows`);
  for (let turn = 0; turn < many; turn += 1) {
    const { key, at, length } = chance.pick(places as [Place, ...Place[]]);
    const where = at + chance.whole(0, length - 1);
    const byte = bytes[where] ?? 0;
    flip(file, where, byte ^ (1 << chance.whole(0, 7)));
    counts[await lookAt(key)] += 1;
    flip(file, where, byte);
  }
  return counts;

  async function lookAt(key: RunKey): Promise<Found> {
    try {
      return (await readIn(key)) === sound.get(key.run) ? "served as it was" : "served wrong";
    } catch {
      return "damaged";
    }
  }

  async function readIn(key: RunKey): Promise<string> {
    using reader = openSqliteReader(folder);
    return await read(reader.journal, key);
  }
}

/** As the engine reads a run: with its chain of hashes. */
async function readRun(journal: JournalReader, key: RunKey): Promise<string> {
  const { state } = await rebuild(journal, key, version.plan);
  return JSON.stringify([state.seq, state.ended]);
}

/** The same rows, and nobody looks at their hashes. */
async function readBlindly(journal: JournalReader, key: RunKey): Promise<string> {
  const segments: Segment[] = [];
  for await (const segment of journal.read(key, 1)) segments.push(segment);
  return JSON.stringify(segments.map(({ events }) => JSON.parse(events) as unknown));
}

test(`of ${flips} bits that are turned over in stored events all are found, and nothing wrong is served`, async (context) => {
  const counts = await flipEach(flips, readRun);
  context.diagnostic(JSON.stringify({ flips, ...counts }));
  assert.deepEqual(counts, { damaged: flips, "served as it was": 0, "served wrong": 0 });
});

test("control: without the chain of hashes wrong data is served", async () => {
  const counts = await flipEach(50, readBlindly);
  assert.notEqual(counts["served wrong"], 0);
});

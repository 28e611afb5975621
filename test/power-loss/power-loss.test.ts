// What a power cut leaves of a store, at any moment of its life: every write and every sync of the real store is recorded from outside, disks
// are made as they would be then, and each is opened by the real store. RUNWRIGHT_POWER_IMAGES asks for another number of images,
// RUNWRIGHT_POWER_SEED for others.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import { noHash, segmentHash } from "../../src/ports/segment-hash.ts";
import { keyOf } from "../../src/testing/journal-checks/world.ts";
import { type Seeded, seeded } from "../simulation/chance.ts";
import { createDisk, type Image } from "./disk.ts";
import { canRecord, type Operation, record } from "./recording.ts";

const imagesUsual = 500;
const images = Number(process.env["RUNWRIGHT_POWER_IMAGES"] ?? imagesUsual);
const seed = Number(process.env["RUNWRIGHT_POWER_SEED"] ?? 1);
// The images need no disk: what survives is decided before they are written. Memory is faster.
const memory = "/dev/shm";
const base = mkdtempSync(path.join(existsSync(memory) ? memory : tmpdir(), "runwright-power-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const notHere = canRecord() ? false : "not proven here: it takes strace to see what the store writes and syncs";

interface Found {
  /** Images that lost something acknowledged, or could not be opened, or hold something wrong. */
  readonly broken: readonly string[];
  readonly images: number;
  /** The most of the acknowledged commits that an image lost. */
  readonly lostMax: number;
}

interface Settings {
  readonly images: number;
  readonly honoursSyncs: boolean;
  readonly chance: Seeded;
}

/** Cuts the power at as many places as images are asked for, and looks at what is left. */
async function cutEverywhere(
  operations: readonly Operation[],
  { images: count, honoursSyncs, chance }: Settings,
): Promise<Found> {
  const places = Array.from({ length: count }, () => chance.whole(1, operations.length)).toSorted((a, b) => a - b);
  const disk = createDisk(honoursSyncs);
  const broken: string[] = [];
  let acked = 0;
  let lostMax = 0;
  let done = 0;
  for (const place of places) {
    for (; done < place; done += 1) {
      const operation = operations[done];
      if (operation === undefined) break;
      disk.take(operation);
      if (operation.kind === "acked") acked = operation.seq;
    }
    const { lost, problem } = await lookAt(disk.cut(chance), acked);
    lostMax = Math.max(lostMax, lost);
    if (problem !== undefined) broken.push(`after ${place} of ${operations.length} operations: ${problem}`);
  }
  return { broken, images: count, lostMax };
}

async function lookAt(image: Image, acked: number): Promise<{ readonly lost: number; readonly problem?: string }> {
  const folder = path.join(base, "image");
  mkdirSync(folder);
  for (const [name, bytes] of image) writeFileSync(path.join(folder, name), bytes);
  try {
    const found = await readThrough(folder);
    const lost = Math.max(0, acked - found);
    return lost === 0 ? { lost } : { lost, problem: `${found} commits, but ${acked} were acknowledged` };
  } catch (error) {
    const { code, message } = toRunwrightError(error);
    return { lost: 0, problem: `${code}: ${message}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many commits the store has, each following from the one before. */
async function readThrough(folder: string): Promise<number> {
  await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
  const row = await store.journal.row(keyOf("r1"));
  if (row === undefined) return 0;
  let hash: string = noHash;
  let seq = 0;
  for await (const segment of store.journal.read(row.key, 1)) {
    seq += 1;
    hash = segmentHash(hash, seq, segment.events);
    assert.equal(segment.hash, hash, "the chain of hashes");
  }
  assert.equal(row.lastSeq, seq, "the row of the run");
  return seq;
}

/** Opened and closed several times, and the log moved often: files are made, begun anew and removed, and moved while commits go on. */
const often = ["4", "40", "8"] as const;

const recorded = notHere === false ? record(base, ["full", ...often]) : [];

test("after a power cut at any moment everything acknowledged is there", { skip: notHere }, async (context) => {
  assert.equal(recorded.filter(({ kind }) => kind === "acked").length, 161);
  const kinds = recorded.map(({ kind }) => kind);
  assert.ok(
    kinds.indexOf("parent-synced") >= 0 && kinds.indexOf("parent-synced") < kinds.indexOf("acked"),
    "the folder",
  );
  const { moves, restarts } = whatHappened(recorded);
  assert.ok(moves > 5 && restarts > 5, `control: ${moves} moves while commits went on, ${restarts} logs begun anew`);
  const found = await cutEverywhere(recorded, { images, honoursSyncs: true, chance: seeded(seed) });
  context.diagnostic(
    JSON.stringify({ test: "power-loss", seed, operations: recorded.length, moves, restarts, ...found }),
  );
  assert.deepEqual(found.broken, []);
});

/** How often a page went to the file between two writes to the log, and how often the log was begun anew. */
function whatHappened(operations: readonly Operation[]): { readonly moves: number; readonly restarts: number } {
  const writes = operations.filter((operation) => operation.kind === "write" || operation.kind === "create");
  const isTo = (operation: Operation | undefined, name: string) =>
    operation?.kind === "write" && operation.name === name;
  let [moves, restarts, isFresh] = [0, 0, true];
  for (const [index, operation] of writes.entries()) {
    if (operation.name !== "journal.db-wal") continue;
    if (isTo(writes[index - 1], "journal.db")) moves += 1;
    const isHead = operation.kind === "write" && operation.at === 0 && operation.bytes.length === 32;
    if (isHead && !isFresh) restarts += 1;
    if (operation.kind === "create") isFresh = true;
    else if (isHead) isFresh = false;
  }
  return { moves, restarts };
}

test("control: without the sync of each commit acknowledged commits are lost", { skip: notHere }, async (context) => {
  const operations = record(base, ["normal", ...often]);
  const found = await cutEverywhere(operations, { images: 100, honoursSyncs: true, chance: seeded(seed) });
  context.diagnostic(
    JSON.stringify({ test: "power-loss-normal", images: 100, broken: found.broken.length, lostMax: found.lostMax }),
  );
  assert.ok(found.broken.length > 50 && found.lostMax > 1, `${found.broken.length} images, ${found.lostMax} commits`);
});

test(
  "control: on a disk that only pretends to sync the same store loses commits",
  { skip: notHere },
  async (context) => {
    const found = await cutEverywhere(recorded, { images: 100, honoursSyncs: false, chance: seeded(seed) });
    context.diagnostic(
      JSON.stringify({ test: "power-loss-off", images: 100, broken: found.broken.length, lostMax: found.lostMax }),
    );
    assert.ok(found.broken.length > 50, `${found.broken.length} images`);
  },
);

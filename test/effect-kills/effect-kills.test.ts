// kill -9 of a real process at every named point of intent, call and receipt, for each class of effect and for the turns of a conversation with a
// model: what was written at the desk is there once. RUNWRIGHT_EFFECT_KILLS asks for another number of kills, RUNWRIGHT_CRASH_SEED for another
// schedule.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type Seeded, seeded } from "../simulation/chance.ts";
import { type Campaign, liveThrough, type Report } from "./campaign.ts";
import type { Kill } from "./life.ts";
import { type OperationName, operationNames, type PointName, pointNames, remotePoints } from "./points.ts";
import { createWitness, promises, type PromiseName, type Stored } from "./witness.ts";

const killsUsual = 100;
const kills = Number(process.env["RUNWRIGHT_EFFECT_KILLS"] ?? killsUsual);
const seed = Number(process.env["RUNWRIGHT_CRASH_SEED"] ?? 1);
/** With so many runs each operation is killed at each of its points; a few kills only show that everything works. */
const runsMin = kills >= killsUsual ? pointNames.length : 0;
/** Between the points of an operation and of the next: a receipt and the intent behind it are one commit, which kills once. */
const pointsApart = 3;
const atOnce = 2;

const base = mkdtempSync(path.join(tmpdir(), "runwright-effect-kills-"));
after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

const isRemote: ReadonlySet<PointName> = new Set(remotePoints);

/** The points of an operation. A scripted model is part of the process; what arrives twice is done once only by whoever knows a key or a version. */
function pointsOf(operation: OperationName): readonly PointName[] {
  if (operation.startsWith("model")) return pointNames.filter((point) => !isRemote.has(point));
  const isDuplicated = operation === "readback" || operation === "blind";
  return pointNames.filter((point) => point !== "twice" || !isDuplicated);
}

/** One kill of each operation, each run at other points; some operations are killed once more, at a point by chance. */
function campaign(run: number, chance: Seeded): Campaign {
  const schedule = operationNames.flatMap((operation, index): Kill[] => {
    const points = pointsOf(operation);
    const kill = { operation, point: points[(run + index * pointsApart) % points.length] ?? "intent.before" };
    const again = { operation, point: points[chance.whole(0, points.length - 1)] ?? "intent.before" };
    return chance.maybe(0.2) ? [kill, again] : [kill];
  });
  return { kills: schedule, late: isLookedFor(schedule) || chance.maybe(0.5) ? "asked" : "ended", without: "none" };
}

/** What is looked for must arrive before the look: nothing may be on its way for longer than is waited for. */
function isLookedFor(schedule: readonly Kill[]): boolean {
  return schedule.some(({ operation, point }) => operation === "readback" && point === "held");
}

async function liveAll(): Promise<readonly Report[]> {
  const reports: Report[] = [];
  let runs = 0;
  const worker = async (): Promise<void> => {
    // The bound is for kills that never hit.
    while ((hitsOf(reports) < kills || runs < runsMin) && runs < kills) {
      const run = runs;
      runs += 1;
      reports.push(await liveThrough(campaign(run, seeded(seed * 100_003 + run)), base));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return reports;
}

function hitsOf(reports: readonly Report[]): number {
  return reports.reduce((sum, { hits }) => sum + hits.length, 0);
}

function brokenOf(reports: readonly Report[]): Readonly<Record<PromiseName, readonly OperationName[]>> {
  const all = {} as Record<PromiseName, readonly OperationName[]>;
  for (const name of promises) all[name] = reports.flatMap(({ findings }) => findings.broken[name]);
  return all;
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test("after kill -9 at every point of an effect nothing is doubled, missing or forgotten, whatever its class", async (context) => {
  const startedAt = performance.now();
  const reports = await liveAll();
  const hits = reports.flatMap((report) => report.hits);
  const broken = brokenOf(reports);
  const sum = (of: "unknown" | "asked" | "left" | "looks"): number =>
    reports.reduce((so, { findings }) => so + findings[of], 0);
  context.diagnostic(
    JSON.stringify({
      test: "effect-kills",
      seed,
      seconds: Math.round((performance.now() - startedAt) / 1000),
      runs: reports.length,
      kills: hits.length,
      points: byOperation(hits),
      broken: Object.fromEntries(promises.map((name) => [name, broken[name].length])),
      blind: { unknown: sum("unknown"), asked: sum("asked") },
      models: { repeated: broken.repeated.filter((operation) => operation.startsWith("model")).length },
      // What a kill cut off and could be called again.
      calledAgain: sum("left") - reports.length * operationNames.length,
      looks: sum("looks"),
      before: countsOf(reports.map(({ findings }) => findings.before)),
    }),
  );

  for (const name of promises) assert.deepEqual(broken[name], [], name);
  assert.ok(hits.length >= kills, `${hits.length} kills hit`);
  if (runsMin === 0) return;
  const hit = new Set(hits.map(({ operation, point }) => `${operation} ${point}`));
  const all = operationNames.flatMap((operation) => pointsOf(operation).map((point) => `${operation} ${point}`));
  assert.deepEqual(
    all.filter((each) => !hit.has(each)),
    [],
    "points that no kill hit",
  );
});

/** Kills of each operation at each of its points. */
function byOperation(hits: readonly Kill[]): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries(
    operationNames.map((name) => [
      name,
      countsOf(hits.filter(({ operation }) => operation === name).map(({ point }) => point)),
    ]),
  );
}

async function brokenWithout(
  without: Campaign["without"],
  kill: Kill,
  late: Campaign["late"] = "ended",
): Promise<Readonly<Record<PromiseName, readonly OperationName[]>>> {
  return brokenOf([await liveThrough({ kills: [kill], late, without }, base)]);
}

test("what arrives twice is done once by whoever knows its key or is the same once done twice", async () => {
  const twice = ["read", "keyed", "idempotent", "tool"] as const;
  const { findings } = await liveThrough({ kills: [], late: "ended", without: "none", twice }, base);
  for (const name of promises) assert.deepEqual(findings.broken[name], [], name);
});

test("control: what nobody knows again and arrives twice is doubled", async () => {
  const { findings } = await liveThrough({ kills: [], late: "ended", without: "none", twice: ["blind"] }, base);
  assert.deepEqual(findings.broken.doubled, ["blind"]);
});

test("control: what is blind and called again blindly is doubled", async () => {
  const { doubled, hidden } = await brokenWithout("retries-blindly", { operation: "blind", point: "applied" });
  assert.deepEqual([doubled, hidden], [["blind"], ["blind"]]);
});

test("control: where intents are written behind their calls, what is blind is doubled", async () => {
  const { doubled, early } = await brokenWithout("writes-behind", { operation: "blind", point: "applied" });
  assert.ok(doubled.includes("blind"), doubled.join());
  assert.ok(early.includes("blind"), early.join());
});

test("control: what is on its way for longer than is waited for is doubled where it is looked for", async () => {
  const { doubled } = await brokenWithout("none", { operation: "readback", point: "held" }, "ended");
  assert.deepEqual(doubled, ["readback"]);
});

test("control: each promise that is broken in what was seen is found out", () => {
  const witness = createWitness();
  const intended = (operation: OperationName, key: string): Stored => ({
    at: 1000,
    operation,
    event: {
      kind: "effect.intended",
      v: 1,
      path: operation,
      operation: { name: operation, occurrence: 1 },
      key,
      class: operation === "blind" ? "blind" : "readback",
      deadline: 2000,
    },
  });
  const received: Stored = {
    at: 1001,
    operation: "read",
    event: { kind: "effect.received", v: 1, path: "read", operation: { name: "read", occurrence: 1 }, receipt: null },
  };
  const stored = [intended("read", "one"), received, intended("readback", "two"), intended("blind", "three")];
  witness.hear([{ kind: "leaves", operation: "read", key: "one" }]);
  witness.look(stored, { operation: "blind", point: "call.before" });
  witness.hear([
    { kind: "leaves", operation: "read", key: "another" },
    { kind: "looks", operation: "readback", at: 31_999 },
    { kind: "ended", status: "failed" },
  ]);
  witness.look(stored, undefined);
  const entry = { id: 1, kind: "keyed", item: "i" };
  const { broken } = witness.conclude({ entries: [entry, entry] });
  for (const name of promises) assert.notDeepEqual(broken[name], [], name);
});

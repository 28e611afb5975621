// kill -9 of the real process, at every named point and at random: what was acknowledged is there, what was finished is not repeated, and
// everything comes to its end. RUNWRIGHT_KILLS asks for another number of kills, RUNWRIGHT_CRASH_SEED for another schedule.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { RunEvent } from "../../src/machine/event.ts";
import { type Seeded, seeded } from "../simulation/chance.ts";
import { createAsideWitness } from "./aside-witness.ts";
import { type Campaign, liveThrough, makeFolder, pointCampaign, randomCampaign, type Report } from "./campaign.ts";
import { live } from "./life.ts";
import type { MissingGuard } from "./missing-guards.ts";
import { pointNames } from "./points.ts";
import { createWitness, type PromiseName, promiseNames } from "./witness.ts";

const killsUsual = 210;
const kills = Number(process.env["RUNWRIGHT_KILLS"] ?? killsUsual);
const seed = Number(process.env["RUNWRIGHT_CRASH_SEED"] ?? 1);
const atOnce = 2;
const hitsPerFolder = 12;
const shownMax = 5;
/** Only kills that hit the same run three times in a row where it is taken over set it aside: those at one of the points. */
const asideMax = 0.05;

const base = mkdtempSync(path.join(tmpdir(), "runwright-crash-"));
after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

/** A third of the kills at random, the others spread over the points. */
const killsAtRandom = Math.ceil(kills / 3);
const killsPerPoint = Math.ceil((kills - killsAtRandom) / pointNames.length);

/** No folder lives through more than a dozen kills, so that its runs stay few enough to be looked at after each. */
function campaigns(): readonly Campaign[] {
  const named = pointNames.flatMap((point) =>
    shares(killsPerPoint).map((hits) => (chance: Seeded) => pointCampaign(point, hits, chance)),
  );
  const random = shares(killsAtRandom).map((hits) => (chance: Seeded) => randomCampaign(hits, chance));
  // Each has chance of its own, so that its schedule does not depend on how fast the others are.
  return [...named, ...random].map((campaign, index) => campaign(seeded(seed * 100_003 + index)));
}

function shares(hits: number): readonly number[] {
  const folders = Math.ceil(hits / hitsPerFolder);
  return Array.from({ length: folders }, (_, index) => Math.min(hitsPerFolder, hits - index * hitsPerFolder));
}

async function liveAll(all: readonly Campaign[]): Promise<readonly Report[]> {
  const waiting = [...all];
  const reports: Report[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      reports.push(await liveThrough(next, base));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return reports;
}

function brokenOf(reports: readonly Report[]): Readonly<Record<PromiseName, readonly string[]>> {
  const all = {} as Record<PromiseName, readonly string[]>;
  for (const name of promiseNames) all[name] = reports.flatMap((report) => report.broken[name]);
  return all;
}

function sumOf<K extends string>(records: readonly Readonly<Partial<Record<K, number>>>[]): Partial<Record<K, number>> {
  const sum: Partial<Record<K, number>> = {};
  for (const record of records) {
    for (const [key, value] of Object.entries(record) as [K, number][]) sum[key] = (sum[key] ?? 0) + value;
  }
  return sum;
}

test("after kill -9 nothing acknowledged is lost, nothing finished is repeated and every run ends", async (context) => {
  const startedAt = performance.now();
  const reports = await liveAll(campaigns());
  const hits: Partial<Record<string, number>> = sumOf(reports.map((report) => report.hits));
  const looked = sumOf(reports.map((report) => ({ ...report.looked, lives: report.lives })));
  const broken = brokenOf(reports);
  const counts = Object.fromEntries(promiseNames.map((name) => [name, broken[name].length]));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  context.diagnostic(JSON.stringify({ test: "crash", seed, seconds, kills: hits, looked, broken: counts }));
  for (const name of [...pointNames, "random"]) {
    context.diagnostic(`${name.padEnd(22)} ${String(hits[name] ?? 0).padStart(5)} kills`);
  }

  for (const name of promiseNames) assert.deepEqual(broken[name].slice(0, shownMax), [], name);
  for (const name of pointNames)
    assert.ok((hits[name] ?? 0) >= killsPerPoint, `${name} was hit ${hits[name] ?? 0} times`);
  const { runs = 0, children = 0, aside = 0 } = looked;
  assert.ok(aside <= (runs + children) * asideMax, `${aside} of ${runs + children} runs were set aside`);
  assert.ok((hits["random"] ?? 0) >= killsAtRandom, `${hits["random"] ?? 0} random kills hit`);
});

/** A campaign in which a guard is missing: it must be found out. */
async function brokenWithout(
  without: MissingGuard,
  campaign: Campaign,
): Promise<Readonly<Record<PromiseName, readonly string[]>>> {
  return brokenOf([await liveThrough({ ...campaign, without }, base)]);
}

test("control: a journal that acknowledges what it does not write is found out", async () => {
  const { lost } = await brokenWithout("forgets", pointCampaign("append.after", 4, seeded(seed)));
  assert.notDeepEqual(lost, []);
});

test("control: calls that leave before their start is durable are found out", async () => {
  const { lost, early } = await brokenWithout("writes-behind", pointCampaign("call.after", 4, seeded(seed)));
  assert.notDeepEqual(lost, []);
  assert.notDeepEqual(early, []);
});

test("control: a recovery that does again what was finished is found out", async () => {
  const { repeated } = await brokenWithout("retries-blindly", pointCampaign("append.after", 6, seeded(seed)));
  assert.notDeepEqual(repeated, []);
});

test("control: a run that is set aside though it had got on is found out", () => {
  const events: readonly RunEvent[] = [{ kind: "run.started", v: 1 }];
  const aside: RunEvent = { kind: "run.set-aside", v: 1, deaths: 3 };
  const blamed = (...lives: readonly (readonly RunEvent[])[]): number => {
    const found: string[] = [];
    const witness = createAsideWitness((_, what) => found.push(what));
    for (const left of lives) witness.look(new Map([["r", { events: left }]]));
    assert.equal(witness.aside, 1);
    return found.length;
  };
  assert.equal(blamed(events, events, events, [...events, aside]), 0);
  assert.equal(blamed(events, events, [...events, aside]), 1);
  assert.equal(blamed(events, events, events, [...events, ...events, aside]), 1);
});

test("control: each promise that is broken in a folder is found out", async () => {
  const folder = makeFolder(base);
  const settings = { folder, life: 1, starts: ["key-1", "key-2", "key-3"], posted: [], without: "none" } as const;
  const { said } = await live(settings, undefined, base);
  const witness = createWitness(folder);
  witness.hear(said);
  await witness.conclude();
  for (const name of promiseNames) assert.deepEqual(witness.broken[name], [], name);

  const [first = "", second = "", third = ""] = said.flatMap((each) => (each.kind === "started" ? [each.run] : []));
  tamper(folder, { gone: first, unended: second, unmade: third });
  witness.hear([{ kind: "started", dedupeKey: "key-9", run: third }]);
  await witness.conclude();
  for (const name of promiseNames) assert.notDeepEqual(witness.broken[name], [], name);
  for (const name of ["early", "repeated", "missing"] as const)
    assert.ok(
      witness.broken[name].some((what) => what.startsWith("operation")),
      name,
    );
  assert.match(witness.broken.lost.join("\n"), /which part of .+ started, is gone/);
});

/** Takes one run away and one that a step started, lets another seem to go on, takes a call of a third from the ledger, and adds two that must not have been. */
function tamper(
  folder: string,
  runs: { readonly gone: string; readonly unended: string; readonly unmade: string },
): void {
  using database = new DatabaseSync(path.join(folder, "data", "journal.db"));
  database.prepare("DELETE FROM run WHERE run = ?").run(runs.gone);
  // A part of a run that is still there and knows of it.
  database
    .prepare("DELETE FROM run WHERE run IN (SELECT run FROM segment WHERE seq = 1 AND instr(events, ?) > 0)")
    .run(`"parent":{"run":"${runs.unended}"`);
  database
    .prepare(`UPDATE run SET summary = replace(summary, '"completed"', '"running"') WHERE run = ?`)
    .run(runs.unended);

  const ledger = path.join(folder, "project", "ledger", "ledger.jsonl");
  const lines = readFileSync(ledger, "utf8").trimEnd().split("\n");
  const ended = lines.findLastIndex((line) => line.includes('"end"') && line.includes(runs.unmade));
  const again = lines[0]?.replace(/"key":"./, '"key":"x') ?? "";
  const unheard = lines[0]?.replace(/"attempt":1/, '"attempt":9') ?? "";
  // An operation that leaves again behind its receipt, one that nobody has begun, and one whose leaving nobody saw.
  const effects = path.join(folder, "project", "ledger", "effects.jsonl");
  const left = readFileSync(effects, "utf8").trimEnd().split("\n");
  const unbegun = left[0]?.replace(/"key":"./, '"key":"x') ?? "";
  const repeated = left.find((line) => line.includes(runs.unended)) ?? "";
  const unseen = left.find((line) => line.includes(runs.unmade));
  writeFileSync(effects, [...left.filter((line) => line !== unseen), unbegun, repeated, ""].join("\n"));
  writeFileSync(ledger, [...lines.toSpliced(ended, 1), unheard, again, ""].join("\n"));
}

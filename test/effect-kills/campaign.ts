import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openSqliteReader } from "../../src/adapters/sqlite/sqlite-store.ts";
import { loadConfig } from "../../src/app/config.ts";
import { localScope } from "../../src/app/principal.ts";
import { readWorkflow } from "../../src/app/workflow-file.ts";
import { isEffectEvent } from "../../src/machine/effects.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { Asked, Fault } from "../stand-ins/stand-in.ts";
import { type Desk, startDesk } from "./desk.ts";
import { type Kill, type Life, type LifeSettings, type Living, type MissingGuard, startLife } from "./life.ts";
import { type OperationName, operationOf, type PointName, remotePoints } from "./points.ts";
import { createWitness, type Findings, type Stored } from "./witness.ts";

/** What one run is to go through. */
export interface Campaign {
  /** In the order of the operations. */
  readonly kills: readonly Kill[];
  /** When what was held back arrives: while it is asked for again, or when everything is over. */
  readonly late: "asked" | "ended";
  readonly without: MissingGuard;
  /** Operations whose request arrives twice, with nobody killed: the second answer is the one that is given. */
  readonly twice?: readonly OperationName[];
}

/** What a run went through. */
export interface Report {
  /** Kills that hit. */
  readonly hits: readonly Kill[];
  readonly findings: Findings;
}

/** Time that passes between two lives: more than the time of an attempt with all that may be on its way behind it. */
const betweenMs = 60_000;
const project = path.join(import.meta.dirname, "project");
const isRemote: ReadonlySet<PointName> = new Set(remotePoints);
const faults: Readonly<Record<(typeof remotePoints)[number], Fault>> = {
  arrived: { kind: "drop" },
  held: { kind: "hold" },
  applied: { kind: "hang" },
  twice: { kind: "twice" },
};

/** Lets one run live through its kills, and then to its end. */
export async function liveThrough({ kills, late, without, twice = [] }: Campaign, base: string): Promise<Report> {
  await using desk = await startDesk();
  const folder = await makeFolder(base);
  const witness = createWitness();
  const hits: Kill[] = [];
  let left = kills;
  let aheadMs = 0;
  let before: Kill | undefined;
  let moment: Moment | undefined;
  arm(desk, kills, () => moment);
  for (const operation of twice) desk.fail({ kind: "twice" }, (asked) => isOf(operation, asked));

  // One life more than kills: in the last everything ends.
  for (let lives = 0; lives <= kills.length; lives += 1) {
    const lateNow = late === "asked" ? heldBack(before) : {};
    const isLate = lateNow.late !== undefined;
    if (!isLate) aheadMs += betweenMs;
    const settings: LifeSettings = {
      folder,
      url: desk.url,
      name: path.basename(folder),
      aheadMs,
      kills: left,
      ...lateNow,
      // Only a process that is killed can lose what it has not written yet.
      without: without === "writes-behind" && left.length === 0 ? "none" : without,
    };
    if (isLate) aheadMs += betweenMs;
    const now: Moment = { living: startLife(settings, base), left, hit: undefined };
    moment = now;
    const { life, hit } = await endOf(now);
    witness.hear(life.said);
    witness.look(await readStored(folder), hit);
    if (hit === undefined) break;
    hits.push(hit);
    // What came before it and did not hit will not come any more.
    left = left.slice(left.indexOf(hit) + 1);
    before = hit;
  }
  desk.deliver();
  return { hits, findings: witness.conclude(desk) };
}

/** The operation that is on its way; what is blind arrives before somebody looks. */
function heldBack(kill: Kill | undefined): Pick<LifeSettings, "late"> {
  return kill?.point === "held" && kill.operation !== "blind" ? { late: kill.operation } : {};
}

/** What is under way: which process lives, and which kills are still to come. */
interface Moment {
  readonly living: Living;
  readonly left: readonly Kill[];
  /** The kill that came from the other side. */
  hit: Kill | undefined;
}

/** Lets requests go wrong where a kill comes from the other side, each once: whoever sent it is dead before anything is answered. */
function arm(desk: Desk, kills: readonly Kill[], moment: () => Moment | undefined): void {
  for (const kill of kills) {
    if (!isRemote.has(kill.point)) continue;
    desk.fail(faults[kill.point as keyof typeof faults], (asked) => {
      const now = moment();
      if (now === undefined || now.hit !== undefined || !isOf(kill.operation, asked)) return false;
      if (now.left.find(({ operation }) => operation === kill.operation) !== kill) return false;
      now.hit = kill;
      now.living.kill();
      return true;
    });
  }
}

async function endOf(moment: Moment): Promise<{ readonly life: Life; readonly hit: Kill | undefined }> {
  const { living, left } = moment;
  const life = await living.ended;
  if (!life.killed) return { life, hit: undefined };
  const said = life.said.at(-1);
  const own = said?.kind === "killed" ? left.find((kill) => isSame(kill, said.kill)) : undefined;
  return { life, hit: own ?? moment.hit };
}

function isSame(one: Kill, other: Kill): boolean {
  return one.operation === other.operation && one.point === other.point;
}

/** Whether a request is the call itself of an operation, and neither a look nor what is read before. */
function isOf(operation: OperationName, { method, path: asked }: Asked): boolean {
  const [, kind = "", item] = asked.split("/");
  if (operation === "tool") return kind === "keyed" && item === "ask";
  return kind === operation && item !== "ask" && (method !== "GET") !== (operation === "read");
}

async function makeFolder(base: string): Promise<string> {
  const folder = mkdtempSync(path.join(base, "run-"));
  const root = path.join(folder, "project");
  cpSync(project, root, { recursive: true });
  const { version, diagnostics } = readWorkflow(await loadConfig(root, {}), "effects.workflow.yml", root);
  if (version === undefined) throw new Error(`The workflow has errors: ${JSON.stringify(diagnostics)}`);
  writeFileSync(path.join(folder, "version.json"), JSON.stringify(version));
  return folder;
}

/** What a process has left of the run, however it left; nothing where it died before it had made any. */
async function readStored(folder: string): Promise<readonly Stored[]> {
  using reader = openSqliteReader(path.join(folder, "data"));
  const [row] = await reader.journal.list(localScope, { limit: 1 });
  const stored: Stored[] = [];
  if (row === undefined) return stored;
  for await (const { at, events } of reader.journal.read(row.key, 1)) {
    for (const event of JSON.parse(events) as readonly RunEvent[]) {
      if (!isEffectEvent(event)) continue;
      const { name, occurrence } = event.operation;
      stored.push({ at, event, operation: operationOf(event.path, name, occurrence) });
    }
  }
  return stored;
}

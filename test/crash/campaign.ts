import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hasCode } from "../../src/base/error.ts";
import type { Seeded } from "../simulation/chance.ts";
import { live, type Life, type LifeSettings, type RandomKill } from "./life.ts";
import type { MissingGuard } from "./missing-guards.ts";
import type { PointName } from "./points.ts";
import { createWitness, type Broken, type Looked } from "./witness.ts";
import { project, whole } from "./workflow.ts";

/** How one life of a folder is to end. */
export type Kill =
  | { readonly kind: "point"; readonly point: PointName; readonly nth: number }
  | ({ readonly kind: "random" } & RandomKill);

/** Kills that one folder is to survive, one a life. */
export interface Campaign {
  /** What its kills have in common: a point, or `random`. */
  readonly name: PointName | "random";
  /** How often a kill must have hit. One that misses, because its life ended before, is replaced. */
  readonly hits: number;
  /** The kill of the next life. */
  readonly nextKill: (life: number) => Kill;
  readonly without: MissingGuard;
}

/** What a folder went through. */
export interface Report {
  readonly hits: Readonly<Record<string, number>>;
  readonly lives: number;
  readonly broken: Broken;
  readonly looked: Looked;
}

/** New runs of each life, so that there is always something to kill. */
const startsPerLife = 2;
/** After the last kill: everything must end in the first of them; the second is for runs that a life leaves behind. */
const lastLivesMax = 2;

/** Lets a folder live through its kills, and then to its end. `base` holds the folder and what processes may share. */
export async function liveThrough(campaign: Campaign, base: string): Promise<Report> {
  const folder = makeFolder(base);
  const witness = createWitness(folder);
  const asked: string[] = [];
  const hits: Record<string, number> = {};
  let lives = 0;

  while ((hits[campaign.name] ?? 0) < campaign.hits && lives < campaign.hits * 3) {
    for (let run = 0; run < startsPerLife; run += 1) asked.push(`key-${asked.length + 1}`);
    const kill = campaign.nextKill(lives + 1);
    const { killed, problem } = await nextLife(kill);
    // A process that fails by itself has been found; a hundred more of them would say the same.
    if (problem !== undefined && campaign.without === "none") break;
    if (!killed) continue;
    const name = kill.kind === "point" ? kill.point : "random";
    hits[name] = (hits[name] ?? 0) + 1;
  }
  // Without a guard nothing needs to end well; what is broken by now has been seen.
  if (campaign.without === "none") await liveToTheEnd();
  return { hits, lives, broken: witness.broken, looked: witness.looked() };

  async function liveToTheEnd(): Promise<void> {
    for (let last = 1; last <= lastLivesMax; last += 1) {
      const { killed, problem } = await nextLife(undefined);
      if (!killed && problem === undefined) break;
    }
    await witness.conclude();
  }

  async function nextLife(kill: Kill | undefined): Promise<Life> {
    lives += 1;
    const settings: LifeSettings = {
      folder,
      life: lives,
      starts: asked.filter((key) => !witness.started.has(key)),
      posted: [...witness.posted],
      without: campaign.without,
      ...(kill?.kind === "point" ? { kill } : {}),
    };
    const life = await live(settings, kill?.kind === "random" ? kill : undefined, base);
    witness.hear(life.said);
    if (life.problem !== undefined) witness.blame("stuck", life.problem);
    try {
      await witness.look();
    } catch (error) {
      // Killed before it had made its journal: then nothing can have been acknowledged.
      if (!hasCode(error, "run.not-found") || life.said.some((said) => said.kind === "started")) throw error;
    }
    return life;
  }
}

/** A folder in which nothing has run yet. */
export function makeFolder(base: string): string {
  const folder = mkdtempSync(path.join(base, "folder-"));
  cpSync(project, path.join(folder, "project"), { recursive: true });
  mkdirSync(path.join(folder, "project", "ledger"));
  writeFileSync(path.join(folder, "version.json"), JSON.stringify(whole));
  return folder;
}

/** How far a life may get before its named point kills it: about as often as it passes the point. */
const passesMax: Readonly<Record<PointName, number>> = {
  "create.before": 2,
  "create.after": 2,
  "takeOver.before": 3,
  "takeOver.after": 3,
  "append.before": 40,
  "append.after": 40,
  "effect.intended.before": 2,
  "effect.intended.after": 2,
  "effect.received.before": 2,
  "effect.received.after": 2,
  "post.before": 3,
  "post.after": 3,
  "call.before": 24,
  "call.after": 24,
};

/** Kills at one named point, at another passing each time. */
export function pointCampaign(point: PointName, hits: number, chance: Seeded): Campaign {
  return {
    name: point,
    hits,
    without: "none",
    nextKill(life) {
      // Only a life that finds unfinished runs takes any over: so every other one leaves some behind.
      const leavesBehind = point.startsWith("takeOver") && life % 2 === 1;
      const chosen = leavesBehind ? "call.before" : point;
      const nth = chance.whole(1, leavesBehind ? 8 : passesMax[chosen]);
      return { kind: "point", point: chosen, nth };
    },
  };
}

/** Kills at any moment: of a process that opens, works, or ends. */
export function randomCampaign(hits: number, chance: Seeded): Campaign {
  return {
    name: "random",
    hits,
    without: "none",
    nextKill() {
      if (chance.maybe(0.25)) return { kind: "random", from: "spawned", afterMs: chance.whole(50, 900) };
      return { kind: "random", from: "opened", afterMs: chance.whole(0, 900) };
    },
  };
}

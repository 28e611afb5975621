import type { RunKey } from "../../src/base/ids.ts";
import type { Plan } from "../../src/language/plan.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { Version } from "../../src/ports/catalog.ts";
import { auditRun } from "./audit.ts";
import { type Seeded, seeded } from "./chance.ts";
import { auditFamilies } from "./family.ts";
import type { MissingGuard } from "./missing-guards.ts";
import { operate } from "./people.ts";
import { randomPlan } from "./plans.ts";
import { type Cast, openWorld, turn, type Weather, type World } from "./world.ts";

/** What one seed showed. */
export interface Report {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly crashes: number;
  readonly calls: number;
  /** Operations that left for another system. */
  readonly effects: number;
  /** How often a run was read from a snapshot. */
  readonly snapshots: number;
  readonly runs: number;
  /** Runs that steps of others started. */
  readonly children: number;
  /** Runs that crashes hit so often in a row that they were not taken up again. */
  readonly aside: number;
  /** The operator said everything once only. */
  readonly asksOnce: boolean;
}

const rough: Weather = { crash: 0.06, replace: 0.02, storeFault: 0.02, cancel: 0.01, pause: 0.02, clockJump: 0.02 };
const roundsMax = 3000;
/** Rounds of fair weather in which nothing becomes durable: nothing ever will. The longest wait of a plan is far shorter. */
const quietRoundsMax = 200;
const shortlyRounds = 20;
/** In one world of so many the operator says nothing twice. */
const asksOnceEvery = 3;

/** Lives through one world: some random plans, a rough night, then fair weather in which everything must come to its end. */
export async function simulate(seed: number, missing: MissingGuard = "none"): Promise<Report> {
  const chance = seeded(seed);
  const cast = randomCast(chance);
  const asksOnce = seed % asksOnceEvery === 0;
  const world = await openWorld(chance, cast, rough, missing);
  await liveThrough(world, chance, asksOnce);

  const rows = await world.rows();
  const violations = [...world.witness.violations, ...(await audit(world, cast)), ...(await lostDecisions(world))];
  const { calls, effects } = world.witness;
  const lived = { crashes: world.crashes(), snapshots: world.snapshots(), calls, effects: effects.left };
  const aside = rows.filter(({ summary }) => summary.error?.code === "run.set-aside").length;
  const children = rows.length - cast.versions.length;
  return { seed, violations, ...lived, runs: rows.length, children, aside, asksOnce };
}

async function liveThrough(world: World, chance: Seeded, asksOnce: boolean): Promise<void> {
  const roughRounds = chance.whole(5, 60);

  let quietRounds = 0;
  for (let round = 0; round < roundsMax && quietRounds < quietRoundsMax; round += 1) {
    await turn(world.clock);
    const weather = round < roughRounds ? rough : undefined;
    if (crashes(world, chance, weather)) {
      await world.restart();
      continue;
    }
    const { appends } = world.witness;
    if (await allEnded(world)) return;
    if (weather === undefined) await calm(world, asksOnce);
    else if (chance.maybe(weather.replace)) await world.replace();
    await operate(world, chance, { asksOnce, weather });
    await turn(world.clock);
    // The clock may have been set back by hours since a time was fixed.
    world.clock.runNext(quietRounds > shortlyRounds ? 3_600_000 : 60_000);
    quietRounds = world.witness.appends === appends ? quietRounds + 1 : 0;
  }
}

function crashes(world: World, chance: Seeded, weather: Weather | undefined): boolean {
  return world.hasFailed() || (weather !== undefined && chance.maybe(weather.crash));
}

/** From here on it is fair weather. */
async function calm(world: World, asksOnce: boolean): Promise<void> {
  await world.endReplaced();
  // A store that fails is opened again, which wakes every run: here nobody but the one who asked may have woken it.
  if (asksOnce) world.calmDown();
}

/** One to three workflows that are started, and two smaller ones that their steps run; of these the second runs none. */
function randomCast(chance: Seeded): Cast {
  const last = versionOf(randomPlan(chance, { workflow: "last", stepsMax: 3, runs: [] }), []);
  const middle = versionOf(randomPlan(chance, { workflow: "middle", stepsMax: 4, runs: ["last"] }), [last]);
  const parts = [middle, last];
  const versions = Array.from({ length: chance.whole(1, 3) }, (_, index) => {
    const size = { workflow: `w${index}`, stepsMax: 13, runs: parts.map(({ workflow }) => workflow) };
    return versionOf(randomPlan(chance, size), parts);
  });
  return { versions, parts };
}

function versionOf(plan: Plan, parts: readonly Version[]): Version {
  const runs = Object.fromEntries(parts.map(({ workflow, digest }) => [`${workflow}@draft`, digest]));
  const { workflow } = plan;
  return { digest: `v-${workflow}`, workflow, draft: true, file: "", source: "", plan, runs };
}

async function audit(world: World, { versions, parts }: Cast): Promise<readonly string[]> {
  const found: string[] = [];
  const keys: RunKey[] = [];
  for (const { key, version } of await world.rows()) {
    const own = [...versions, ...parts].find(({ digest }) => digest === version);
    if (own === undefined) found.push(`${key.run} has the version ${version}, which nobody made`);
    else found.push(...(await auditRun(world.store(), key, own.plan)));
    keys.push(key);
  }
  return [...found, ...(await auditFamilies(world.store(), keys))];
}

async function allEnded(world: World): Promise<boolean> {
  return (await world.rows()).every(({ summary }) => isTerminal(summary.status));
}

async function lostDecisions(world: World): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { key, path } of world.witness.decisions) {
    let found = false;
    for await (const segment of world.store().journal.read(key, 1)) {
      for (const kind of ["gate.decided", "gate.changes-requested"])
        found ||= segment.events.includes(`"kind":"${kind}","v":1,"path":"${path}"`);
    }
    if (!found) lost.push(`${key.run}: the acknowledged decision of ${path} is lost`);
  }
  return lost;
}

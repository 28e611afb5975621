import { toRunwrightError } from "../../src/base/error.ts";
import type { RunKey } from "../../src/base/ids.ts";
import type { Plan } from "../../src/language/plan.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { RunRow } from "../../src/ports/journal.ts";
import { auditRun } from "./audit.ts";
import { type Seeded, seeded } from "./chance.ts";
import { randomPlan } from "./plans.ts";
import { type MissingGuard, openWorld, operator, turn, type Weather, type World } from "./world.ts";

/** What one seed showed. */
export interface Report {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly crashes: number;
  readonly calls: number;
  readonly effects: number;
  readonly runs: number;
  /** How often a run was read from a snapshot. */
  readonly snapshots: number;
}

const rough: Weather = { crash: 0.06, replace: 0.02, storeFault: 0.02, cancel: 0.01, pause: 0.02, clockJump: 0.02 };
const roundsMax = 3000;

/** Lives through one world: some random plans, a rough night, then fair weather in which everything must come to its end. */
export async function simulate(seed: number, missing: MissingGuard = "none"): Promise<Report> {
  const chance = seeded(seed);
  const plans = Array.from({ length: chance.whole(1, 3) }, () => randomPlan(chance));
  const world = await openWorld(chance, plans, rough, missing);
  const roughRounds = chance.whole(5, 60);

  let round = 0;
  for (; round < roundsMax; round += 1) {
    await turn(world.clock);
    if (world.hasFailed() || (round < roughRounds && chance.maybe(rough.crash))) {
      await world.restart();
      continue;
    }
    if (await allEnded(world)) break;
    if (round >= roughRounds) world.endReplaced();
    else if (chance.maybe(rough.replace)) await world.replace();
    await operate(world, chance, round < roughRounds ? rough : undefined);
    await turn(world.clock);
    world.clock.runNext(60_000);
  }

  const violations = [...world.witness.violations, ...(await audit(world, plans)), ...(await lostDecisions(world))];
  const { calls, effects } = world.witness;
  return {
    seed,
    violations,
    crashes: world.crashes(),
    calls,
    effects,
    runs: plans.length,
    snapshots: world.snapshots(),
  };
}

async function audit(world: World, plans: readonly Plan[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [index, key] of world.keys.entries()) {
    const own = plans[index];
    if (own !== undefined) found.push(...(await auditRun(world.store(), key, own)));
  }
  return found;
}

async function allEnded(world: World): Promise<boolean> {
  for (const key of world.keys) {
    const row = await world.store().journal.row(key);
    if (row !== undefined && !isTerminal(row.summary.status)) return false;
  }
  return true;
}

/** What people do meanwhile: decide gates, cancel, pause, set the clock. In fair weather they only decide and resume. */
async function operate(world: World, chance: Seeded, weather: Weather | undefined): Promise<void> {
  for (const key of world.keys) {
    if (world.hasFailed()) return;
    const row = await world.store().journal.row(key);
    if (row === undefined || isTerminal(row.summary.status)) continue;
    await moveOn(world, chance, row, weather === undefined ? 0.5 : 0.1);
    if (weather !== undefined) await disturb(world, chance, key, weather);
  }
  if (weather !== undefined && chance.maybe(weather.clockJump)) world.clock.jump(chance.whole(-7_200_000, 3_600_000));
}

async function moveOn(world: World, chance: Seeded, { key, summary }: RunRow, decisive: number): Promise<void> {
  const gate = summary.gates[0];
  if (gate !== undefined && chance.maybe(decisive)) {
    const outcome = chance.maybe(0.7) ? "accepted" : "rejected";
    if (await acked(world, world.engine().decide(key, operator, { path: gate.path, outcome })))
      world.witness.decisionAcked(key, gate.path);
  }
  if (summary.status === "paused" && chance.maybe(decisive)) await acked(world, world.engine().resume(key, operator));
}

async function disturb(world: World, chance: Seeded, key: RunKey, weather: Weather): Promise<void> {
  if (chance.maybe(weather.cancel)) await acked(world, world.engine().cancel(key, operator));
  if (chance.maybe(weather.pause)) await acked(world, world.engine().pause(key, operator));
}

/** Lets a request run until it is answered, or until it can no longer be; true when it was acknowledged. */
async function acked(world: World, request: Promise<void>): Promise<boolean> {
  const answer: { state: "open" | "acknowledged" | "refused" } = { state: "open" };
  void settle();
  for (let tries = 0; answer.state === "open" && tries < 20 && !world.hasFailed(); tries += 1) {
    await turn(world.clock);
    if (answer.state === "open") world.clock.runNext(500);
  }
  return answer.state === "acknowledged";

  async function settle(): Promise<void> {
    try {
      await request;
      answer.state = "acknowledged";
    } catch (error) {
      answer.state = "refused";
      const { code, message } = toRunwrightError(error);
      if (code === "internal" || code.startsWith("machine.")) world.witness.blame(`a request met ${code}: ${message}`);
    }
  }
}

async function lostDecisions(world: World): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { key, path } of world.witness.decisions) {
    let found = false;
    for await (const segment of world.store().journal.read(key, 1)) {
      found ||= segment.events.includes(`"kind":"gate.decided","v":1,"path":"${path}"`);
    }
    if (!found) lost.push(`${key.run}: the acknowledged decision of ${path} is lost`);
  }
  return lost;
}

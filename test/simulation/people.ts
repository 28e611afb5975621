import { toRunwrightError } from "../../src/base/error.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { RunRow } from "../../src/ports/journal.ts";
import type { Seeded } from "./chance.ts";
import { operator, turn, type Weather, type World } from "./world.ts";

/** How likely something that waits for people is answered in one round. */
const decisiveRough = 0.1;
const decisiveFair = 0.5;

/** How the operator of a world works. */
export interface Habits {
  /** What lies durably in an inbox is not asked for a second time: were the run not woken for it, it would stand still for ever. */
  readonly asksOnce: boolean;
  /** Undefined in fair weather: then people only decide, report and resume. */
  readonly weather: Weather | undefined;
}

/** What people do in one round: decide gates, report events, cancel, pause, set the clock. */
export async function operate(world: World, chance: Seeded, habits: Habits): Promise<void> {
  const { weather } = habits;
  if (world.hasFailed()) return;
  for (const row of await world.rows()) {
    if (world.hasFailed()) return;
    if (isTerminal(row.summary.status)) continue;
    await moveOn(world, chance, row, habits);
    if (weather !== undefined) await disturb(world, chance, row, weather);
  }
  if (weather !== undefined && chance.maybe(weather.clockJump)) world.clock.jump(chance.whole(-7_200_000, 3_600_000));
}

async function moveOn(world: World, chance: Seeded, row: RunRow, { asksOnce, weather }: Habits): Promise<void> {
  const { key, summary } = row;
  const decisive = weather === undefined ? decisiveFair : decisiveRough;
  const isNew = (about: string): boolean => !asksOnce || !world.witness.wasAsked(key, about);
  const gate = summary.gates.find(({ path }) => isNew(path));
  if (gate !== undefined && chance.maybe(decisive)) await decideOne(world, chance, row, gate.path);
  if (summary.counts.waiting > 0 && !world.hasFailed() && chance.maybe(decisive)) await reportOne(world, row, isNew);
  if (summary.status === "paused" && isNew("resume") && !world.hasFailed() && chance.maybe(decisive))
    await asked(world, row, "resume", world.engine().resume(key, operator));
}

async function decideOne(world: World, chance: Seeded, row: RunRow, path: string): Promise<void> {
  const outcome = chance.pick(["accepted", "accepted", "accepted", "changes", "rejected"] as const);
  const isUnknown = row.summary.gates.some((gate) => gate.path === path && gate.kind === "effect-unknown");
  const said = isUnknown && outcome === "changes" ? "retry" : outcome;
  if (said === "retry") world.witness.effects.mayRepeat(row.key, path);
  const decided = world.engine().decide(row.key, operator, { path, outcome: said });
  if (await asked(world, row, path, decided)) world.witness.decisionAcked(row.key, path);
}

/** Reports the event that a step waits for. */
async function reportOne(world: World, row: RunRow, isNew: (about: string) => boolean): Promise<void> {
  const waiting = (await listening(world, row)).find(({ path }) => isNew(path));
  if (waiting === undefined) return;
  const { path, type } = waiting;
  await asked(world, row, path, world.engine().report(row.key, operator, { type, data: { for: path } }));
}

async function listening(
  world: World,
  { key, version }: RunRow,
): Promise<readonly { readonly path: string; readonly type: string }[]> {
  const { plan } = await world.store().catalog.get(key, version);
  const types = new Map(
    plan.steps.flatMap(({ id, verb }) => (verb.kind === "wait_event" ? [[id, verb.event] as const] : [])),
  );
  if (types.size === 0) return [];
  const { instances } = await world.engine().view(key);
  return instances.flatMap(({ path, step, reason }) => {
    const type = reason === "event" ? types.get(step) : undefined;
    return type === undefined ? [] : [{ path, type }];
  });
}

async function disturb(world: World, chance: Seeded, row: RunRow, weather: Weather): Promise<void> {
  if (chance.maybe(weather.cancel)) await asked(world, row, "cancel", world.engine().cancel(row.key, operator));
  if (!world.hasFailed() && chance.maybe(weather.pause))
    await asked(world, row, "pause", world.engine().pause(row.key, operator));
}

/** Lets a request run until it is answered, or until it can no longer be; true when it was acknowledged. */
async function asked(world: World, { key }: RunRow, about: string, request: Promise<void>): Promise<boolean> {
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
      // It may lie there all the same: then it was this process that could not go on.
      if (!code.startsWith("journal.") && !code.startsWith("engine.")) world.witness.refused(key, about);
      if (code === "internal" || code.startsWith("machine.")) world.witness.blame(`a request met ${code}: ${message}`);
    }
  }
}

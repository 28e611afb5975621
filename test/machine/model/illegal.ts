import type { RunEvent } from "../../../src/machine/event.ts";
import type { Instance } from "../../../src/machine/state.ts";
import { hasEnded } from "../../../src/machine/states.ts";
import type { Seeded } from "../../simulation/chance.ts";
import type { World } from "./world.ts";

/** An event of this instance; the machine never makes one for a step that waits for others or has ended. */
const eventsOf: readonly [(instance: Instance) => RunEvent, ...((instance: Instance) => RunEvent)[]] = [
  ({ path, attempt }) => ({ kind: "step.started", v: 1, path, attempt: attempt + 1 }),
  ({ path }) => ({ kind: "timer.fired", v: 1, path }),
  ({ path, body }) => ({ kind: "iteration.started", v: 1, path, n: (body?.iteration ?? 0) + 1, from: 0 }),
  ({ path }) => ({ kind: "step.succeeded", v: 1, path, output: null }),
  ({ path }) => ({ kind: "step.failed", v: 1, path, error: { code: "x", message: "" } }),
  ({ path }) => ({ kind: "step.failed", v: 1, path, error: { code: "x", message: "" }, retryAt: 0 }),
  ({ path }) => ({ kind: "step.cancelled", v: 1, path }),
  ({ path }) => ({ kind: "step.waiting", v: 1, path, reason: "timer", until: 0 }),
  ({ path }) => ({ kind: "scope.expanded", v: 1, path, items: [] }),
  ({ path }) => ({ kind: "child.started", v: 1, path, run: "r", workflow: "c@1", input: {}, detach: false }),
  ({ path }) => ({ kind: "gate.withdrawn", v: 1, path }),
  ({ path }) => ({ kind: "gate.expired", v: 1, path }),
  ({ path }) => ({ kind: "effect.intended", v: 1, path, operation: unheard, key: "k", class: "keyed" }),
  ({ path }) => ({ kind: "effect.received", v: 1, path, operation: unheard, receipt: null }),
  ({ path }) => ({ kind: "effect.failed", v: 1, path, operation: unheard, code: "x", undone: true }),
  ({ path, gate }) => ({ kind: "gate.opened", v: 1, path, gate: gate?.offer ?? noOffer }),
];

const unheard = { name: "unheard", occurrence: 1 };
const noOffer = { question: "", show: null, editable: [], by: [], quorum: 1, hash: "" };

/** An event that cannot follow: of a step that has not begun or has ended, of one that is not there, or a second beginning or end. */
export function illegalEvent(world: World, chance: Seeded): RunEvent {
  const { instances, ended } = world.state();
  if (ended !== undefined) return { kind: "run.resumed", v: 1, by: "ada" };
  const still = Array.from(instances.values()).filter(({ status }) => status === "pending" || hasEnded(status));
  const instance = still[chance.whole(0, Math.max(0, still.length - 1))];
  if (instance === undefined) return { kind: "step.cancelled", v: 1, path: "nowhere" };
  return chance.pick(eventsOf)(instance);
}

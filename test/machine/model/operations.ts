import type { EffectClass } from "../../../src/language/connector.ts";
import type { BegunOperation, Instance } from "../../../src/machine/state.ts";
import type { Outcomes } from "./reference.ts";
import type { Wish, World } from "./world.ts";

const classes: readonly EffectClass[] = ["keyed", "keyed", "blind", "read", "idempotent", "conditional"];

/**
 * What a call does outside, beside what happens to it: it asks for an operation, or a receipt or a failure comes, perhaps for a step that has ended. `spare`
 * is what the tape leaves over, so that a life takes the same course as one without.
 */
export function operateOutside(world: World, spare: number): void {
  const digit = (place: number, many: number): number => Math.floor(spare * 10 ** place) % many;
  const { calls, instances } = world.state();
  if (spare === 0) return;
  if (digit(1, 10) < 5) {
    const call = [...calls][digit(2, calls.size)];
    if (call !== undefined) ask(world, call, digit);
    return;
  }
  const begun = Array.from(instances.values()).filter(({ effects }) => effects !== undefined);
  const instance = begun[digit(3, begun.length)];
  const effect = [...(instance?.effects?.values() ?? [])][digit(4, instance?.effects?.size ?? 1)];
  if (instance !== undefined && effect !== undefined) comeBack(world, [instance, effect], digit(5, 10));
}

function comeBack(world: World, [instance, effect]: readonly [Instance, BegunOperation], dice: number): void {
  if (dice < 6) world.receive(instance, effect);
  else world.fail(instance, effect, dice < 9);
}

function ask(world: World, call: Instance, digit: (place: number, many: number) => number): void {
  const which = digit(3, 3);
  const operation = { name: `o${which}`, occurrence: 1, ...(digit(4, 10) === 9 && { digest: "other" }) };
  const effectClass = classes[which + digit(5, 2)] ?? "keyed";
  const canFind = effectClass === "conditional" ? ({ canFind: true, isThere: digit(6, 2) === 1 } as const) : {};
  world.ask(call, { operation, class: effectClass, ...canFind, ...aimOf(call, which) });
}

/** Some operations are a model's, and some are ones that the rules speak of: by the step, since rules do not change by chance. */
function aimOf({ path }: Instance, which: number): Pick<Wish, "target" | "rule"> {
  if (which === 0) return { target: { kind: "model", name: "m" }, rule: () => ({ ...rules, outcome: "allow" }) };
  if (which === 1) return {};
  const outcome = (["deny", "needs_approval", "allow"] as const)[path.length % 3] ?? "allow";
  return { target: { kind: "tool", name: "t" }, rule: () => ({ ...rules, outcome }) };
}

const rules = { rules: ["r"], version: "1", reason: "so.", approvals: { count: 1, roles: ["boss"] } } as const;

/** The one operation of a calm call, before the call ends: its receipt comes, or is lost with the attempt. */
export function loseOrReceive(world: World, instance: Instance, outcomes: Outcomes): ReturnType<World["ask"]> {
  const { path, attempt } = instance;
  const effectClass = outcomes.operation(path);
  if (effectClass === "none") return "received";
  const wish: Wish = { operation: { name: "o", occurrence: 1 }, class: effectClass };
  const asked = world.ask(instance, wish);
  const effect = instance.effects?.get("o#1");
  if (asked === "begins" && effect !== undefined && outcomes.receipt(path, attempt) === "received")
    world.receive(instance, effect);
  return asked;
}

import type { EffectClass } from "../../../src/language/connector.ts";
import type { Instance } from "../../../src/machine/state.ts";
import type { Outcomes } from "./reference.ts";
import type { Wish, World } from "./world.ts";

const classes: readonly EffectClass[] = ["keyed", "keyed", "blind", "read", "idempotent", "conditional"];

/**
 * What a call does outside, beside what happens to it: it asks for an operation, or a receipt comes, perhaps for a step that has ended. `spare`
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
  if (instance !== undefined && effect !== undefined) world.receive(instance, effect);
}

function ask(world: World, call: Instance, digit: (place: number, many: number) => number): void {
  const operation = { name: `o${digit(3, 3)}`, occurrence: 1, ...(digit(4, 10) === 9 && { digest: "other" }) };
  world.ask(call, { operation, class: classes[digit(3, 3) + digit(5, 2)] ?? "keyed" });
}

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

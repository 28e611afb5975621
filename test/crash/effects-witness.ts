import type { DurableRun } from "./durable.ts";
import type { EffectLine } from "./ledger.ts";

/** Compares the operations that left with what the journals say of them. */
export interface EffectsWitness {
  readonly look: (runs: ReadonlyMap<string, DurableRun>, lines: readonly EffectLine[]) => void;
}

/** A witness that has seen no operation yet. */
export function createEffectsWitness(
  blame: (promise: "early" | "repeated" | "keys" | "missing", what: string) => void,
): EffectsWitness {
  /** For each key with a receipt: how many operations had left when that was known. */
  const receivedAt = new Map<string, number>();

  return {
    look(runs, lines) {
      const left = new Map(lines.map((line) => [line.key, line]));
      const begun = new Map<string, string>();
      for (const [run, { events }] of runs) {
        for (const event of events) {
          if (event.kind !== "effect.intended" && event.kind !== "effect.received") continue;
          const name = nameOf({ run, path: event.path, name: event.operation.name });
          if (event.kind === "effect.intended") noteKey(begun, name, event.key);
          else noteReceipt(left, name, begun.get(name) ?? "", lines.length);
        }
      }
      for (const [index, line] of lines.entries()) {
        const name = nameOf(line);
        if (begun.get(name) !== line.key) blame("early", `operation ${name} left before its intent was durable`);
        if (index >= (receivedAt.get(line.key) ?? Infinity))
          blame("repeated", `operation ${name} had its receipt and left again in life ${line.life}`);
      }
    },
  };

  function noteKey(begun: Map<string, string>, name: string, key: string): void {
    if ((begun.get(name) ?? key) !== key) blame("keys", `operation ${name} had two keys`);
    begun.set(name, key);
  }

  function noteReceipt(left: ReadonlyMap<string, EffectLine>, name: string, key: string, lines: number): void {
    if (!left.has(key)) blame("missing", `operation ${name} has a receipt and never left`);
    if (!receivedAt.has(key)) receivedAt.set(key, lines);
  }
}

function nameOf({ run, path, name }: Pick<EffectLine, "run" | "path" | "name">): string {
  return `${run} ${path} ${name}`;
}

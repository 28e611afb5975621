import type { DurableRun } from "./durable.ts";

/** Sees to it that no run is set aside that had got on since the first of the deaths it is blamed for (semantics I16). */
export interface AsideWitness {
  /** How many runs were set aside. */
  readonly aside: number;
  /** Looks at what a life has left behind. */
  look(runs: ReadonlyMap<string, Pick<DurableRun, "events">>): void;
}

/** A witness that has seen no run yet. */
export function createAsideWitness(blame: (promise: "stuck", what: string) => void): AsideWitness {
  /** How many events a run had when it was looked at last, and how many lives it has lived through since without one more. */
  const known = new Map<string, { readonly events: number; readonly lives: number }>();
  let aside = 0;

  return {
    get aside() {
      return aside;
    },
    look(runs) {
      for (const [run, { events }] of runs) {
        const before = known.get(run) ?? { events: 0, lives: 0 };
        const isStill = events.length === before.events;
        known.set(run, { events: events.length, lives: isStill ? before.lives + 1 : 0 });
        const last = events.at(-1);
        if (isStill || last?.kind !== "run.set-aside") continue;
        aside += 1;
        // The first of its deaths may have come behind an event; between them there was none, nor any in the life that set it aside.
        if (before.lives < last.deaths - 1 || events.length > before.events + 1)
          blame("stuck", `${run} was set aside after ${last.deaths} deaths, and had got on between them`);
      }
    },
  };
}

/** True for a run that is not taken up any more. */
export function isAside({ events }: Pick<DurableRun, "events">): boolean {
  return events.at(-1)?.kind === "run.set-aside";
}

import type { StepDraft, StepDrafts } from "../check/draft.ts";
import type { Written } from "../check/keys.ts";
import type { Range } from "../diagnostic.ts";
import type { Environment, StepRead } from "../expression/checker.ts";
import type { Type } from "../expression/type.ts";
import type { Schema } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { World } from "../world.ts";
import type { Declared } from "./declared.ts";
import type { FileDefaults } from "./defaults.ts";

/**
 * Where an expression stands. `outside`: beside the step, before its items are known; `inside`: in one of its items; `after`: behind its
 * body, whose steps can be read; `event` and `undo`: inside, with the event or the receipt. Without a step: the file's own `output`, or a
 * place before any step runs.
 */
export interface Place {
  readonly step: StepDraft | undefined;
  readonly at: "outside" | "inside" | "after" | "event" | "undo" | EarlyPlace;
}

/** A part of the file that is read before any step runs: no step is known there. */
export type EarlyPlace =
  /** Of a trigger. */
  | "auth"
  /** The rest of a trigger, where `trigger` says what happened. */
  | "webhook"
  | "schedule"
  | "event trigger"
  | "workflow trigger"
  /** Of a connector. */
  | "settings"
  | "concurrency";

/** A read of a step, with its place in the file. */
export interface PlacedRead {
  readonly read: StepRead;
  readonly range: Range;
  readonly place: Place;
  /** The field that the expression stands in. */
  readonly field: string;
}

/** The names that an expression looks up, with its place. */
export interface PlacedNames {
  readonly names: ReadonlySet<string>;
  readonly place: Place;
  readonly field: string;
}

/** One file on its way from drafts to a Plan. */
export interface Workshop {
  readonly text: string;
  /** The id of the workflow; empty when it has none. */
  readonly ownId: string;
  readonly world: World;
  readonly problems: Problems;
  readonly file: Written;
  readonly declared: Declared;
  readonly drafts: StepDrafts;
  readonly defaults: FileDefaults;
  readonly inputs: Schema;
  readonly env: readonly string[];
  /** Every read of a step, as the expressions are compiled. */
  readonly reads: PlacedRead[];
  /** Every name that is looked up. */
  readonly names: PlacedNames[];
  environmentAt(place: Place): Environment;
  /** What `<step>.output` is for its readers. */
  outputOf(step: StepDraft): Type;
  /** The type of one item of a for-each. */
  itemOf(step: StepDraft): Type;
  /** Makes a part of a step once; `busy` is what whoever asks for it on the way gets. */
  once<T>(step: StepDraft, part: string, busy: T, make: () => T): T;
}

/**
 * How deep parts may be made for each other. A chain of steps that each read the next would otherwise be followed to its end, as deep as the
 * file is long; beyond this depth a type is simply not known.
 */
const depthMax = 100;

/** The memory behind `Workshop.once`. */
export function createOnce(): Workshop["once"] {
  const made = new Map<string, unknown>();
  let depth = 0;
  return <T>(step: StepDraft, part: string, busy: T, make: () => T): T => {
    const key = `${step.index} ${part}`;
    if (made.has(key)) return made.get(key) as T;
    if (depth >= depthMax) return busy;

    made.set(key, busy);
    depth += 1;
    const value = make();
    depth -= 1;
    made.set(key, value);
    return value;
  };
}

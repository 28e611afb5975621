import type { Range } from "../diagnostic.ts";
import type { VerbName } from "../fields/field.ts";
import type { Mode } from "../plan.ts";
import type { SourceEntry, SourceMap } from "../source/tree.ts";
import type { Written } from "./keys.ts";
import { short } from "./short.ts";

/** A step as it was written, with its keys read and its place known. */
export interface StepDraft {
  readonly index: number;
  readonly map: SourceMap;
  readonly list: ListDraft;
  readonly position: number;
  /** Undefined when none was written. */
  readonly verb: VerbName | undefined;
  readonly verbEntry: SourceEntry;
  readonly fields: Written;
  /** Set once all steps are known. */
  id: string;
  idRange: Range;
  /** The steps of a `do`. */
  body: ListDraft | undefined;
}

/** A list of steps: the file's own, or that of a `do`. */
export interface ListDraft {
  readonly owner: StepDraft | undefined;
  readonly mode: Mode;
  readonly steps: StepDraft[];
}

/** All steps of a file. */
export interface StepDrafts {
  readonly root: ListDraft;
  /** Depth first, in the order of the file. */
  readonly steps: readonly StepDraft[];
  /** By id as expressions read it: `-` is `_`. */
  readonly byName: ReadonlyMap<string, StepDraft>;
}

/** The name that expressions use for a step id. */
export function nameOf(id: string): string {
  return id.replaceAll("-", "_");
}

/** A step as messages call it: `step 'review'`, or `this step` when it has no id. */
export function called(step: StepDraft, noun = "step"): string {
  return step.id.startsWith(unnamed) ? `this ${noun}` : `${noun} '${short(step.id)}'`;
}

/** Stands before the number that serves a step without an id; no id begins so. */
export const unnamed = " ";

/** A field of a step that holds one word, as it was written. */
export function writtenText(step: StepDraft, field: string): string | undefined {
  const value = step.fields.get(field)?.value;
  return value?.kind === "scalar" ? value.text : undefined;
}

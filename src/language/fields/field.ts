/** What the value of a field is. */
export type ValueKind =
  | "workflow id"
  | "step id"
  | "step ids"
  | "name"
  | "names"
  | "labels"
  | "text"
  | "template"
  | "templates"
  | "expression"
  | "duration"
  | "whole number"
  | "number"
  | "true/false"
  | "choice"
  | "quorum"
  | "type"
  | "types"
  | "steps"
  | "map";

/** One field of the language. This table is what the checks of keys, the suggestions, the editor schema and the reference are made of. */
export interface Field {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: ValueKind;
  /** The words that a `choice` takes. */
  readonly choices?: readonly string[];
  /** The least and the greatest number. */
  readonly between?: readonly [number, number];
  /** The fields of a `map`. */
  readonly fields?: readonly Field[];
  /** What stands under each key of a `map` whose keys are names that the file gives. */
  readonly entries?: Field;
  /** Another form that the value may have. */
  readonly or?: Omit<Field, "name" | "doc" | "supported">;
  /** A list of such values may stand here too. */
  readonly listable?: true;
  /** What holds when it is not written, in words. */
  readonly default?: string;
  readonly doc: string;
  /** False: checked like every field, but not carried out by this build (E090 where a run is asked for). */
  readonly supported: boolean;
  /** The verbs it belongs to; undefined: every step. */
  readonly on?: readonly VerbName[];
  /** Verbs on which it is checked, but not carried out by this build. */
  readonly laterOn?: readonly VerbName[];
}

/** Every verb of the language. */
export type VerbName =
  | "llm"
  | "agent"
  | "tool"
  | "function"
  | "assignment"
  | "approve"
  | "do"
  | "workflow"
  | "plan"
  | "wait"
  | "set"
  | "fail";

/** A verb is the field that says what a step does. */
export interface Verb extends Field {
  readonly name: VerbName;
}

/** The field that a key names, by its name or an alias. */
export function fieldNamed<F extends Field>(fields: readonly F[], key: string): F | undefined {
  return indexOf(fields).get(key) as F | undefined;
}

/** All keys of some fields, aliases included. */
export function keysOf(fields: readonly Field[]): readonly string[] {
  return [...indexOf(fields).keys()];
}

const indexes = new WeakMap<readonly Field[], ReadonlyMap<string, Field>>();

function indexOf(fields: readonly Field[]): ReadonlyMap<string, Field> {
  const known = indexes.get(fields);
  if (known !== undefined) return known;
  const made = new Map(
    fields.flatMap((field) => [field.name, ...(field.aliases ?? [])].map((key) => [key, field] as const)),
  );
  indexes.set(fields, made);
  return made;
}

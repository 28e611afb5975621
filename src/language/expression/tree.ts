import type { Json } from "../../base/json.ts";

/** What an expression may read of a step. */
export type StepField =
  | "output"
  | "status"
  | "error"
  | "artifacts"
  | "usage"
  | "receipt"
  | "decision"
  | "iterations"
  | "failed"
  | "results";

/** Operators of two sides; `contains`, `startsWith` and `endsWith` are ours, the others are CEL's. */
export type BinaryOperator =
  | "||"
  | "&&"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "contains"
  | "startsWith"
  | "endsWith";

/** CEL's macros: each binds a variable while it walks a list or the keys of a map. */
export type Macro = "all" | "exists" | "exists_one" | "map" | "filter";

/**
 * The tree of an expression, as it is stored in a Plan: plain JSON, so that a run evaluates exactly what was published, whatever parser a
 * later build carries.
 */
export type Node =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "step"; readonly step: number; readonly field: StepField }
  | { readonly kind: "member"; readonly of: Node; readonly field: string }
  | { readonly kind: "has"; readonly of: Node; readonly field: string }
  | { readonly kind: "index"; readonly of: Node; readonly at: Node }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly kind: "not"; readonly of: Node }
  | { readonly kind: "negate"; readonly of: Node }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: "choice"; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  | {
      readonly kind: "macro";
      readonly macro: Macro;
      readonly of: Node;
      readonly variable: string;
      /** `map` with three arguments has a filter before its mapping. */
      readonly filter?: Node;
      readonly body: Node;
    };

/** A checked expression: its text as written, for people, and its tree, for the evaluator. */
export interface Expression {
  readonly text: string;
  readonly tree: Node;
}

/** Where an expression's names get their values from, at the moment of evaluation. */
export interface Names {
  /** Value of `inputs`, `vars`, `iter`, the `as` name …; undefined when there is no such name here. */
  name(name: string): Json | undefined;
  /** Value of `<step>.<field>` as seen from here; null when the step was skipped or has not run. */
  step(step: number, field: StepField): Json;
  /** Hears of what is not there, which then counts as null; without it that is a failure. */
  readonly missing?: (what: string) => void;
}

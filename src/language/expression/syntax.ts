import type { Json } from "../../base/json.ts";
import type { BinaryOperator } from "./tree.ts";

/** Where a part of an expression stands: offsets in its text, brackets around it left out. */
interface Placed {
  readonly start: number;
  readonly end: number;
}

/**
 * An expression as it was written, before its names are looked up: what the checker reads.
 *
 * It does not depend on the parser, and it never leaves this folder; a Plan stores the `Node` that the checker makes of it.
 */
export type Syntax = Placed &
  (
    | { readonly kind: "literal"; readonly value: Json }
    /** `reference`: written with `#`, so that the first field is one of the step's output. */
    | { readonly kind: "name"; readonly name: string; readonly reference: boolean }
    | { readonly kind: "member"; readonly of: Syntax; readonly field: string; readonly fieldStart: number }
    | { readonly kind: "index"; readonly of: Syntax; readonly at: Syntax }
    | { readonly kind: "list"; readonly items: readonly Syntax[] }
    | { readonly kind: "object"; readonly entries: readonly (readonly [Syntax, Syntax])[] }
    | { readonly kind: "not"; readonly of: Syntax }
    | { readonly kind: "negate"; readonly of: Syntax }
    | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Syntax; readonly right: Syntax }
    | { readonly kind: "choice"; readonly test: Syntax; readonly yes: Syntax; readonly no: Syntax }
    | { readonly kind: "call"; readonly name: string; readonly args: readonly Syntax[] }
    /** `of.name(args)`: a macro, or a function whose first argument stands before it. */
    | {
        readonly kind: "method";
        readonly of: Syntax;
        readonly name: string;
        readonly nameStart: number;
        readonly args: readonly Syntax[];
      }
  );

/** A part of one kind. */
export type SyntaxOf<Kind extends Syntax["kind"]> = Syntax & { readonly kind: Kind };

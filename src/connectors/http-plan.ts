import type { JsonObject } from "../base/json.ts";
import type { Expression } from "../language/expression/tree.ts";
import type { Template } from "../language/plan.ts";
import type { Spot } from "./mapper.ts";
import type { answers, meanings, methods } from "./http-fields.ts";

/** The section `http` of a connector, ready to be used. */
export interface HttpConnectorPlan {
  readonly base: Template;
  readonly auth?: AuthPlan;
  readonly headers?: Template;
  readonly errors: readonly ErrorRule[];
  readonly message?: Expression;
  readonly tables: JsonObject;
  /** What can be read everywhere in the connector: made once, since a file may have many actions. */
  readonly spot: Spot;
}

/** How a request is signed in. */
export interface AuthPlan {
  readonly kind: "bearer" | "basic" | "header" | "query" | "refresh";
  /** What it takes: a text for `bearer`; an object for the others. */
  readonly value: Template;
  /** It is left out where its settings are not given. */
  readonly optional: boolean;
}

/** An answer that means something that its status does not say. */
export interface ErrorRule {
  readonly when: Expression;
  readonly code: (typeof meanings)[number];
  readonly message?: Template;
}

/** One request, with holes. */
export interface RequestPlan {
  readonly method: (typeof methods)[number];
  /** It changes nothing, whatever its method. */
  readonly safe: boolean;
  readonly base?: Template;
  readonly path: Template;
  readonly query?: Template;
  readonly headers?: Template;
  readonly body?: Template;
  readonly form?: Template;
  readonly answer: (typeof answers)[number];
  readonly ok: readonly number[];
  readonly errors: readonly ErrorRule[];
  readonly pages?: PagesPlan;
  /** An object of lists whose rows are wanted. */
  readonly columns?: Expression;
}

/** How the rest of a list is read. */
export interface PagesPlan {
  readonly items: Expression;
  readonly next: Expression;
  readonly limit?: Expression;
  readonly max: number;
}

/** The section `http` of an action, ready to be used. */
export interface HttpActionPlan {
  readonly before: readonly (readonly [string, RequestPlan])[];
  readonly values: readonly (readonly [string, Template])[];
  readonly request: RequestPlan;
  /** The header that carries the key. */
  readonly keyHeader?: string;
  readonly ifMatch?: Template;
  readonly output?: Template;
  readonly receipt?: Template;
  readonly find?: FindPlan;
}

/** How to look whether a call was carried out. */
export interface FindPlan {
  readonly request: RequestPlan;
  readonly found: Expression;
  readonly output?: Template;
  readonly receipt?: Template;
}

import type { JsonObject } from "../base/json.ts";
import type { Scope } from "../base/ids.ts";
import type { Plan } from "../language/plan.ts";

/** What a published version depends on, each by digest: a run of it reads nothing else. */
export interface Lock {
  /** Settings of providers, by pin of the model, as `Models.describe` gives them. */
  readonly models: Readonly<Record<string, JsonObject>>;
  /** Digests of descriptors, with what their server offered, by pin of the connector. */
  readonly connectors: Readonly<Record<string, string>>;
  /** Digests of the files of user modules, by `function audit` or `assignment 7`. */
  readonly modules: Readonly<Record<string, { readonly file: string; readonly digest: string }>>;
}

/** A pinned workflow: immutable, named by the digest of its source and Plan. */
export interface Version {
  readonly digest: string;
  readonly workflow: string;
  /** A draft was never published: it is what lay in the file when the run started. */
  readonly draft: boolean;
  readonly file: string;
  readonly source: string;
  readonly plan: Plan;
  /** Digests of the versions that its steps run, by `id@version` as the steps name them. */
  readonly runs?: Readonly<Record<string, string>>;
  /** Of published versions only. */
  readonly lock?: Lock;
}

/** Keeps versions. Storing the same digest twice is the same as once. */
export interface Catalog {
  put(scope: Scope, version: Version): Promise<void>;
  /** Throws `version.not-found`. */
  get(scope: Scope, digest: string): Promise<Version>;
}

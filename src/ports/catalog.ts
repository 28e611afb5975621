import type { Scope } from "../base/ids.ts";
import type { Plan } from "../language/plan.ts";

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
}

/** Keeps versions. Storing the same digest twice is the same as once. */
export interface Catalog {
  put(scope: Scope, version: Version): Promise<void>;
  /** Throws `version.not-found`. */
  get(scope: Scope, digest: string): Promise<Version>;
}

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
  readonly modules: Readonly<Record<string, LockedModule>>;
}

/** A module of the project as it was when the version was published. Files are named from the project's folder. */
export interface LockedModule {
  readonly file: string;
  readonly digest: string;
  /** Digests of the files of the project that it imports, directly or through others, by file; absent: none. */
  readonly imports?: Readonly<Record<string, string>>;
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
  /** Number, time and publisher of a published version: not part of it, but known to the catalog that it was read from. */
  readonly number?: number;
  readonly published?: Signature;
}

/** Who published a version, and when, in milliseconds since 1970. */
export interface Signature {
  readonly by: string;
  readonly at: number;
}

/** A number that a workflow's version was published under. */
export interface Release extends Signature {
  readonly workflow: string;
  /** From 1 on, without gaps. */
  readonly number: number;
  readonly digest: string;
}

/** A page of releases, newest first. */
export interface ReleaseQuery {
  /** Exclusive: releases of a lower number. */
  readonly before?: number;
  readonly limit: number;
}

/** Keeps versions. Storing the same digest twice is the same as once. */
export interface Catalog {
  put(scope: Scope, version: Version): Promise<void>;
  /** Throws `version.not-found`. */
  get(scope: Scope, digest: string): Promise<Version>;
  /**
   * Keeps a version under the next number of its workflow, in one transaction: of any number of publishers at the same time each gets another.
   * A digest that was published before keeps its number, time and publisher.
   */
  publish(scope: Scope, version: Version, signature: Signature): Promise<Release>;
  /** The version of this number, or of the highest. Throws `version.not-found`. */
  numbered(scope: Scope, workflow: string, number: number | "latest"): Promise<Version>;
  /** A page of what a workflow was published as, newest first. No page is longer than `limits.pageRowsMax`. */
  versions(scope: Scope, workflow: string, query: ReleaseQuery): Promise<readonly Release[]>;
  /** The latest release of each workflow, by the workflow's id; `after` is exclusive. No page is longer than `limits.pageRowsMax`. */
  workflows(scope: Scope, after?: string): Promise<readonly Release[]>;
  /** The releases of these digests; drafts have none. At most `limits.pageRowsMax` digests. */
  releasesOf(scope: Scope, digests: readonly string[]): Promise<readonly Release[]>;
}

/** The half of a catalog that changes nothing. */
export type CatalogReader = Omit<Catalog, "put" | "publish">;

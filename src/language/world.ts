import type { ConnectorDescriptor } from "./connector.ts";
import type { Leniency, Schema } from "./plan.ts";

/** A text to check and the name it is reported under. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** What the checker knows about the surroundings of a file. The language reads no folders itself. */
export interface World {
  /** Names of the user modules found, for `function:` and `assignment:`. */
  readonly functions: readonly string[];
  readonly assignments: readonly string[];
  /** The type of what a user module gives, when its text says so. */
  readonly moduleOutput?: (kind: "function" | "assignment", name: string) => Schema | undefined;
  /** Roles that the configuration names, beside `requester`. */
  readonly roles: readonly string[];
  /** Every version of every connector that is installed. */
  readonly connectors: readonly ConnectorDescriptor[];
  /** Kinds of coding agents, for example `codex`. */
  readonly agents: readonly string[];
  /** Workflows that a step can run, drafts as version `draft`. */
  readonly workflows: readonly KnownWorkflow[];
  /** What the workspace has pinned: it is there in every file under the same alias, unless the file names another. */
  readonly pins: Pins;
  /** Labels of each runner that is enrolled. */
  readonly runners: readonly (readonly string[])[];
  /** Tools of which the workspace allows no others, as `zendesk.*`; undefined: all. */
  readonly tools?: readonly string[] | undefined;
  /** The workspace takes no write that no person sees before (W070), whatever the file says of it. */
  readonly deniesUnreviewed?: boolean;
  /** How the file is to be run, where that is not as it says itself. */
  readonly leniency?: Leniency;
}

/** A version of a workflow, as a step that runs it needs to know it. */
export interface KnownWorkflow {
  readonly id: string;
  readonly version: string;
  readonly inputs: Schema;
  /** What its runs give back; undefined: not known. */
  readonly output?: Schema;
  /** Ids of the workflows that it runs itself: a circle is recursion. */
  readonly runs: readonly string[];
  /** It bounds its own depth. */
  readonly hasDepth: boolean;
}

/** Pins by alias. */
export interface Pins {
  readonly models: Readonly<Record<string, string>>;
  readonly connectors: Readonly<Record<string, string>>;
  readonly agents: Readonly<Record<string, string>>;
}

/** A world in which of what is left out nothing is there. What is worked out only when it is asked for stays so. */
export function completeWorld(known: Partial<World>): World {
  return Object.defineProperties({ ...emptyWorld }, Object.getOwnPropertyDescriptors(known));
}

const emptyWorld: World = {
  functions: [],
  assignments: [],
  roles: [],
  connectors: [],
  agents: [],
  workflows: [],
  pins: { models: {}, connectors: {}, agents: {} },
  runners: [],
};

import type { Written } from "../check/keys.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import type { Schema } from "../plan.ts";
import type { SourceEntry } from "../source/tree.ts";

/** What a file names for its steps to use, by alias. What is wrong with a declaration is reported where it stands; its alias counts. */
export interface Declared {
  readonly models: ReadonlyMap<string, DeclaredPin>;
  readonly connectors: ReadonlyMap<string, DeclaredConnector>;
  readonly agents: ReadonlyMap<string, DeclaredAgent>;
  readonly documents: ReadonlyMap<string, DeclaredDocument>;
  readonly entities: ReadonlyMap<string, DeclaredEntity>;
  readonly secrets: ReadonlySet<string>;
}

/** An alias and what it stands for. */
export interface DeclaredPin {
  /** As it was written, such as `anthropic/claude-haiku-4-5-20251001`; empty when nothing readable was. */
  readonly pin: string;
  /** Undefined: pinned by the workspace, not by the file. */
  readonly entry: SourceEntry | undefined;
}

/** A connector with its settings. */
export interface DeclaredConnector extends DeclaredPin {
  /** What it can do; undefined: not known, which was reported, so that nothing more is said about its actions. */
  readonly descriptor: ConnectorDescriptor | undefined;
  readonly with: SourceEntry | undefined;
}

/** A coding agent and the model it works with. */
export interface DeclaredAgent extends DeclaredPin {
  readonly model: string | undefined;
}

/** A type of document. */
export interface DeclaredDocument {
  readonly entry: SourceEntry;
  readonly schema: Schema | undefined;
  /** The scope there is one per item of; undefined: one in the run. */
  readonly scope: string | undefined;
  /** `accept` with the fields of a gate; undefined: nobody is asked. */
  readonly accept: Written | undefined;
  /** Where `accept` stands. */
  readonly acceptEntry: SourceEntry | undefined;
}

/** A kind of thing that a scope is named after. */
export interface DeclaredEntity {
  readonly entry: SourceEntry;
  /** `<document>.<field>`. */
  readonly from: string | undefined;
  /** The field that names each thing. */
  readonly key: string | undefined;
}

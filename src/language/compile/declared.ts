import { readKeys, type Written } from "../check/keys.ts";
import { mapIn, namesIn } from "../check/values.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import { agentFields, connectorFields, documentFields, entityFields } from "../fields/file-fields.ts";
import type { Field } from "../fields/field.ts";
import type { Schema } from "../plan.ts";
import type { Problems } from "../problems.ts";
import { schemaOf } from "../schema/short-form.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import type { World } from "../world.ts";

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
}

/** A kind of thing that a scope is named after. */
export interface DeclaredEntity {
  readonly entry: SourceEntry;
  /** `<document>.<field>`. */
  readonly from: string | undefined;
  /** The field that names each thing. */
  readonly key: string | undefined;
}

/** Reads what a file declares. */
export function declaredIn(file: Written, world: World, problems: Problems): Declared {
  return {
    models: withPins(pinsOf(file.get("models"), problems), world.pins.models, (pin) => pin),
    connectors: withPins(connectorsOf(file.get("connectors"), world, problems), world.pins.connectors, (pin) => ({
      ...pin,
      descriptor: descriptorOf(pin.pin, world),
      with: undefined,
    })),
    agents: withPins(agentsOf(file.get("agents"), problems), world.pins.agents, (pin) => ({
      ...pin,
      model: undefined,
    })),
    documents: documentsOf(file.get("documents"), problems),
    entities: entitiesOf(file.get("entities"), problems),
    secrets: new Set(secretsOf(file.get("secrets"), problems)),
  };
}

/** What the workspace pins is there too, under aliases that the file does not use itself. */
function withPins<T extends DeclaredPin>(
  own: ReadonlyMap<string, T>,
  pins: Readonly<Record<string, string>>,
  make: (pin: DeclaredPin) => T,
): ReadonlyMap<string, T> {
  const shared = Object.entries(pins).map(([alias, pin]) => [alias, make({ pin, entry: undefined })] as const);
  return new Map([...shared, ...own]);
}

function entriesOf(entry: SourceEntry | undefined, problems: Problems): readonly SourceEntry[] {
  return entry === undefined ? [] : (mapIn(problems, entry)?.entries ?? []);
}

function pinsOf(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredPin> {
  return new Map(entriesOf(entry, problems).map((each) => [each.key, { pin: textOf(each), entry: each }]));
}

function connectorsOf(
  entry: SourceEntry | undefined,
  world: World,
  problems: Problems,
): ReadonlyMap<string, DeclaredConnector> {
  return new Map(
    entriesOf(entry, problems).map((each) => {
      const written = partsOf(each, connectorFields, "in a connector", problems);
      const pin = textOf(written?.get("use") ?? each);
      return [each.key, { pin, entry: each, descriptor: descriptorOf(pin, world), with: written?.get("with") }];
    }),
  );
}

function agentsOf(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredAgent> {
  return new Map(
    entriesOf(entry, problems).map((each) => {
      const written = partsOf(each, agentFields, "in an agent", problems);
      const model = written?.get("model");
      return [
        each.key,
        {
          pin: textOf(written?.get("use") ?? each),
          entry: each,
          model: model === undefined ? undefined : textOf(model),
        },
      ];
    }),
  );
}

function documentsOf(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredDocument> {
  return new Map(
    entriesOf(entry, problems).map((each) => {
      const written = partsOf(each, documentFields, "in a document", problems);
      const schema = written?.get("schema");
      const scope = written?.get("scope");
      return [
        each.key,
        {
          entry: each,
          schema: schema === undefined ? undefined : schemaOf(schema.value, problems),
          scope: scope === undefined ? undefined : textOf(scope),
          accept: undefined,
        },
      ];
    }),
  );
}

function entitiesOf(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredEntity> {
  return new Map(
    entriesOf(entry, problems).map((each) => {
      const written = partsOf(each, entityFields, "in an entity", problems);
      const from = written?.get("from");
      const key = written?.get("key");
      return [
        each.key,
        {
          entry: each,
          from: from === undefined ? undefined : textOf(from),
          key: key === undefined ? undefined : textOf(key),
        },
      ];
    }),
  );
}

function secretsOf(entry: SourceEntry | undefined, problems: Problems): readonly string[] {
  return (entry === undefined ? [] : (namesIn(problems, entry, "a list of names of secrets") ?? [])).map(
    ({ name }) => name,
  );
}

function partsOf(entry: SourceEntry, fields: readonly Field[], where: string, problems: Problems): Written | undefined {
  return entry.value.kind === "map" ? readKeys(entry.value, fields, where, problems) : undefined;
}

function textOf({ value }: SourceEntry): string {
  return scalarOf(value)?.text ?? "";
}

function scalarOf(value: SourceEntry["value"]): SourceScalar | undefined {
  return value.kind === "scalar" && value.value !== null ? value : undefined;
}

/** The descriptor of a pinned connector: `zendesk@3.2.0`. Without a version, which is reported, the last one serves to check the steps with. */
function descriptorOf(pin: string, { connectors }: World): ConnectorDescriptor | undefined {
  const [name, version] = pin.split("@");
  return connectors.findLast((each) => each.name === name && (version === undefined || each.version === version));
}

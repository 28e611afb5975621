import type { ModuleLocks, ModuleName } from "../../actions/function/module-lock.ts";
import { digestJson } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { Plan } from "../../language/plan.ts";
import type { Lock } from "../../ports/catalog.ts";

/** What a lock is made from. */
export interface LockSources {
  /** Every version of every connector that is installed. */
  readonly connectors: readonly ConnectorDescriptor[];
  /** Settings of a model's provider, by the model's pin. */
  readonly describeModel: (pin: string) => JsonObject;
  readonly modules: ModuleLocks;
  /** The folder in which the workflow's modules lie. */
  readonly root: string;
}

/** Everything that a Plan depends on, as it is now. Throws what keeps it from being told. */
export function lockOf(plan: Plan, { connectors, describeModel, modules, root }: LockSources): Lock {
  return {
    models: byName(modelsOf(plan), describeModel),
    connectors: byName(connectorsOf(plan), (pin) => descriptorDigest(pin, connectors)),
    modules: byName(modulesOf(plan), (name) => modules.lockOf({ root, ...moduleNamed(name) })),
  };
}

function byName<T>(names: Iterable<string>, valueOf: (name: string) => T): Readonly<Record<string, T>> {
  const sorted = [...new Set(names)].toSorted();
  return Object.fromEntries(sorted.map((name) => [name, valueOf(name)] as const));
}

/** Pins of the models that a Plan names, for steps and for agents. */
function modelsOf({ models = {}, agents = {} }: Plan): readonly string[] {
  return [...Object.values(models), ...Object.values(agents).flatMap(({ model }) => model ?? [])];
}

/** Pins of the connectors that a Plan names. */
function connectorsOf({ connectors = {} }: Plan): readonly string[] {
  return Object.values(connectors).map(({ use }) => use);
}

/** `function audit` for each module that a Plan may call. */
function modulesOf({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ verb }) => {
    if (verb.kind === "function" || verb.kind === "assignment") return [moduleKey(verb)];
    return verb.kind === "plan" ? verb.allow.functions.map((name) => moduleKey({ kind: "function", name })) : [];
  });
}

/** How a lock names a module: `assignment 7`. */
export function moduleKey({ kind, name }: Pick<ModuleName, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** The module of a name in a lock. */
export function moduleNamed(key: string): Pick<ModuleName, "kind" | "name"> {
  const space = key.indexOf(" ");
  return { kind: key.slice(0, space) === "assignment" ? "assignment" : "function", name: key.slice(space + 1) };
}

/** Digest of the descriptor of a pinned connector. Throws `connector.invalid` when it is not installed. */
export function descriptorDigest(pin: string, connectors: readonly ConnectorDescriptor[]): string {
  const found = connectors.find(({ name, version }) => `${name}@${version}` === pin);
  if (found === undefined) throw new RunwrightError("connector.invalid", `Connector ${pin} is not installed.`);
  return digestJson(found as unknown as Json);
}

import { called, type StepDraft, writtenText } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { booleanIn, namesIn, scalarIn, type WrittenName } from "../check/values.ts";
import type { ActionDescriptor, ConnectorDescriptor } from "../connector.ts";
import type { Range } from "../diagnostic.ts";
import { entryOf, type SourceEntry } from "../source/tree.ts";
import type { DeclaredConnector } from "./declared.ts";
import { listed, reportMissing } from "./one-of.ts";
import type { Workshop } from "./workshop.ts";

/** An action as a file names it, with what is known of it. */
export interface NamedAction {
  /** `helpdesk.update_ticket`. */
  readonly name: string;
  /** The alias of its connector. */
  readonly connector: string;
  /** Its name in the connector. */
  readonly action: string;
  readonly range: Range;
  /** Undefined: the connector is not known, which was reported where it is declared. */
  readonly descriptor: ActionDescriptor | undefined;
}

/** The actions that a list of tools names. */
export interface NamedTools {
  /** As they were written: `weather.*` stays. */
  readonly names: readonly string[];
  /** Each of them, those of `weather.*` one by one. */
  readonly actions: readonly NamedAction[];
}

/** The action of a `tool` step; undefined after E050 or E071. */
export function toolOf(shop: Workshop, step: StepDraft): NamedAction | undefined {
  return shop.once<NamedAction | undefined>(step, "tool", undefined, () => {
    if (step.verb !== "tool") return undefined;
    const scalar = scalarIn(shop.problems, step.verbEntry, "an action of a connector: <connector>.<action>");
    if (scalar === undefined) return undefined;
    const found = actionsNamed(shop, { name: scalar.text, node: scalar }, "one");
    return found[0];
  });
}

/** The actions that a list names; E050, E071. */
function toolsIn(shop: Workshop, entry: SourceEntry | undefined): NamedTools {
  const written =
    entry === undefined ? [] : (namesIn(shop.problems, entry, "a list of actions: <connector>.<action>") ?? []);
  const once = new Map(written.map((each) => [each.name, each]));
  return { names: [...once.keys()], actions: [...once.values()].flatMap((each) => actionsNamed(shop, each, "some")) };
}

/**
 * E081: a step that may carry out a blind action accepts that.
 *
 * An `accept_blind` that stands there covers all actions of the step; that it is not needed is no mistake, since connectors change.
 */
export function acceptsBlind(shop: Workshop, step: StepDraft, actions: readonly NamedAction[]): boolean {
  const entry = step.fields.get("accept_blind");
  const accepts = entry !== undefined && booleanIn(shop.problems, entry) !== false;
  const blind = actions.filter(isBlind);
  const [first] = blind;
  if (accepts || first === undefined || step.fields.meant.has("accept_blind")) return accepts;

  const names = listed([...new Set(blind.map(({ name }) => name))]);
  const who = step.verb === "tool" ? "" : `${called(step)} may call `;
  const is = step.verb === "tool" ? " is blind" : ", which cannot be looked up or repeated";
  shop.problems.report(
    "E081",
    first.range,
    `${who}${names}${is}: nobody can tell whether an interrupted call was done`,
    { hint: "add accept_blind: true if that is acceptable" },
  );
  return false;
}

/** Whether nobody can tell if an interrupted call was done. */
function isBlind({ descriptor }: NamedAction): boolean {
  return descriptor?.effect === "blind";
}

/** One action, or with `<connector>.*`, where that may be written, all of one connector. */
function actionsNamed(shop: Workshop, { name, node }: WrittenName, many: "one" | "some"): readonly NamedAction[] {
  const { range } = node;
  const dot = name.indexOf(".");
  const alias = name.slice(0, dot);
  const action = name.slice(dot + 1);
  if (dot <= 0 || action === "") return reportNoDot(shop, name, range);

  const connector = shop.declared.connectors.get(alias);
  if (connector === undefined) {
    const known = nameable(shop.declared.connectors.keys());
    const none = `declare it: connectors: { ${/^\w[\w-]*$/.test(alias) ? alias : "name"}: <connector>@<version> }`;
    const own = { start: range.start + quoteOf(node), end: range.start + quoteOf(node) + alias.length };
    reportMissing(shop, {
      code: "E050",
      range: node.kind === "scalar" && node.style !== "block" ? own : range,
      // All of the scalar is written anew: a part of it could not be quoted where the name needs that.
      fix: (meant) => ({ range, text: `${meant}.${action.trim()}` }),
      message: `no connector named '${short(alias)}'`,
      word: alias,
      known,
      none,
    });
    return [];
  }
  const { descriptor } = connector;
  if (descriptor === undefined) return [{ name, connector: alias, action, range, descriptor: undefined }];
  if (action === "*" && many === "some") return allOf(shop, alias, descriptor, range);
  const found = Object.hasOwn(descriptor.actions, action) ? descriptor.actions[action] : undefined;
  if (found === undefined) return reportNoAction(shop, { name, alias, action, range }, connector);
  return [{ name, connector: alias, action, range, descriptor: found }].filter((each) =>
    isAllowed(shop, each, descriptor),
  );
}

function quoteOf(node: WrittenName["node"]): number {
  return node.kind === "scalar" && (node.style === "double" || node.style === "single") ? 1 : 0;
}

function reportNoDot(shop: Workshop, name: string, range: Range): readonly NamedAction[] {
  const connectors = shop.declared.connectors;
  const own = connectors.get(name)?.descriptor;
  const first = own === undefined ? undefined : Object.keys(own.actions)[0];
  const hint =
    first === undefined ? "write <connector>.<action>, for example helpdesk.update_ticket" : `write ${name}.${first}`;
  shop.problems.report("E050", range, `'${short(name)}' is not <connector>.<action>`, { hint });
  return [];
}

function reportNoAction(
  shop: Workshop,
  written: { readonly name: string; readonly alias: string; readonly action: string; readonly range: Range },
  { descriptor }: DeclaredConnector,
): readonly NamedAction[] {
  const { alias, action, range } = written;
  reportMissing(shop, {
    code: "E050",
    range,
    message: `connector '${alias}' (${descriptor?.name ?? ""}) has no action '${short(action)}'`,
    word: written.name,
    known: Object.keys(descriptor?.actions ?? {}).map((each) => `${alias}.${each}`),
    none: "it has none",
  });
  return [];
}

function allOf(shop: Workshop, alias: string, descriptor: ConnectorDescriptor, range: Range): readonly NamedAction[] {
  const all = Object.entries(descriptor.actions).map(([action, each]) => ({
    name: `${alias}.${action}`,
    connector: alias,
    action,
    range,
    descriptor: each,
  }));
  return all.every((each) => isAllowed(shop, each, descriptor)) ? all : [];
}

/** E071 for a tool that the workspace does not allow. */
function isAllowed(shop: Workshop, { name, action, range }: NamedAction, descriptor: ConnectorDescriptor): boolean {
  const { tools } = shop.world;
  const own = `${descriptor.name}.${action}`;
  if (tools === undefined || tools.includes(own) || tools.includes(`${descriptor.name}.*`)) return true;
  shop.problems.report("E071", range, `this workspace does not allow ${name} (${own})`, {
    hint: tools.length === 0 ? "it allows no tools" : `it allows: ${listed(tools)}`,
  });
  return false;
}

/** The actions that a step may carry out: its own, those of its model or agent, or those that its plans may use. */
export function toolsOf(shop: Workshop, step: StepDraft): NamedTools {
  return shop.once<NamedTools>(step, "tools", noTools, () => {
    switch (step.verb) {
      case "tool": {
        const own = toolOf(shop, step);
        return own === undefined ? noTools : { names: [own.name], actions: [own] };
      }
      case "llm":
      case "agent":
        return toolsIn(shop, step.fields.get("tools"));
      case "plan": {
        const allow = step.fields.get("allow")?.value;
        return toolsIn(shop, allow?.kind === "map" ? entryOf(allow, "tools") : undefined);
      }
      default:
        return noTools;
    }
  });
}

const noTools: NamedTools = { names: [], actions: [] };

/**
 * Whether nobody could tell, after an interruption, what a step has done: it may carry out a blind action, or lets an agent work in a folder
 * that others share.
 */
export function isBlindStep(shop: Workshop, step: StepDraft): boolean {
  if (step.verb === "agent" && workspaceOf(step) === "shared") return true;
  return toolsOf(shop, step).actions.some(isBlind);
}

/** Where an agent works: with `pick` each of them for itself. */
export function workspaceOf(step: StepDraft): string {
  return writtenText(step, "workspace") ?? (step.fields.has("pick") ? "worktree" : "shared");
}

/** A name that cannot be one is said where it stands, and is not offered: before a dot it could not even be quoted. Lazy, since a hostile file asks often. */
function* nameable(names: Iterable<string>): Generator<string> {
  for (const name of names) if (/^[a-z][\w-]*$/i.test(name)) yield name;
}

import { RunwrightError } from "../base/error.ts";
import { isJsonObject } from "../base/json.ts";
import { readKeys, type Written, WrittenFields } from "../language/check/keys.ts";
import { booleanIn, choiceIn, mapIn, namesIn, reportShape, textIn } from "../language/check/values.ts";
import { type ActionDescriptor, type ConnectorDescriptor, effectClasses } from "../language/connector.ts";
import { misfitOf } from "../language/expression/assignable.ts";
import { givenTypeOf, typeOfSchema } from "../language/expression/type.ts";
import type { Schema } from "../language/plan.ts";
import { createProblems, type Problems } from "../language/problems.ts";
import { formatDiagnostic } from "../language/report.ts";
import { jsonSchemaOf } from "../language/schema/json-schema.ts";
import { loadSource } from "../language/source/load.ts";
import { pathAt, type SourceEntry, type SourceNode, toJson } from "../language/source/tree.ts";
import type { Source } from "../language/world.ts";
import { actionFields, connectorFileFields } from "./descriptor-fields.ts";
import { createMapper, type Mapper } from "./mapper.ts";
import { readHttpAction, readHttpConnector } from "./read-http.ts";
import { checkActionKind, readActionKind, readKind } from "./kind-sections.ts";

const namePattern = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;
const versionPattern = /^[0-9A-Za-z](?:[0-9A-Za-z.+-]{0,62}[0-9A-Za-z])?$/;
const actionPattern = /^[a-z][A-Za-z0-9_.-]{0,63}$/;

/** Reads a connector's file. Throws `connector.invalid` with every problem, each with its place and what to do. */
export function readDescriptor(source: Source): ConnectorDescriptor {
  const problems = createProblems(source.text);
  const root = loadSource(source, problems);
  const descriptor = root === undefined ? undefined : readConnector(root, createMapper(source.text, problems));
  if (problems.errors === 0 && descriptor !== undefined) return descriptor;

  const found = problems.inOrder((offset) => pathAt(root, offset));
  throw new RunwrightError(
    "connector.invalid",
    `The connector ${source.file} cannot be used.\n${found.map((each) => formatDiagnostic(each, source)).join("\n")}`,
  );
}

function readConnector(root: SourceNode, mapper: Mapper): ConnectorDescriptor | undefined {
  const { problems } = mapper;
  const whole: SourceEntry = { key: "a connector", keyRange: root.range, value: root };
  const map = mapIn(problems, whole, "a map of name, version, title and actions");
  if (map === undefined) return undefined;
  const written = readKeys(map, connectorFileFields, "in a connector", problems);
  const settings = written.get("settings");
  const named = {
    name: patternIn(required(written, "name", whole, problems), namePattern, "a name such as zendesk", problems),
    version: patternIn(
      required(written, "version", whole, problems),
      versionPattern,
      "a version such as 3.2.0",
      problems,
    ),
    title: textOf(required(written, "title", whole, problems), problems),
    ...(settings !== undefined && { settings: objectSchema(settings, problems) }),
  };
  const actions = readActions(required(written, "actions", whole, problems), problems);
  return {
    ...named,
    ...readSections(mapper, { whole, written, settings: named.settings, actions }),
    actions: Object.fromEntries(actions.map(({ name, descriptor }) => [name, descriptor])),
  };
}

interface Whole {
  readonly whole: SourceEntry;
  readonly written: Written;
  readonly settings: Schema | undefined;
  readonly actions: readonly ReadAction[];
}

/** What stands in the sections of a connector's kind, checked by the reader of that kind. */
function readSections(mapper: Mapper, all: Whole): Pick<ConnectorDescriptor, "kind" | "http" | "mcp"> {
  const { problems } = mapper;
  const { whole, written, settings, actions } = all;
  const found = readKind(written, whole, settings, problems);
  for (const each of actions) checkActionKind(each.entry, each.written, found.kind, problems);
  if (found.kind === "http") return { ...found, ...readHttpSections(mapper, all) };
  checkNoHttp(problems, all);
  return found;
}

/** E015 for a section of a connector that has another kind. */
function checkNoHttp(problems: Problems, { written, actions }: Whole): void {
  const hint = written.has("kind") ? "remove it" : 'add "kind": "http"';
  for (const section of [written.get("http"), ...actions.map((action) => action.written.get("http"))])
    if (section !== undefined)
      problems.report("E015", section.keyRange, "'http' belongs to a connector of kind http", { hint });
}

function readHttpSections(
  mapper: Mapper,
  { whole, written, settings, actions }: Whole,
): Pick<ConnectorDescriptor, "http"> {
  const { problems } = mapper;
  const own = required(written, "http", whole, problems);
  for (const { entry, written: parts } of actions) required(parts, "http", entry, problems);
  if (own === undefined) return {};
  const connector = readHttpConnector(mapper, own, settings);
  for (const { name, descriptor, written: parts } of connector === undefined ? [] : actions) {
    const section = parts.get("http");
    if (section !== undefined && connector !== undefined)
      readHttpAction(mapper, section, { name, descriptor, connector });
  }
  const section = toJson(own.value);
  return isJsonObject(section) ? { http: section } : {};
}

function readActions(entry: SourceEntry | undefined, problems: Problems): readonly ReadAction[] {
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of actions by name");
  if (entry === undefined || map === undefined) return [];
  if (map.entries.length === 0) reportShape(problems, entry, "a map with at least one action");

  const read = map.entries.map((action) => readAction(action, problems));
  const actions = Object.fromEntries(read.map(({ name, descriptor }) => [name, descriptor]));
  for (const each of read) checkUndo(each, actions, problems);
  return read;
}

interface ReadAction {
  readonly name: string;
  readonly entry: SourceEntry;
  readonly written: Written;
  readonly descriptor: ActionDescriptor;
}

function readAction(entry: SourceEntry, problems: Problems): ReadAction {
  const nothing: ActionDescriptor = { title: "", effect: "blind", input: {} };
  if (!actionPattern.test(entry.key))
    problems.report("E012", entry.keyRange, `'${entry.key}' is not the name of an action`, {
      hint: "begin with a-z, then letters, digits, '_', '-' and '.'",
    });
  const map = mapIn(problems, entry, "a map of title, effect and input");
  if (map === undefined) return { name: entry.key, entry, written: new WrittenFields(), descriptor: nothing };

  const written = readKeys(map, actionFields, "in an action", problems);
  const title = textOf(required(written, "title", entry, problems), problems);
  const effect = required(written, "effect", entry, problems);
  const input = required(written, "input", entry, problems);
  const inputSchema = input === undefined ? {} : objectSchema(input, problems);
  const descriptor: ActionDescriptor = {
    title,
    effect: (effect === undefined ? undefined : choiceIn(problems, effect, effectClasses)) ?? nothing.effect,
    input: inputSchema,
    ...optionalParts(written, problems),
    ...readActionKind(written, inputSchema, problems),
    ...httpOf(written),
  };
  checkTargets(written.get("targets"), descriptor, problems);
  checkRead(written, descriptor, problems);
  return { name: entry.key, entry, written, descriptor };
}

/** The `http` of an action, as it is written: its reader comes when all actions are known. */
function httpOf(written: Written): Pick<ActionDescriptor, "http"> {
  const entry = written.get("http");
  const section = entry === undefined ? undefined : toJson(entry.value);
  return isJsonObject(section) ? { http: section } : {};
}

function optionalParts(
  written: Written,
  problems: Problems,
): Pick<ActionDescriptor, "output" | "receipt" | "undo" | "targets" | "trusted"> {
  const output = written.get("output");
  const receipt = written.get("receipt");
  const undo = written.get("undo");
  const targets = written.get("targets");
  const trusted = written.get("trusted");
  return {
    ...(output !== undefined && { output: jsonSchemaOf(output.value, problems) }),
    ...(receipt !== undefined && { receipt: objectSchema(receipt, problems) }),
    ...(undo !== undefined && { undo: textOf(undo, problems) }),
    ...(targets !== undefined && { targets: (namesIn(problems, targets, "a list of inputs") ?? []).map(nameOf) }),
    ...(trusted !== undefined && booleanIn(problems, trusted) === true && { trusted: true as const }),
  };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Every target is an input, or a workflow would be asked for a gate that nothing can lead to. */
function checkTargets(entry: SourceEntry | undefined, { input }: ActionDescriptor, problems: Problems): void {
  const known = Object.keys(isJsonObject(input["properties"]) ? input["properties"] : {});
  for (const { name, node } of entry === undefined ? [] : (namesIn(problems, entry, "a list of inputs") ?? [])) {
    if (known.includes(name)) continue;
    problems.report("E053", node.range, `targets names '${name}', which is no input of this action`, {
      hint: `its inputs: ${known.join(", ")}`,
    });
  }
}

/** What only reads leaves nothing behind. */
function checkRead(written: Written, { effect }: ActionDescriptor, problems: Problems): void {
  if (effect !== "read") return;
  for (const name of ["receipt", "undo"]) {
    const entry = written.get(name);
    if (entry !== undefined)
      problems.report("E015", entry.keyRange, `an action that only reads has no ${name}`, { hint: "remove it" });
  }
}

/** The action that undoes another takes what that one's receipt holds as `before`. */
function checkUndo(
  { descriptor, written }: ReadAction,
  actions: ConnectorDescriptor["actions"],
  problems: Problems,
): void {
  const undo = written.get("undo");
  if (undo === undefined || descriptor.undo === undefined) return;
  const { range } = undo.value;
  const other = Object.hasOwn(actions, descriptor.undo) ? actions[descriptor.undo] : undefined;
  if (other === undefined) {
    const meant = problems.closest(descriptor.undo, Object.keys(actions));
    problems.report("E050", range, `there is no action '${descriptor.undo}' to undo this one`, {
      hint: meant === undefined ? "name an action of this connector" : `did you mean '${meant}'?`,
    });
    return;
  }
  const receipt = typeOfSchema(descriptor.receipt ?? {});
  const before = receipt.kind === "object" ? receipt.fields.get("before") : undefined;
  if (before === undefined) {
    problems.report(
      "E054",
      range,
      `'${descriptor.undo}' is called with the receipt's 'before', which is not described`,
      {
        hint: "add receipt: with a field before",
      },
    );
    return;
  }
  const misfit = misfitOf(before, givenTypeOf(other.input));
  if (misfit === undefined) return;
  const path = ["before", ...misfit.path].join(".").replaceAll(".[]", "[]");
  problems.report("E054", range, `'${descriptor.undo}' cannot be called with the receipt's ${path}: ${misfit.message}`);
}

function required(written: Written, name: string, whole: SourceEntry, problems: Problems): SourceEntry | undefined {
  const entry = written.get(name);
  if (entry === undefined && !written.meant.has(name)) {
    const range = whole.keyRange.start === whole.value.range.start ? startOf(whole.value) : whole.keyRange;
    problems.report(
      "E015",
      range,
      `${whole.key === "a connector" ? "this connector" : `action '${whole.key}'`} has no ${name}`,
      {
        hint: `add ${name}`,
      },
    );
  }
  return entry;
}

function startOf({ range }: SourceNode): SourceNode["range"] {
  return { start: range.start, end: Math.min(range.end, range.start + 1) };
}

function textOf(entry: SourceEntry | undefined, problems: Problems): string {
  return (entry === undefined ? undefined : textIn(problems, entry)) ?? "";
}

function patternIn(entry: SourceEntry | undefined, pattern: RegExp, wanted: string, problems: Problems): string {
  const text = textOf(entry, problems);
  if (entry !== undefined && text !== "" && !pattern.test(text)) reportShape(problems, entry, wanted);
  return text;
}

function objectSchema(entry: SourceEntry, problems: Problems): Schema {
  const before = problems.errors;
  const schema = jsonSchemaOf(entry.value, problems);
  if (problems.errors === before && typeOfSchema(schema).kind !== "object")
    problems.report("E018", entry.value.range, `${entry.key} is the type of an object`, {
      hint: `write {"type": "object", "properties": {…}}`,
    });
  return schema;
}

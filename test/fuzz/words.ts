import type { Seeded } from "../simulation/chance.ts";
import type { Tree } from "./tree.ts";
import { mapOf } from "./tree.ts";

/** What a file that is being made has so far: its steps and names, and which fields of the tables it has used. */
export interface Making {
  readonly chance: Seeded;
  /** Paths of the fields that were written. */
  readonly used: Set<string>;
  /** Ids of the steps that were begun. */
  readonly steps: string[];
  /** Ids of the steps that a step made now may read. */
  readonly readable: string[];
  /** Steps of the list that is being made, and those of them that have an `if`. */
  list: string[];
  conditional: string[];
  /** Names of items around, and the scopes that they open. */
  readonly items: string[];
  readonly scopes: string[];
  /** Documents that steps have given. */
  readonly documents: Set<string>;
  /** The name of the entry that is being made: `backlog` of `documents`. */
  entry: string;
  /** What the step that is being made gives, names, waits for, and whether it picks among several. */
  document: string | undefined;
  tool: string;
  waitsFor: "time" | "until" | "event";
  picks: boolean;
}

/** A file of which nothing is made yet. */
export function newMaking(chance: Seeded): Making {
  return {
    chance,
    used: new Set(),
    steps: [],
    readable: [],
    list: [],
    conditional: [],
    items: [],
    scopes: [],
    documents: new Set(),
    entry: "",
    document: undefined,
    tool: "find_ticket",
    waitsFor: "time",
    picks: false,
  };
}

/** Documents of a file: of anything, of epics, and one for each epic. */
export const declaredDocuments = ["discovery", "backlog", "design"] as const;

/** The id of the step with this number, from 1: what comes later can be named before it is made. */
export function idOf(number: number): string {
  return `${["s", "step-", "a_"][number % 3] ?? "s"}${number}`;
}

/** What a field names, where its kind alone does not say it: by the end of its path. A file made of these has few mistakes. */
const meant: Readonly<Record<string, (making: Making) => Tree>> = {
  "step.function": ({ chance }) => chance.pick(["work", "other", "audit", "find"]),
  "step.assignment": () => "create-app-plan",
  "step.llm": ({ chance, picks }) => (picks ? ["fast", "strong"] : chance.pick(["fast", "strong", "pinned"])),
  "step.agent": ({ chance, picks }) => (picks ? ["coder", "checker"] : chance.pick(["coder", "checker"])),
  "step.plan": () => "fast",
  "step.tool": ({ tool }) => `desk.${tool}`,
  "step.workflow": () => "child@draft",
  "step.document": ({ document }) => document ?? "discovery",
  "step.needs": ({ chance, list }) => chance.pick([[...list], list.slice(-1), list.slice(0, 1)]),
  "step.else": ({ chance, conditional }) => chance.pick(conditional as unknown as [string]),
  "on_changes.redo": ({ list }) => list.at(-1) ?? idOf(1),
  "accept.on_changes.redo": () => idOf(1),
  "step.as": ({ items }) => items.at(-1) ?? "item",
  "step.scope": () => "epic",
  "undo.tool": () => "desk.update_ticket",
  "pick.best": () => "fast",
  "iterate_over.document": () => "backlog",
  "iterate_over.collection": () => "epics",
  "iterate_over.entity": () => "epic",
  "iterate_over.scope": () => "epic",
  "models.*": () => "anthropic/claude-haiku-4-5-20251001",
  "connectors.*": () => "fuzzdesk@1.0.0",
  "connectors.*.use": () => "fuzzdesk@1.0.0",
  "connectors.*.with": () => mapOf(["password", "${secrets.KEY}"]),
  "agents.*": () => "codex@0.63.0",
  "agents.*.use": () => "codex@0.63.0",
  "agents.*.model": () => "anthropic/claude-opus-4-5-20251101",
  "documents.*.schema": () => mapOf(["epics", [mapOf(["id", "string"], ["title", "string"])]], ["note?", "string"]),
  "documents.*.scope": () => "epic",
  "entities.*.from": () => "backlog.epics",
  "entities.*.key": () => "id",
  "webhook.path": () => "/hook",
  "auth.hmac": () => "${secrets.KEY}",
  "auth.token": () => "${secrets.KEY}",
  "webhook.dedupe": () => "trigger.body.id",
  "webhook.inputs": () => mapOf(["name", "${trigger.body.name}"], ["flag", true]),
  "schedule.inputs": () => mapOf(["name", "${trigger.due}"]),
  "event.inputs": () => mapOf(["name", "For ${trigger.type}"], ["count", "${trigger.data.count}"]),
  "event.match": () => "trigger.data.count > 2",
  "workflow.inputs": () => mapOf(["name", "${trigger.run.id}"]),
  "wait.match": () => "event.data.name == inputs.name",
  "concurrency.key": () => "inputs.name",
  "schedule.every": ({ chance }) => chance.pick(["1h", "30s"]),
  "schedule.cron": () => "0 7 * * 1-5",
  "schedule.timezone": () => "Europe/Berlin",
  "wait.until": () => "2030-01-31T09:00:00Z",
  "file.env": () => ["HOME_URL"],
  "file.secrets": () => ["KEY"],
  "allow.tools": ({ chance }) => chance.pick([["desk.find_ticket"], ["desk.*"]]),
  "step.accept_blind": () => true,
  "step.messages": () => [mapOf(["role", "user"], ["content", "Hello, ${inputs.name}"])],
  "step.form": ({ chance }) => mapOf(["note", typeOf(chance)], ["more?", "string"]),
  "allow.functions": () => ["work"],
  "allow.agents": () => ["coder"],
  "allow.models": () => ["fast"],
  "step.tools": () => ["desk.find_ticket"],
  "step.by": ({ chance }) => chance.pick([["boss"], ["team", "local:ada"], "requester"]),
  "accept.by": () => ["boss"],
  "ask.by": () => ["team"],
  "on_timeout.escalate": () => ["tech-lead"],
  runs_on: () => ["linux"],
  "retry.delay": () => "2s",
  "retry.max_delay": () => "5m",
  "retry.on": () => ["function.failed"],
  "retry.except": () => ["step.timeout"],
  "step.editable": () => ["a"],
  "step.show": () => '${ {"a": 1, "b": inputs.name} }',
  "step.if": (making) => expressionOf(making, "boolean"),
  "step.with": (making) => givenTo(making),
  // The name of the item is not known yet.
  "step.for_each": (making) =>
    making.scopes.length > 0
      ? making.documents.has("backlog")
        ? "docs.backlog.epics"
        : '[{"id": "x"}, {"id": "y"}]'
      : expressionOf({ ...making, items: making.items.slice(0, -1) }, "list"),
  "step.key": ({ chance }) => chance.pick(["string(index)", "json(index)", "index"]),
  "cache.key": (making) => expressionOf(making, "text"),
  "loop.stop_when": (making) => expressionOf(making, "boolean"),
  "loop.max_iters": ({ chance }) => chance.whole(1, 4),
  "loop.fallback_next_stage": ({ steps }) => idOf(steps.length + 1),
  "loop.next_stage": ({ chance, steps }) => chance.pick([`"${idOf(steps.length + 1)}"`, "null", "inputs.name"]),
};

/** Names under which a file declares things, by the field that holds them. */
export const declaredNames: Readonly<Record<string, readonly string[]>> = {
  models: ["fast", "strong"],
  connectors: ["desk"],
  agents: ["coder", "checker"],
  documents: declaredDocuments,
  entities: ["epic"],
};

/** What is meant at this path; undefined when the kind of the field says enough. */
export function meantAt(path: string, making: Making): Tree | undefined {
  return endOf(path, meant)?.(making);
}

/** What a table has for the longest end of a path. */
export function endOf<T>(path: string, table: Readonly<Record<string, T>>): T | undefined {
  const parts = path.split(".");
  for (let length = Math.min(3, parts.length); length > 0; length -= 1) {
    const end = parts.slice(-length).join(".");
    if (Object.hasOwn(table, end)) return table[end];
  }
  return undefined;
}

function givenTo(making: Making): Tree {
  const hole = (kind: "any" | "text"): string => `\${${expressionOf(making, kind)}}`;
  return mapOf(["a", hole("any")], ["b", making.chance.pick<Tree>([1, true, null, "x", ["y", hole("text")]])]);
}

/** A type in its short form or as JSON Schema. */
export function typeOf(chance: Seeded, depth = 0): Tree {
  const names = ["string", "number", "integer", "boolean", "object", "any"] as const;
  if (depth > 2 || chance.maybe(0.5)) return chance.pick(names);
  return chance.pick<() => Tree>([
    () => [typeOf(chance, depth + 1)],
    () => fieldTypes(chance, depth + 1),
    () => mapOf(["enum", ["a", "b", "c"]]),
    () => mapOf(["type", "array"], ["items", typeOf(chance, depth + 1)]),
    () => mapOf(["type", "string"], ["pattern", "^[a-z]+$"], ["default", "a"]),
    () => mapOf(["type", "integer"], ["minimum", 0], ["maximum", 10], ["default", 3]),
    () => mapOf(["anyOf", [mapOf(["type", "string"]), mapOf(["type", "null"])]]),
    () => mapOf(["type", "object"], ["properties", fieldTypes(chance, depth + 1)], ["required", ["a"]]),
  ])();
}

/** Fields with their types. */
export function fieldTypes(chance: Seeded, depth = 0): Tree {
  const names = ["a", "b?", "list", "n?", "ok"];
  return { entries: names.filter(() => chance.maybe(0.4)).map((name) => [name, typeOf(chance, depth)] as const) };
}

/** An expression that is a text, a number, true/false, a list or anything, over what the file has. */
export function expressionOf(making: Making, wanted: "any" | "boolean" | "list" | "text" = "any", depth = 0): string {
  const { chance } = making;
  const again = (kind: typeof wanted): string => expressionOf(making, kind, depth + 1);
  const isLeaf = depth > 2 || chance.maybe(0.5);
  switch (wanted) {
    case "boolean":
      if (isLeaf)
        return chance.pick(["inputs.flag", 'inputs.name == "a"', "inputs.count > 2", "size(inputs.tags) > 0"]);
      return chance.pick([
        `!(${again("boolean")})`,
        `${again("boolean")} && ${again("boolean")}`,
        `(${again("boolean")} || ${again("boolean")})`,
        `${readOf(making)} != null`,
        `${again("text")} contains "a"`,
        `${again("list")}.exists(x, json(x) == inputs.name)`,
      ]);
    case "list":
      if (isLeaf) return chance.pick(["inputs.tags", '["a", "b"]', "[1, 2, 3]", '[{"id": "x"}, {"id": "y"}]']);
      return chance.pick([
        `${again("list")}.map(x, ${again("any")})`,
        `${again("list")}.filter(x, ${again("boolean")})`,
      ]);
    case "text":
      if (isLeaf) return chance.pick(["inputs.name", '"a"', "run.id", "string(inputs.count)"]);
      return chance.pick([`upper(${again("text")})`, `json(${again("any")})`, `(${again("text")} + ${again("text")})`]);
    case "any":
      return isLeaf ? readOf(making) : again(chance.pick(["boolean", "list", "text"]));
  }
}

/** What an expression can read at this place. */
function readOf({ chance, readable, steps, items }: Making): string {
  const known = chance.maybe(0.03) ? steps : readable;
  const step = chance.pick(["", "", ...known]).replaceAll("-", "_");
  const names = ["inputs.name", "inputs.count", "inputs.tags", "vars.name", "iter.n", "run.workflow", "1.5", ...items];
  if (step === "" || chance.maybe(0.5)) return chance.pick(names as [string, ...string[]]);
  return chance.pick([
    `${step}.output`,
    `${step}.status`,
    `default(${step}.output.a, 1)`,
    `first(${step}.output, null)`,
    `${step}.error`,
  ]);
}

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
  /** Names of items around. */
  readonly items: string[];
}

/** The id of the step with this number, from 1: what comes later can be named before it is made. */
export function idOf(number: number): string {
  return `${["s", "step-", "a_"][number % 3] ?? "s"}${number}`;
}

/** What a field names, where its kind alone does not say it: by the end of its path. A file made of these has few mistakes. */
const meant: Readonly<Record<string, (making: Making) => Tree>> = {
  "step.function": ({ chance }) => chance.pick(["work", "other", "audit", "find"]),
  "step.assignment": () => "create-app-plan",
  "step.llm": ({ chance }) => chance.pick(["fast", "strong", "pinned"]),
  "step.agent": ({ chance }) => chance.pick(["coder", "checker"]),
  "step.plan": () => "fast",
  "step.tool": ({ chance }) => chance.pick(["desk.find_ticket", "desk.update_ticket", "desk.send"]),
  "step.workflow": () => "child@draft",
  "step.document": ({ chance }) => chance.pick(["discovery", "backlog"]),
  "step.as": ({ items }) => items.at(-1) ?? "item",
  "step.scope": () => "epic",
  "undo.tool": () => "desk.update_ticket",
  "pick.best": () => "fast",
  "iterate_over.document": () => "backlog",
  "iterate_over.collection": () => "epics",
  "iterate_over.entity": () => "epic",
  "iterate_over.scope": () => "epic",
  "models.*": () => "anthropic/claude-haiku-4-5-20251001",
  "connectors.*": () => "zendesk@3.2.0",
  "connectors.*.use": () => "zendesk@3.2.0",
  "agents.*": () => "codex@0.63.0",
  "agents.*.use": () => "codex@0.63.0",
  "agents.*.model": () => "strong",
  "documents.*.scope": () => "epic",
  "entities.*.from": () => "backlog.epics",
  "entities.*.key": () => "id",
  "webhook.path": () => "/hook",
  "auth.hmac": () => "${secrets.KEY}",
  "auth.token": () => "${secrets.KEY}",
  "schedule.cron": () => "0 7 * * 1-5",
  "schedule.timezone": () => "Europe/Berlin",
  "wait.until": () => "2030-01-31T09:00:00Z",
  "file.env": () => ["HOME_URL"],
  "file.secrets": () => ["KEY"],
  "allow.tools": () => ["desk.*"],
  "allow.functions": () => ["work"],
  "allow.agents": () => ["coder"],
  "allow.models": () => ["fast"],
  "step.tools": () => ["desk.find_ticket"],
  "step.by": ({ chance }) => chance.pick([["boss"], ["team", "local:ada"], "requester"]),
  "accept.by": () => ["boss"],
  "ask.by": () => ["team"],
  "on_timeout.escalate": () => ["tech-lead"],
  runs_on: () => ["linux"],
  "retry.on": () => ["function.failed"],
  "retry.except": () => ["step.timeout"],
  "step.editable": () => ["a"],
  "step.show": () => '${ {"a": 1, "b": inputs.name} }',
  "step.if": (making) => expressionOf(making, "boolean"),
  "step.for_each": (making) => expressionOf(making, "list"),
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
  documents: ["discovery", "backlog"],
  entities: ["epic"],
};

/** What is meant at this path; undefined when the kind of the field says enough. */
export function meantAt(path: string, making: Making): Tree | undefined {
  const parts = path.split(".");
  for (let length = Math.min(3, parts.length); length > 0; length -= 1) {
    const make = meant[parts.slice(-length).join(".")];
    if (make !== undefined) return make(making);
  }
  return undefined;
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
        `${again("list")}.exists(x, x == inputs.name)`,
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

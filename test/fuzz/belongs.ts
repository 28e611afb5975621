import type { VerbName } from "../../src/language/fields/field.ts";
import { declaredDocuments, endOf, type Making } from "./words.ts";

/** What goes together, by the end of a map's path: changes which fields are written. A file made so has few mistakes. */
const rules: Readonly<Record<string, (wanted: Set<string>, making: Making) => void>> = {
  "on.webhook": needs("path", "auth", "inputs"),
  "on.event": needs("type", "inputs"),
  "on.workflow": needs("id", "inputs"),
  "on.schedule": (wanted, { chance }) => {
    wanted.add("inputs");
    one(wanted, chance.maybe(0.7) ? "cron" : "every", ["cron", "every"]);
    if (wanted.has("every")) wanted.delete("timezone");
  },
  "webhook.auth": (wanted, { chance }) => {
    one(wanted, chance.maybe(0.6) ? "hmac" : "token", ["hmac", "token"]);
    if (wanted.has("token")) wanted.delete("scheme");
  },
  "file.limits": needs("cost_usd"),
  "file.concurrency": needs("max"),
  "documents.*": (wanted, { entry }) => {
    only(wanted, "schema", entry === "backlog" || entry === "design");
    only(wanted, "scope", entry === "design");
  },
  "documents.*.accept": (wanted) => {
    wanted.add("by");
    together(wanted);
  },
  "entities.*": needs("from", "key"),
  "connectors.*": needs("use"),
  "agents.*": needs("use"),
  "step.wait": (wanted, { waitsFor }) => {
    for (const name of ["match", "timeout", "on_timeout"]) if (waitsFor !== "event") wanted.delete(name);
    one(wanted, waitsFor === "event" ? "event" : "until", ["event", "until"]);
    if (wanted.has("on_timeout")) wanted.add("timeout");
  },
  "step.ask": (wanted) => {
    wanted.add("by");
    together(wanted);
  },
  "step.allow": needs("tools", "models"),
  "step.cache": needs("ttl"),
  "step.undo": needs("tool", "with"),
  "defaults.cache": (wanted) => {
    wanted.add("ttl");
    wanted.delete("key");
  },
  "step.iterate_over": needs("document", "collection", "entity"),
  "step.on_changes": needs("redo"),
};

/** The fields of a map, after those that belong to them were added and those that mean nothing beside them were left out. */
export function arranged(path: string, fields: ReadonlySet<string>, making: Making): ReadonlySet<string> {
  const wanted = new Set(fields);
  endOf(path, rules)?.(wanted, making);
  return wanted;
}

function needs(...names: readonly string[]): (wanted: Set<string>) => void {
  return (wanted) => {
    for (const name of names) wanted.add(name);
  };
}

function one(wanted: Set<string>, chosen: string, names: readonly string[]): void {
  for (const name of names) only(wanted, name, name === chosen);
}

function only(wanted: Set<string>, name: string, isThere: boolean): void {
  if (isThere) wanted.add(name);
  else wanted.delete(name);
}

/** A deadline for people and what it leads to. */
function together(wanted: Set<string>): void {
  if (wanted.has("timeout")) wanted.add("on_timeout");
  if (wanted.has("on_timeout")) wanted.add("timeout");
}

/** Decides what a step names before its fields are made, and arranges them: see `rules`. */
export function arrangedStep(making: Making, verb: VerbName, fields: ReadonlySet<string>): ReadonlySet<string> {
  const wanted = new Set(fields);
  for (const [names, belongs] of pairs) if (names.some((name) => wanted.has(name))) wanted.add(belongs);
  for (const name of needed[verb] ?? []) wanted.add(name);
  if (verb === "approve") together(wanted);
  arrangeItems(making, wanted);
  arrangeDocument(making, verb, wanted);
  decide(making, verb, wanted);
  for (const name of senseless(making, verb, wanted)) wanted.delete(name);
  return wanted;
}

/** A field beside which another one has to stand. */
const pairs: readonly (readonly [names: readonly string[], belongs: string])[] = [
  [["as", "key", "max_parallel", "scope"], "for_each"],
  [["editable"], "show"],
];

/** Fields without which a verb does not get by. */
const needed: Readonly<Partial<Record<VerbName, readonly string[]>>> = {
  approve: ["by"],
  llm: ["prompt"],
  agent: ["prompt"],
  plan: ["goal", "allow", "by"],
};

/** Scopes do not open twice, and a list in a document is there once a step has given the document. */
function arrangeItems({ documents, scopes, items, chance }: Making, wanted: Set<string>): void {
  const canOpen = scopes.length === 0 && documents.has("backlog");
  if (!canOpen) wanted.delete("iterate_over");
  if (scopes.length > 0) wanted.delete("scope");
  if (wanted.has("iterate_over")) {
    for (const name of ["for_each", "as", "key", "scope"]) wanted.delete(name);
  } else if (wanted.has("for_each")) {
    if (canOpen && chance.maybe(0.5)) wanted.add("scope");
    if (items.length > 0) wanted.add("as");
    if (wanted.has("scope")) wanted.delete("key");
  }
}

/** A document is given once, inside its scope, by a step whose output has its type. */
function arrangeDocument(making: Making, verb: VerbName, wanted: Set<string>): void {
  const { documents, scopes, items, chance } = making;
  const isCalled = verb === "llm" || verb === "function" || verb === "agent";
  const fits = declaredDocuments.filter((name) => {
    const isInside = name === "design" ? scopes.length > 0 : items.length === 0;
    return isInside && !documents.has(name) && (name === "discovery" || isCalled);
  });
  if (isCalled && fits.some((name) => name !== "discovery") && chance.maybe(0.3)) wanted.add("document");
  if (!wanted.has("document")) return;
  const mayNotGive = ["for_each", "iterate_over", "if", "else", "on_failure"].some((name) => wanted.has(name));
  making.document = fits.at(-1);
  if (mayNotGive || making.document === undefined) return void wanted.delete("document");
  documents.add(making.document);
  wanted.delete("output");
}

/** What the verb of a step names, since its fields depend on it. */
function decide(making: Making, verb: VerbName, wanted: Set<string>): void {
  const { chance } = making;
  making.waitsFor = chance.pick(["time", "until", "event"]);
  making.tool = chance.pick(["find_ticket", "update_ticket", "send"]);
  making.picks = wanted.has("pick");
  if (verb === "plan" || (verb === "tool" && making.tool === "send")) wanted.add("accept_blind");
}

const called: ReadonlySet<VerbName> = new Set<VerbName>(["function", "assignment", "llm", "agent", "tool", "do"]);
const cached: ReadonlySet<VerbName> = new Set<VerbName>(["function", "assignment", "llm", "tool"]);

/** Fields that mean nothing where a step stands, and mostly make a mistake. */
function senseless(making: Making, verb: VerbName, wanted: ReadonlySet<string>): readonly string[] {
  const { list, conditional, tool, chance } = making;
  const isWrite = verb === "tool" && tool !== "find_ticket";
  const isBlind = verb === "agent" || (isWrite && tool === "send");
  const isNeverTriedAgain = isBlind || (!called.has(verb) && chance.maybe(0.9));
  const out: readonly (readonly [names: readonly string[], isSo: boolean])[] = [
    [["else"], conditional.length === 0],
    [["needs", "on_changes"], list.length === 0],
    [["on_failure"], isNeverTriedAgain],
    [["retries", "retry_backoff"], wanted.has("retry")],
    [["cache"], isWrite || !cached.has(verb)],
    [["undo"], tool !== "update_ticket"],
    [["output"], verb === "wait" && making.waitsFor !== "event"],
  ];
  return out.flatMap(([names, isSo]) => (isSo ? names : []));
}

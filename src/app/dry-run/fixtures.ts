import { type ErrorCode, errorTable } from "../../base/error.ts";
import { isJsonObject, type Json } from "../../base/json.ts";
import type { StepPlan } from "../../language/plan.ts";
import type { Problems } from "../../language/problems.ts";
import {
  entryOf,
  kindOf,
  type SourceEntry,
  type SourceMap,
  type SourceNode,
  toJson,
} from "../../language/source/tree.ts";
import type { Source } from "../../language/world.ts";
import { readChecked, reportUnknownKeys } from "../checked-file.ts";
import { type StepNames, stepIdOf } from "./step-names.ts";

/** What a file of fixtures lets a step give. */
export type Fixture =
  | { readonly kind: "output"; readonly value: Json }
  | { readonly kind: "failure"; readonly code: ErrorCode; readonly message: string };

/** The answers that somebody has written down for a dry run. */
export interface Fixtures {
  /** The answer for a step at a path, the closest name first: its path, the path without items and iterations, its id, its function. */
  of(path: string, step: StepPlan): Fixture | undefined;
  /** Names that nothing has asked for. */
  unused(): readonly string[];
}

/** Reads a file of fixtures for the steps of a version, by their names. Throws `config.invalid` with every problem of the file. */
export function readFixtures(source: Source, names: StepNames): Fixtures {
  return readChecked(source, "a file of fixtures", (root, problems) => createFixtures(readAll(root, names, problems)));
}

/** No answers. */
export const noFixtures: Fixtures = { of: () => undefined, unused: () => [] };

interface Written {
  /** By step id or path. */
  readonly steps: ReadonlyMap<string, Fixture>;
  /** By function, then by the reference that it is given; `*` is for all others. */
  readonly functions: ReadonlyMap<string, ReadonlyMap<string, Fixture>>;
}

function createFixtures({ steps, functions }: Written): Fixtures {
  const asked = new Set<string>();
  return {
    of(path, step) {
      const names = [readable(path), readable(plainPath(path)), step.id];
      for (const name of names) {
        const found = steps.get(name);
        if (found !== undefined) return taken(name, found);
      }
      if (step.verb.kind !== "function" && step.verb.kind !== "assignment") return undefined;
      const byReference = functions.get(step.verb.name);
      const found = byReference?.get(referenceIn(step) ?? "*") ?? byReference?.get("*");
      return found === undefined ? undefined : taken(step.verb.name, found);
    },
    unused: () => [...steps.keys(), ...functions.keys()].filter((name) => !asked.has(name)),
  };

  function taken(name: string, fixture: Fixture): Fixture {
    asked.add(name);
    return fixture;
  }
}

function readAll(root: SourceMap, names: StepNames, problems: Problems): Written {
  const steps = new Map<string, Fixture>();
  const functions = new Map<string, ReadonlyMap<string, Fixture>>();
  for (const entry of root.entries) {
    const byReference = byReferenceIn(entry);
    if (byReference !== undefined) {
      if (!names.calls(entry.key)) reportUnknown(entry, `no step calls '${entry.key}'`, names, problems);
      functions.set(entry.key, new Map(byReference.map((each) => [each.key, fixtureIn(each, problems)])));
      continue;
    }
    const fixture = fixtureIn(entry, problems);
    if (isPlayed(entry, fixture, names, problems)) steps.set(readable(entry.key), fixture);
  }
  return { steps, functions };
}

/** The older form, `{ "*": … , "#plan.issues": … }`. */
function byReferenceIn({ value }: SourceEntry): readonly SourceEntry[] | undefined {
  const isOlder =
    value.kind === "map" &&
    value.entries.length > 0 &&
    value.entries.every(({ key }) => key === "*" || key.startsWith("#"));
  return isOlder ? value.entries : undefined;
}

/** True for the name of a step that a fixture can answer for, and an answer that fits it. */
function isPlayed(entry: SourceEntry, fixture: Fixture, names: StepNames, problems: Problems): boolean {
  const { key, keyRange } = entry;
  const named = /[/@[]/.test(key) ? [names.at(key)] : names.withId(key);
  const steps = named.flatMap((found) => (found === undefined ? [] : [found.step]));
  const [step] = steps;
  if (step === undefined) {
    reportUnknown(entry, `there is no step '${key}'`, names, problems);
    return false;
  }
  const problem = steps.some((each) => unfit(each, fixture) === undefined) ? undefined : unfit(step, fixture);
  if (problem === undefined) return true;
  problems.report("E015", keyRange, `step '${key}' ${problem.what}`, { hint: problem.hint });
  return false;
}

/** Why a fixture cannot answer for a step; undefined when it can. */
function unfit({ verb }: StepPlan, fixture: Fixture): { readonly what: string; readonly hint: string } | undefined {
  switch (verb.kind) {
    case "function":
    case "assignment":
    case "llm":
    case "tool":
      return undefined;
    case "wait_event":
      return fixture.kind === "output"
        ? undefined
        : { what: "waits for an event, which does not fail", hint: "give the data of the event" };
    case "approve":
      return gateProblem(fixture);
    default:
      return {
        what: "is worked out by the run itself",
        hint: "fixtures answer for functions, assignments, models, tools, gates and waits for events",
      };
  }
}

function gateProblem(fixture: Fixture): { readonly what: string; readonly hint: string } | undefined {
  const hint = "give the fields that are edited or filled in, or error: { code: gate.rejected }";
  if (fixture.kind === "failure")
    return fixture.code === "gate.rejected"
      ? undefined
      : { what: `is a gate, which does not fail by ${fixture.code}`, hint };
  return isJsonObject(fixture.value) ? undefined : { what: "is a gate, whose answer is a map", hint };
}

function reportUnknown({ key, keyRange }: SourceEntry, message: string, names: StepNames, problems: Problems): void {
  const last = stepIdOf(key.slice(key.lastIndexOf("/") + 1));
  const meant = problems.closest(last, names.ids);
  const known = names.ids.slice(0, idsShownMax).join(", ") + (names.ids.length > idsShownMax ? ", …" : "");
  const hint = meant === undefined ? `steps: ${known}` : `did you mean '${meant}'?`;
  problems.report("E010", keyRange, message, { hint });
}

const idsShownMax = 12;

/** `{error: {code, message}}` plays a failure; anything else is what the step gives. */
function fixtureIn({ value }: SourceEntry, problems: Problems): Fixture {
  const error = value.kind === "map" && value.entries.length === 1 ? entryOf(value, "error")?.value : undefined;
  if (error?.kind !== "map") return { kind: "output", value: toJson(value) };

  reportUnknownKeys(error, ["code", "message"], "in an error", problems);
  const code = entryOf(error, "code")?.value;
  const message = entryOf(error, "message")?.value ?? "It fails in this dry run.";
  return {
    kind: "failure",
    code: code === undefined ? "function.failed" : codeIn(code, problems),
    message: typeof message === "string" ? message : textIn(message, problems),
  };
}

function textIn(node: SourceNode, problems: Problems): string {
  if (node.kind === "scalar") return node.text;
  problems.report("E015", node.range, `'message' is a text, not ${kindOf(node)}`);
  return "";
}

function codeIn(node: SourceNode, problems: Problems): ErrorCode {
  const text = node.kind === "scalar" ? node.text : "";
  if (Object.hasOwn(errorTable, text)) return text as ErrorCode;
  const meant = problems.closest(text, Object.keys(errorTable));
  const hint = meant === undefined ? "for example function.failed" : `did you mean '${meant}'?`;
  problems.report("E015", node.range, `'${text}' is no code of an error`, { hint });
  return "function.failed";
}

/** The first reference, `#step.name`, among the values that a step is given. */
function referenceIn({ verb }: StepPlan): string | undefined {
  if ((verb.kind !== "function" && verb.kind !== "assignment") || verb.with.kind !== "object") return undefined;
  for (const [, template] of verb.with.fields) {
    if (template.kind === "value" && template.expression.text.startsWith("#")) return template.expression.text;
  }
  return undefined;
}

/** A path as it is in every iteration and for every item. */
function plainPath(path: string): string {
  return path.replaceAll(/@\d+|\[[^\]]*\]/g, "");
}

/** A path as people write it: `audit[docs/a.md]`. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

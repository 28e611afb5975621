import { equalJson, isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { DecisionPlan, Plan, Schema } from "../../language/plan.ts";
import type { Lock, LockedModule, Version } from "../../ports/catalog.ts";
import { type Change, compareNames } from "./change.ts";
import { narrowing } from "./schema-change.ts";
import { fieldName, idsOf, plainJson, stepChanges, withIds } from "./step-change.ts";
import { writeChanges } from "./write-change.ts";

/** What a workflow is before it was ever published. */
const nothing: Plan = {
  plan: 1,
  expr: 1,
  workflow: "",
  inputs: { type: "object", properties: {}, required: [], additionalProperties: false },
  env: [],
  mode: "sequential",
  roots: [],
  steps: [],
};

/** In what a version means something else than the one before it, or than none. */
export function changesOf(
  before: Version | undefined,
  after: Version,
  connectors: readonly ConnectorDescriptor[],
): readonly Change[] {
  const was = before?.plan ?? nothing;
  const { plan } = after;
  return [
    ...writeChanges(was, plan, connectors),
    ...gateChanges(was, plan),
    ...(before === undefined ? [] : inputChanges(was.inputs, plan.inputs)),
    ...pinChanges(was, plan),
    ...lockChanges(before?.lock, after.lock),
    ...childChanges(was, plan),
    ...limitChanges(was, plan),
    ...stepChanges(was, plan),
    ...(before === undefined ? [] : restChanges(was, plan)),
  ];
}

function gateChanges(before: Plan, after: Plan): readonly Change[] {
  const { added, removed, changed } = compareNames(gatesOf(before), gatesOf(after), equalJson);
  return [
    ...removed.map(([name]): Change => ({
      kind: "gate.removed",
      name,
      text: `nobody is asked at ${name}`,
      grave: true,
    })),
    ...added.map(([name, gate]): Change => ({ kind: "gate.added", name, text: `asks ${by(gate)} at ${name}` })),
    ...changed.map(([name, was, now]): Change => ({
      kind: "gate.changed",
      name,
      text: `gate ${name}: ${decisionText(was, now)}`,
      grave: true,
    })),
  ];
}

/** Who decides and what follows, by gate and by accepted document. What a gate shows is told as a change of its step. */
function gatesOf({ steps, documents = {} }: Plan): Readonly<Record<string, JsonObject>> {
  const gates = steps.flatMap(({ id, verb }) => (verb.kind === "approve" ? [[id, decisionOf(verb)] as const] : []));
  const accepted = Object.entries(documents).flatMap(([name, { accept }]) =>
    accept === undefined ? [] : [[`document ${name}`, decisionOf(accept)] as const],
  );
  return Object.fromEntries([...gates, ...accepted]);
}

function decisionOf({ by: who, quorum, timeoutMs, onTimeout, onReject }: DecisionPlan): JsonObject {
  const timeout = timeoutMs === undefined ? null : timeoutMs;
  return { by: [...who], quorum, timeout, onTimeout: onTimeout ?? null, onReject };
}

function by(gate: JsonObject): string {
  return Array.isArray(gate["by"]) ? gate["by"].join(", ") : "";
}

function decisionText(was: JsonObject, now: JsonObject): string {
  const names = Object.keys(now).filter((name) => !equalJson(was[name] ?? null, now[name] ?? null));
  return names.map((name) => `${fieldName(name)} ${shown(was[name])} → ${shown(now[name])}`).join(", ");
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function inputChanges(before: Schema, after: Schema): readonly Change[] {
  const required = new Set(Array.isArray(after["required"]) ? after["required"] : []);
  const { added, removed, changed } = compareNames(propertiesOf(before), propertiesOf(after), equalJson);
  const own = [
    ...added.map(([name, schema]): Change => {
      const isNeeded = required.has(name) && schema["default"] === undefined;
      const text = `input ${name}${isNeeded ? ": every run needs it" : " may be given"}`;
      return { kind: "input.added", name, text, ...(isNeeded && { grave: true }) };
    }),
    ...removed.map(([name]): Change => ({
      kind: "input.removed",
      name,
      text: `input ${name} is gone: a run that gives it is refused`,
      grave: true,
    })),
    ...changed.map(([name, was, now]): Change => {
      const why = narrowing(was, now);
      const text = `input ${name}: ${why ?? "takes all that it took"}`;
      return { kind: "input.changed", name, text, ...(why !== undefined && { grave: true }) };
    }),
  ];
  // What was there and may no longer be left out, and whatever else the whole says.
  const why = own.some(({ grave }) => grave) ? undefined : narrowing(before, after);
  return why === undefined ? own : [...own, { kind: "input.changed", name: "", text: `inputs: ${why}`, grave: true }];
}

function propertiesOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  const entries = isJsonObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(entries.map(([name, schema]) => [name, isJsonObject(schema) ? schema : {}] as const));
}

function pinChanges(before: Plan, after: Plan): readonly Change[] {
  const uses = (pins: Readonly<Record<string, { readonly use: string }>> = {}): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(pins).map(([alias, { use }]) => [alias, use] as const));
  return [
    ...textChanges("model", before.models ?? {}, after.models ?? {}),
    ...textChanges("connector", uses(before.connectors), uses(after.connectors)),
    ...textChanges("agent", uses(before.agents), uses(after.agents)),
  ];
}

type Named = "model" | "connector" | "agent" | "workflow" | "limit";

function textChanges(
  kind: Named,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly Change[] {
  const { added, removed, changed } = compareNames(before, after, (was, now) => was === now);
  return [
    ...added.map(([name, now]): Change => ({ kind: `${kind}.added`, name, text: `${kind} ${name}: ${now}` })),
    ...removed.map(([name, was]): Change => ({ kind: `${kind}.removed`, name, text: `${kind} ${name}: ${was}` })),
    ...changed.map(([name, was, now]): Change => ({
      kind: `${kind}.changed`,
      name,
      text: `${kind} ${name}: ${was} → ${now}`,
    })),
  ];
}

/** What lies behind a pin, or a name, that stayed the same. */
function lockChanges(before: Lock | undefined, after: Lock | undefined): readonly Change[] {
  if (before === undefined || after === undefined) return [];
  return [
    ...compareNames(before.models, after.models, equalJson).changed.map(([name]): Change => ({
      kind: "model.changed",
      name,
      text: `model ${name}: other settings of its provider`,
    })),
    ...compareNames(before.connectors, after.connectors, (was, now) => was === now).changed.map(([name]): Change => ({
      kind: "connector.changed",
      name,
      text: `connector ${name}: its descriptor is another`,
      grave: true,
    })),
    ...compareNames(before.modules, after.modules, isSameModule).changed.map(([name, was, now]): Change => ({
      kind: "module.changed",
      name,
      text: `${name}: ${filesOf(was, now).join(", ")}`,
    })),
  ];
}

function isSameModule(was: LockedModule, now: LockedModule): boolean {
  return filesOf(was, now).length === 0;
}

/** The files in which two states of a module differ. */
function filesOf(was: LockedModule, now: LockedModule): readonly string[] {
  const before = { [was.file]: was.digest, ...was.imports };
  const after = { [now.file]: now.digest, ...now.imports };
  const { added, removed, changed } = compareNames(before, after, (left, right) => left === right);
  return [...new Set([...added, ...removed, ...changed].map(([file]) => file))].toSorted();
}

function childChanges(before: Plan, after: Plan): readonly Change[] {
  return textChanges("workflow", childrenOf(before), childrenOf(after)).filter(
    ({ kind }) => kind === "workflow.changed",
  );
}

/** What the steps run, by step: steps that come and go are told as such. */
function childrenOf({ steps }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    steps.flatMap(({ id, verb }) =>
      verb.kind === "workflow" ? [[`in ${id}`, `${verb.workflow}@${verb.version}`] as const] : [],
    ),
  );
}

function limitChanges(before: Plan, after: Plan): readonly Change[] {
  return textChanges("limit", limitsOf(before), limitsOf(after));
}

function limitsOf({ limits }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(limits ?? {}).map(([name, value]) => [fieldName(name), limitText(name, value)]),
  );
}

function limitText(name: string, value: string | number): string {
  return name.endsWith("Ms") && typeof value === "number" ? `${value / 1000} s` : String(value);
}

/** Told by what stands above, or without a meaning of their own. */
const told: ReadonlySet<string> = new Set(
  "plan expr workflow inputs models connectors agents limits steps roots".split(" "),
);

/** Everything else of the file, by the name of its field. */
function restChanges(before: Plan, after: Plan): readonly Change[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !told.has(name) && !equalJson(fieldIn(before, name), fieldIn(after, name)))
    .map((name) =>
      name === "output"
        ? { kind: "output.changed", name, text: "output" }
        : { kind: "file.changed", name: fieldName(name), text: name === "triggers" ? "on" : fieldName(name) },
    );
}

function fieldIn(plan: Plan, name: string): Json {
  const value: unknown = new Map<string, unknown>(Object.entries(plan)).get(name);
  return value === undefined ? null : withIds(plainJson(value), idsOf(plan));
}

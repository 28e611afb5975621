import type { Field, VerbName } from "../../src/language/fields/field.ts";
import { fileFields } from "../../src/language/fields/file-fields.ts";
import { stepFields } from "../../src/language/fields/step-fields.ts";
import { verbs } from "../../src/language/fields/verbs.ts";
import * as examples from "./examples.ts";
import * as inner from "./inner-examples.ts";
import { braced, fileWith, fileWithStepField } from "./whole-file.ts";

/** The fields of one map of the language, with their examples. */
export interface Section {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly examples: examples.FieldExamples;
  /** The whole file that an example stands in. */
  readonly fileOf: (field: Field, example: examples.FieldExample) => string;
}

/** A map of fields within a field. */
type Inner = readonly [
  title: string,
  known: examples.FieldExamples,
  /** Fields that it does not go without. */
  needed: readonly string[],
  /** What stands around it. */
  wrap: (map: string) => string,
];

const inputs = "inputs: { files: [README.md], strict: true }";
const key = '"${secrets.DESK_KEY}"';
const webhook = ["path: /mail", `auth: { token: ${key} }`, inputs];

const ofFile: readonly Inner[] = [
  ["on", inner.onExamples, [], (map) => `on: ${map}`],
  ["on.webhook", inner.webhookExamples, webhook, (map) => `on: { webhook: ${map} }`],
  ["on.webhook.auth", inner.authExamples, [], (map) => `on: { webhook: { path: /mail, auth: ${map}, ${inputs} } }`],
  ["on.schedule", inner.scheduleExamples, ['cron: "0 7 * * 1-5"', inputs], (map) => `on: { schedule: ${map} }`],
  ["on.event", inner.eventExamples, ["type: order.paid", inputs], (map) => `on: { event: ${map} }`],
  ["on.workflow", inner.otherExamples, ["id: archive", inputs], (map) => `on: { workflow: ${map} }`],
  ["connectors", inner.connectorExamples, ["use: zendesk@3.2.0"], (map) => `connectors: { desk: ${map} }`],
  ["agents", inner.agentExamples, ["use: codex@0.63.0"], (map) => `agents: { coder: ${map} }`],
  ["documents", inner.documentExamples, [], (map) => `documents: { backlog: ${inner.backlog}, notes: ${map} }`],
  [
    "documents.accept",
    inner.acceptExamples,
    ["by: [reviewers]"],
    (map) => `documents: { backlog: ${inner.backlog}, notes: { schema: { text: string }, accept: ${map} } }`,
  ],
  ["entities", inner.entityExamples, ["from: backlog.epics", "key: id"], (map) => `entities: { epic: ${map} }`],
  ["limits", inner.limitsExamples, [], (map) => `limits: ${map}`],
  ["concurrency", inner.concurrencyExamples, ["max: 1"], (map) => `concurrency: ${map}`],
  ["policy", inner.policyExamples, [], (map) => `policy: ${map}`],
  ["defaults", examples.defaultsExamples, [], (map) => `defaults: ${map}`],
];

const loop = ["max_iters: 3", "stop_when: inner.output.good"];
const ofStep: readonly (readonly [...Inner, on: VerbName, beside?: readonly string[]])[] = [
  [
    "iterate_over",
    inner.iterateExamples,
    ["document: backlog", "collection: epics", "entity: epic"],
    plain("iterate_over"),
    "function",
  ],
  ["loop", examples.loopExamples, loop, plain("loop"), "do"],
  ["retry", examples.retryExamples, [], plain("retry"), "function"],
  ["cache", inner.cacheExamples, ["ttl: 1d"], plain("cache"), "function"],
  ["undo", inner.undoExamples, ["tool: desk.update_ticket"], plain("undo"), "tool"],
  ["ask", inner.askExamples, ["by: [requester]"], plain("ask"), "llm"],
  ["pick", inner.pickExamples, [], plain("pick"), "llm", ["llm: [fast, deep]", "prompt: Summarise the files."]],
  ["allow", inner.allowExamples, ["tools: [desk.get_ticket]"], plain("allow"), "plan"],
  ["wait", inner.waitExamples, ["event: answer"], plain("wait"), "wait", []],
  [
    "on_timeout",
    inner.escalateExamples,
    ["escalate: [leads]", "timeout: 1d"],
    plain("on_timeout"),
    "approve",
    ["timeout: 2d"],
  ],
  ["on_changes", inner.onChangesExamples, ["redo: plan"], plain("on_changes"), "approve"],
];

/** Every section of the reference that has fields. */
export const sections: readonly Section[] = [
  {
    title: "The file",
    fields: fileFields,
    examples: examples.fileExamples,
    fileOf: (_field, example) => fileWith(example),
  },
  ...ofFile.map(([title, known, needed, wrap]): Section => ({
    title: `\`${title}\``,
    fields: fieldsAt(fileFields, title.split(".")),
    examples: known,
    fileOf: (_field, example) => fileWith({ line: wrap(braced(example, needed)) }),
  })),
  { title: "Fields of a step", fields: stepFields, examples: examples.stepExamples, fileOf: fileWithStepField },
  ...ofStep.map(([title, known, needed, wrap, verb, beside]): Section => ({
    title: `\`${title}\``,
    fields: fieldsAt([...stepFields, ...verbs], [title]),
    examples: known,
    fileOf: (_field, example) =>
      fileWithStepField(
        { on: [verb] },
        { line: wrap(braced(example, needed)), ...(beside !== undefined && { beside }) },
      ),
  })),
];

function plain(name: string): (map: string) => string {
  return (map) => `${name}: ${map}`;
}

/** The fields of the map that a path of names leads to. */
function fieldsAt(fields: readonly Field[], names: readonly string[]): readonly Field[] {
  let found = fields;
  for (const name of names) {
    const field = found.find((each) => each.name === name);
    found = field === undefined ? [] : mapFieldsOf(field);
  }
  return found;
}

/** The fields of the map that a field holds, or that stands under each of its names. */
export function mapFieldsOf({ fields, or, entries }: Omit<Field, "name" | "doc" | "supported">): readonly Field[] {
  return fields ?? or?.fields ?? (entries === undefined ? [] : mapFieldsOf(entries));
}

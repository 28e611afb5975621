import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, messageOf } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import { builtInConnectors } from "./built-in.ts";
import { readDescriptor } from "./read-descriptor.ts";

const text = { type: "string" };
const action = { title: "Says it", effect: "idempotent", input: { type: "object", properties: { id: text } } };

function connector(parts: JsonObject): JsonObject {
  return { name: "desk", version: "1.0.0", title: "Desk", actions: { say: action }, ...parts };
}

/** Everything that is said about a connector's file, without its places. */
function said(file: JsonObject | string): readonly string[] {
  const source = { file: "desk.json", text: typeof file === "string" ? file : JSON.stringify(file, null, 2) };
  try {
    readDescriptor(source);
    return [];
  } catch (error) {
    assert.ok(hasCode(error, "connector.invalid"));
    return messageOf(error)
      .split("\n")
      .filter((line) => /^(?:error|warning)\[/.test(line))
      .map((line) => line.replace(/^\w+\[(E\d+)\] desk\.json:\d+:\d+ {2}/, "$1 "));
  }
}

for (const built of builtInConnectors) {
  test(`${built.name}@${built.version} is a connector that the reader takes as it is`, () => {
    const source = { file: `${built.name}.json`, text: JSON.stringify(built) };
    assert.deepEqual(readDescriptor(source), JSON.parse(source.text));
  });
}

test("the built-in connectors are those of the language's examples, and what else people ask for first", () => {
  assert.deepEqual(
    builtInConnectors.map(({ name, version }) => `${name}@${version}`),
    [
      "zendesk@3.2.0",
      "open-meteo@1.0.4",
      "osm-places@0.9.1",
      "google-calendar@2.0.0",
      "smtp@1.3.0",
      "servicenow@1.0.0",
      "github-issues@1.0.0",
      "slack@1.0.0",
      "http@1.0.0",
      "files@1.0.0",
      "shell@1.0.0",
    ],
  );
});

test("every write of the built-in connectors says what it leaves behind and what it is aimed at", () => {
  const bare = builtInConnectors.flatMap(({ name, actions }) =>
    Object.entries(actions)
      .filter(
        ([, { effect, receipt, targets }]) => effect !== "read" && (receipt === undefined || targets === undefined),
      )
      .map(([each]) => `${name}.${each}`),
  );
  assert.deepEqual(bare, []);
});

test("a connector of a project is read", () => {
  const file = connector({ settings: { type: "object", properties: { host: text } } });
  assert.deepEqual(readDescriptor({ file: "desk.json", text: JSON.stringify(file) }), file);
});

const wrong: readonly (readonly [name: string, file: JsonObject | string, said: readonly string[]])[] = [
  ["that is no map", "[]", ["E015 a connector is a map of name, version, title and actions, not a list"]],
  ["that is no JSON", '{"name": "desk"', ["E001"]],
  [
    "without anything",
    "{}",
    ["name", "version", "title", "actions"].map((field) => `E015 this connector has no ${field}`),
  ],
  [
    "with names that pins cannot hold",
    connector({ name: "My Desk", version: "@1" }),
    ["E015 name is a name such as zendesk, not 'My Desk'", "E015 version is a version such as 3.2.0, not '@1'"],
  ],
  ["with an unknown key", connector({ acions: {} }), ["E010 unknown key 'acions' in a connector"]],
  ["without actions", connector({ actions: {} }), ["E015 actions is a map with at least one action, not a map"]],
  [
    "with an action that says nothing",
    connector({ actions: { say: {} } }),
    ["title", "effect", "input"].map((field) => `E015 action 'say' has no ${field}`),
  ],
  [
    "with an unknown effect",
    connector({ actions: { say: { ...action, effect: "write" } } }),
    ["E015 effect is read, keyed, readback, conditional, idempotent or blind, not 'write'"],
  ],
  [
    "with a name that no step can write",
    connector({ actions: { "say it": action } }),
    ["E012 'say it' is not the name of an action"],
  ],
  [
    "with a type in the short form",
    connector({ actions: { say: { ...action, input: { id: "string" } } } }),
    ["E018 'id' is not a keyword of JSON Schema that types may use"],
  ],
  [
    "with an input that is no object",
    connector({ actions: { say: { ...action, input: text } } }),
    ["E018 input is the type of an object"],
  ],
  [
    "with a reference that leads nowhere",
    connector({ actions: { say: { ...action, output: { $ref: "#/$defs/a" } } } }),
    ["E018 '#/$defs/a' does not exist in this type"],
  ],
  [
    "that reads and leaves a receipt",
    connector({ actions: { say: { ...action, effect: "read", receipt: { type: "object" } } } }),
    ["E015 an action that only reads has no receipt"],
  ],
  [
    "with a target that is no input",
    connector({ actions: { say: { ...action, targets: ["id", "to"] } } }),
    ["E053 targets names 'to', which is no input of this action"],
  ],
  [
    "that is undone by an action that is not there",
    connector({ actions: { say: { ...action, undo: "unsay" } } }),
    ["E050 there is no action 'unsay' to undo this one"],
  ],
  [
    "that is undone without a before",
    connector({ actions: { say: { ...action, undo: "say" } } }),
    ["E054 'say' is called with the receipt's 'before', which is not described"],
  ],
  [
    "that is undone with what does not fit",
    connector({
      actions: { say: { ...action, undo: "say", receipt: before({ id: { type: "number" } }) } },
    }),
    ["E054 'say' cannot be called with the receipt's before.id: expected text, got number"],
  ],
];

function before(properties: JsonObject): JsonObject {
  return { type: "object", properties: { before: { type: "object", properties } }, required: ["before"] };
}

for (const [name, file, expected] of wrong) {
  test(`a connector ${name} is refused`, () => {
    const found = said(file);
    assert.deepEqual(
      expected.length === 1 && expected[0] === "E001" ? found.map((each) => each.slice(0, 4)) : found,
      expected,
    );
  });
}

test("control: an action that is undone with what fits is taken", () => {
  assert.deepEqual(
    said(connector({ actions: { say: { ...action, undo: "say", receipt: before({ id: text }) } } })),
    [],
  );
});

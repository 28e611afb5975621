import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, messageOf } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { readDescriptor } from "./read-descriptor.ts";

const text = { type: "string" };

/** A connector that is right, before something of it is changed. */
const right: JsonObject = {
  name: "desk",
  version: "1.0.0",
  title: "Desk",
  kind: "http",
  settings: { type: "object", properties: { host: text, token: { type: "string", format: "password" } } },
  http: { base: "https://${settings.host}/v1", auth: { bearer: "${settings.token}" }, message: "response.body.error" },
  actions: {
    read: {
      title: "Reads",
      effect: "read",
      input: { type: "object", properties: { id: text, note: text }, required: ["id"] },
      output: { type: "object", properties: { id: text, note: text }, required: ["id"] },
      http: { request: { path: "/cases/${input.id}" }, output: { id: "${input.id}", "note?": "${input.note}" } },
    },
    write: {
      title: "Writes",
      effect: "readback",
      input: { type: "object", properties: { id: text }, required: ["id"] },
      receipt: { type: "object", properties: { remote_id: text }, required: ["remote_id"] },
      http: {
        before: { old: { path: "/cases/${input.id}" } },
        values: { title: "${before.old.body.title}" },
        request: { method: "PUT", path: "/cases/${input.id}", body: { title: "${values.title}", key: "${key}" } },
        receipt: { remote_id: "${string(response.body.id)}" },
        find: { request: { path: "/cases", query: { key: "${key}" } }, found: "response.body[0]" },
      },
    },
  },
};

/** A value with one place of it changed; undefined takes it away. */
function changed(value: Json | undefined, path: readonly string[], to: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  const object = isJsonObject(value) ? value : {};
  const inner = changed(object[key], rest, to);
  const others = Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  return inner === undefined ? others : { ...object, [key]: inner };
}

/** What is said of the connector after a change, without the places. */
function said(path: string, to: Json | undefined): readonly string[] {
  const file = changed(right, path.split("/"), to);
  try {
    readDescriptor({ file: "desk.json", text: JSON.stringify(file, null, 2) });
    return [];
  } catch (error) {
    assert.ok(hasCode(error, "connector.invalid"), messageOf(error));
    const lines = messageOf(error).split("\n");
    return lines.flatMap((line) => /^error\[(E\d+)\] desk\.json:\d+:\d+ {2}(.*)/.exec(line)?.slice(1).join(" ") ?? []);
  }
}

const read = "actions/read/http";
const write = "actions/write/http";
const called = "action 'read', http";

const wrong: readonly (readonly [name: string, path: string, to: Json | undefined, said: readonly string[]])[] = [
  ["another kind than there is", "kind", "ftp", ["E015 kind is http, mcp or function, not 'ftp'", ...stray()]],
  ["no kind", "kind", undefined, stray()],
  ["no section", "http", undefined, ["E015 this connector has no http"]],
  ["an action without its section", read, undefined, ["E015 action 'read' has no http"]],
  ["no base", "http/base", undefined, ["E015 http has no base"]],
  ["a key of nobody", "http/bse", "x", ["E010 unknown key 'bse' in http"]],
  [
    "a setting that is not there",
    "http/base",
    "https://${settings.hots}",
    ["E302 http.base: settings has no field 'hots'"],
  ],
  [
    "a secret in its base",
    "http/base",
    "https://${settings.token}",
    ["E070 http.base: 'token' is a secret, which only auth reads"],
  ],
  [
    "a secret by its name as text",
    "http/base",
    "https://${settings['token']}",
    ["E070 http.base: 'token' is a secret, which only auth reads"],
  ],
  [
    "two ways to sign in",
    "http/auth",
    { bearer: "${settings.token}", query: { k: "${settings.token}" } },
    ["E015 auth is a map with one of bearer, basic, header, query, refresh, not a map"],
  ],
  [
    "no way to sign in",
    "http/auth",
    {},
    ["E015 auth is a map with one of bearer, basic, header, query, refresh, not a map"],
  ],
  [
    "a token that is no secret",
    "http/auth/bearer",
    "${settings.host}",
    ["E070 what signs in comes from no setting that is a secret"],
  ],
  ["a token in its text", "http/auth/bearer", "abc", ["E070 what signs in comes from no setting that is a secret"]],
  [
    "a password without a user",
    "http/auth",
    { basic: { password: "${settings.token}" } },
    ["E015 http.auth.basic has no user"],
  ],
  [
    "a name for errors that is none",
    "http/errors",
    [{ when: "response.status == 403", code: "tool.limited" }],
    [
      "E015 code is tool.unauthorised, tool.failed, tool.conflict, tool.rate-limited, tool.unavailable, tool.bad-answer or done, not 'tool.limited'",
    ],
  ],
  [
    "a condition that is none",
    "http/errors",
    [{ when: "response.status", code: "tool.failed" }],
    ["E303 http.errors, when: 'response.status' is number, not true/false"],
  ],
  ["no request", `${read}/request`, undefined, [`E015 ${called} has no request`]],
  ["no path", `${read}/request/path`, undefined, [`E015 ${called}.request has no path`]],
  [
    "a path without its beginning",
    `${read}/request/path`,
    "cases",
    ["E015 path is a path that begins with /, or an expression that gives its segments as a list, not 'cases'"],
  ],
  [
    "a query in its path",
    `${read}/request/path`,
    "/cases?id=${input.id}",
    ["E015 path is a path without ? and #, not '/cases?id=${input.id}'"],
  ],
  [
    "a hole that may be null",
    `${read}/request/path`,
    "/cases/${input.note}",
    [`E303 ${called}.request.path: input.note may be null`],
  ],
  [
    "an input of nobody",
    `${read}/request/path`,
    "/cases/${input.di}",
    [`E302 ${called}.request.path: input has no field 'di'`],
  ],
  [
    "a method of nobody",
    `${read}/request/method`,
    "FETCH",
    ["E015 method is GET, HEAD, POST, PUT, PATCH or DELETE, not 'FETCH'"],
  ],
  ["a read that writes", `${read}/request/method`, "POST", ["E015 an action that only reads uses GET or HEAD"]],
  ["a read that leaves something", `${read}/receipt`, {}, ["E015 an action that only reads has no receipt"]],
  [
    "a header of the connection everywhere",
    "http/headers",
    { "content-length": "1" },
    ["E015 'content-length' is no header that a connector sets"],
  ],
  [
    "a key in what is no header",
    `${write}/idempotency`,
    { header: "a b" },
    ["E015 header is the name of a header such as Idempotency-Key, not 'a b'"],
  ],
  ["two bodies", `${write}/request/form`, { a: "1" }, ["E015 a request has one body: body or form"]],
  [
    "a header of the connection",
    `${read}/request/headers`,
    { Host: "evil.example" },
    ["E015 'Host' is no header that a connector sets"],
  ],
  [
    "a header that breaks out",
    `${read}/request/headers`,
    { "a\r\nb": "x" },
    ["E015 'a b' is no header that a connector sets"],
  ],
  ["a status that is none", `${read}/request/ok`, ["4o4"], ["E015 ok is a status such as 404, not '4o4'"]],
  ["an output that misses a field", `${read}/output`, { note: "x" }, [`E054 ${called}.output.id: is missing`]],
  ["an output of another type", `${read}/output/id`, 7, [`E054 ${called}.output.id: expected text, got number`]],
  [
    "an output that may be null",
    `${read}/output`,
    { id: "${input.id}", note: "${input.note}" },
    [`E054 ${called}.output.note: may be null, but text is needed`],
  ],
  [
    "an answer that is read too early",
    `${read}/request/query`,
    { a: "${response.status}" },
    [`E301 ${called}.request.query: unknown name 'response'`],
  ],
  [
    "a value that is not there yet",
    `${write}/values`,
    { a: "${values.b}", b: "1" },
    [
      "E302 action 'write', http.values.a: values has no field 'b'",
      "E302 action 'write', http.request.body: values has no field 'title'",
    ],
  ],
  [
    "a write before the write",
    `${write}/before/old`,
    { method: "DELETE", path: "/cases" },
    ["E015 a request that is made before uses GET or HEAD"],
  ],
  [
    "a look that writes",
    `${write}/find/request`,
    { method: "POST", path: "/cases" },
    ["E015 a request that looks uses GET or HEAD"],
  ],
  [
    "nothing to look with",
    `${write}/find`,
    undefined,
    ["E015 action 'write', http: an effect of class readback needs find"],
  ],
  [
    "no key where it is promised",
    "actions/write/effect",
    "keyed",
    ["E015 action 'write', http: an effect of class keyed needs idempotency"],
  ],
  [
    "blind though it can look",
    "actions/write/effect",
    "blind",
    ["E015 action 'write', http: an effect of class blind has no find"],
  ],
  [
    "a receipt of another type",
    `${write}/receipt/remote_id`,
    7,
    ["E054 action 'write', http.receipt.remote_id: expected text, got number"],
  ],
  [
    "pages without a next",
    `${read}/request/pages`,
    { items: "response.body" },
    [`E015 ${called}.request.pages has no next`],
  ],
  [
    "more pages than are read",
    `${read}/request/pages`,
    { items: "response.body", next: "null", max: 1000 },
    ["E015 max is a whole number from 1 to 50, not '1000'"],
  ],
  [
    "a name that no expression reads",
    `${write}/values`,
    { "a b": "1", title: "x" },
    ["E012 'a b' is no name that expressions can read"],
  ],
  ["an expression that breaks off", `${write}/find/found`, "response.body[", ["E300"]],
];

function stray(): readonly string[] {
  return Array.from({ length: 3 }, () => "E015 'http' belongs to a connector of kind http");
}

test("control: the connector that these are made of is right", () => assert.deepEqual(said("title", "Desk"), []));

for (const [name, path, to, expected] of wrong) {
  test(`a connector over HTTP with ${name} is refused`, () => {
    const found = said(path, to);
    assert.deepEqual(expected[0] === "E300" ? found.map((line) => line.slice(0, 4)) : found, expected);
  });
}

test("a file of the largest size is read in a moment, whatever it holds much of", () => {
  const many = (count: number, one: (index: number) => Json): JsonObject =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, one(index)]));
  const list = (count: number): Json => Array.from({ length: count }, (_, index) => `text ${index}`);
  const { actions = {} } = right;
  const files = [
    changed(right, ["http", "tables"], { words: list(15_000) }),
    changed(
      right,
      ["http", "headers"],
      many(5000, (index) => `value ${index}`),
    ),
    changed(
      right,
      ["settings", "properties"],
      many(3000, () => ({ type: "string", format: "password" })),
    ),
    changed(right, [...read.split("/"), "request", "body"], list(8000)),
    changed(
      right,
      [...read.split("/"), "request", "body"],
      many(3000, () => "${input.id + input.nope}"),
    ),
    changed(
      right,
      [...write.split("/"), "values"],
      many(5000, () => "${input.id}"),
    ),
    changed(
      right,
      ["http", "errors"],
      Array.from({ length: 3000 }, () => ({ when: "response.status == 1", code: "tool.failed" })),
    ),
    changed(
      right,
      ["actions"],
      many(600, () => (actions as JsonObject)["read"] ?? null),
    ),
  ];
  for (const [index, file] of files.entries()) {
    const source = { file: "desk.json", text: JSON.stringify(file) };
    assert.ok(source.text.length < 262_144, `${index} is read at all: ${source.text.length}`);
    const begun = process.cpuUsage();
    try {
      readDescriptor(source);
    } catch (error) {
      assert.ok(hasCode(error, "connector.invalid"), messageOf(error));
    }
    const { user, system } = process.cpuUsage(begun);
    assert.ok(user + system < 3_000_000, `${index} took ${(user + system) / 1000} ms`);
  }
});

test("a mistake is shown at its own place in the file", () => {
  const file = changed(right, [...read.split("/"), "request", "path"], "/cases/${input.di}");
  assert.throws(
    () => readDescriptor({ file: "desk.json", text: JSON.stringify(file, null, 2) }),
    (error) => {
      const message = messageOf(error);
      const caret = message.split("\n").findIndex((line) => /^ *\| +\^/.test(line));
      const lines = message.split("\n");
      assert.equal(lines[caret]?.indexOf("^"), lines[caret - 1]?.indexOf("di}"), message);
      assert.match(message, /it has: id, note/);
      return true;
    },
  );
});

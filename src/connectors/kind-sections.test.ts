import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode, messageOf } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import { readDescriptor } from "./read-descriptor.ts";

const text = { type: "string" };
const input = { type: "object", properties: { id: text } };
const action = { title: "Says it", effect: "idempotent", input };
const server = { command: "node", args: ["server.mjs"], tools: "0".repeat(64) };

function file(parts: JsonObject): JsonObject {
  const settings = { type: "object", properties: { token: text } };
  return {
    name: "desk",
    version: "1.0.0",
    title: "Desk",
    kind: "mcp",
    settings,
    mcp: server,
    actions: { say: action },
    ...parts,
  };
}

function withAction(mcp: JsonObject): JsonObject {
  return file({ actions: { say: { ...action, mcp } } });
}

function said(parts: JsonObject): readonly string[] {
  try {
    readDescriptor({ file: "desk.json", text: JSON.stringify(parts) });
    return [];
  } catch (error) {
    assert.ok(hasCode(error, "connector.invalid"));
    return [...messageOf(error).matchAll(/^error\[(E\d+)\] \S+ {2}(.*)$/gm)].map(
      ([, code, words]) => `${code} ${words}`,
    );
  }
}

const closing = { ...action, function: { module: "connectors/desk/close.mjs", find: "connectors/desk/find.mjs" } };
const taken: readonly (readonly [name: string, parts: JsonObject])[] = [
  ["a program", file({ mcp: { ...server, env: { TOKEN: "${settings.token}" }, protocol: "2026-07-28" } })],
  [
    "an address",
    file({
      mcp: {
        url: "https://${settings.token}.example.com",
        headers: { a: "Bearer ${settings.token}" },
        tools: server.tools,
      },
    }),
  ],
  [
    "an action with all that may be said of it",
    withAction({
      tool: "sayIt",
      key: "request_id",
      receipt: { remote_id: "issue.id", url: "links[0].url" },
      before: { tool: "get", with: { id: "${input.id}" }, at: "[0]" },
      find: { tool: "list", with: { query: ["${key}", 7] } },
    }),
  ],
  ["modules", { name: "desk", version: "1.0.0", title: "Desk", kind: "function", actions: { close: closing } }],
];

for (const [name, parts] of taken) {
  test(`a connector with ${name} is read as it is`, () => {
    const source = { file: "desk.json", text: JSON.stringify(parts) };
    assert.deepEqual(readDescriptor(source), JSON.parse(source.text));
  });
}

const known = "${settings.tokn}";
const refused: readonly (readonly [name: string, parts: JsonObject, words: readonly string[]])[] = [
  [
    "an unknown kind",
    file({ kind: "grpc" }),
    ["E015 kind is http, mcp or function, not 'grpc'", "E015 mcp does not belong to a connector without a kind"],
  ],
  ["no way to its server", file({ mcp: { tools: server.tools } }), ["E015 this server has neither command nor url"]],
  [
    "two ways to its server",
    file({ mcp: { ...server, url: "https://a" } }),
    ["E015 a server is a command or a url, not both"],
  ],
  [
    "headers for a program",
    file({ mcp: { ...server, headers: { a: "b" } } }),
    ["E015 headers does not go with command"],
  ],
  [
    "tools that nobody looked at",
    file({ mcp: { command: "node" } }),
    ["E015 this server's tools were never looked at: mcp has no tools"],
  ],
  [
    "tools that are no digest",
    file({ mcp: { ...server, tools: "all" } }),
    ["E015 tools is a digest of 64 hex digits, not 'all'"],
  ],
  [
    "a placeholder that stands for nothing",
    file({ mcp: { ...server, args: [known] } }),
    ["E053 'settings.tokn' is nothing that can stand here in ${…}"],
  ],
  [
    "a placeholder that is none",
    file({ mcp: { ...server, args: ["${1 + 1}"] } }),
    ["E053 '${1 + 1}' is nothing that can stand here in ${…}"],
  ],
  ["a lookup without a tool", withAction({ find: { at: "a" } }), ["E015 find has no tool"]],
  [
    "a lookup with an input that is none",
    withAction({ find: { tool: "list", with: { a: { b: ["${input.name}"] } } } }),
    ["E053 'input.name' is nothing that can stand here in ${…}"],
  ],
  [
    "a way that is none",
    withAction({ receipt: { url: "a b" } }),
    ["E015 url is the way to a part of the answer, such as items[0].id, not 'a b'"],
  ],
  [
    "a section of another kind",
    file({ actions: { say: closing } }),
    ["E015 function does not belong to a connector of kind mcp"],
  ],
  [
    "no module",
    { name: "desk", version: "1.0.0", title: "Desk", kind: "function", actions: { close: action } },
    ["E015 action 'close' of a connector of kind function has no module"],
  ],
  [
    "a module outside of the project",
    {
      name: "desk",
      version: "1.0.0",
      title: "Desk",
      kind: "function",
      actions: { close: { ...action, function: { module: "../close.mjs" } } },
    },
    ["E015 module is a file of the project, such as connectors/desk/close.mjs, not '../close.mjs'"],
  ],
];

for (const [name, parts, words] of refused) {
  test(`a connector with ${name} is refused`, () => {
    assert.deepEqual(said(parts), words);
  });
}

import type { Field } from "../language/fields/field.ts";

const now = { supported: true } as const;

/** Fields of the section `mcp` of a connector. */
export const mcpServerFields: readonly Field[] = [
  { name: "command", kind: "text", ...now, doc: "The program that is the server; no shell reads it." },
  { name: "args", kind: "names", ...now, doc: "Its arguments; `${settings.x}` stands for a setting." },
  { name: "env", kind: "map", ...now, doc: "All that it sees beside PATH." },
  { name: "url", kind: "text", ...now, doc: "Instead of a program: where the server listens." },
  { name: "headers", kind: "map", ...now, doc: "What every request to the URL carries." },
  { name: "protocol", kind: "text", ...now, doc: "The revision of the protocol that it has to speak: 2026-07-28." },
  {
    name: "tools",
    kind: "text",
    ...now,
    doc: "Digest of the tools; `runwright connectors inspect` writes it; required.",
  },
];

/** Fields of the section `mcp` of an action. */
export const mcpActionFields: readonly Field[] = [
  { name: "tool", kind: "text", default: "the action's name", ...now, doc: "The tool that is called." },
  { name: "key", kind: "text", ...now, doc: "The argument that takes the operation's key." },
  { name: "receipt", kind: "map", ...now, doc: "Where in the answer `remote_id` and `url` stand." },
  { name: "before", kind: "map", ...now, doc: "A tool that is read before the call, for the receipt's `before`." },
  { name: "find", kind: "map", ...now, doc: "A tool that shows whether a call was carried out." },
];

/** Fields of `before` and `find`. */
export const mcpLookupFields: readonly Field[] = [
  { name: "tool", kind: "text", ...now, doc: "The tool; required." },
  { name: "with", kind: "map", ...now, doc: "Its arguments; `${input.x}` and `${key}` are filled in." },
  { name: "at", kind: "text", default: "the whole answer", ...now, doc: "Where in the answer the value stands." },
];

/** Fields of a receipt's mapping. */
export const mcpReceiptFields: readonly Field[] = [
  { name: "remote_id", kind: "text", ...now, doc: "What the other side calls it." },
  { name: "url", kind: "text", ...now, doc: "Where people find it." },
];

/** Fields of the section `function` of an action. */
export const functionActionFields: readonly Field[] = [
  {
    name: "module",
    kind: "text",
    ...now,
    doc: "The module, a file of the project: connectors/desk/close.mjs; required.",
  },
  { name: "find", kind: "text", ...now, doc: "A module that shows whether a call was carried out." },
];

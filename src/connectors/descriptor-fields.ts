import { effectClasses } from "../language/connector.ts";
import { connectorKinds } from "../language/connector-kinds.ts";
import type { Field } from "../language/fields/field.ts";

const now = { supported: true } as const;

/** Fields of a connector's file. */
export const connectorFileFields: readonly Field[] = [
  { name: "name", kind: "name", ...now, doc: "What pins begin with: zendesk; required." },
  { name: "version", kind: "text", ...now, doc: "What pins end with: 3.2.0; required." },
  { name: "title", kind: "text", ...now, doc: "What it is, for people; required." },
  {
    name: "kind",
    kind: "choice",
    choices: connectorKinds,
    ...now,
    doc: "What carries its actions out; left out for those that come along.",
  },
  { name: "mcp", kind: "map", ...now, doc: "Of kind `mcp`: how its server is reached." },
  { name: "settings", kind: "type", ...now, doc: "Type of an object: what `connectors.<alias>.with` takes." },
  { name: "http", kind: "map", ...now, doc: "Where it is, and how it is signed in to." },
  { name: "actions", kind: "map", ...now, doc: "Its actions by name; required." },
];

/** Fields of an action. */
export const actionFields: readonly Field[] = [
  { name: "title", kind: "text", ...now, doc: "What it does, for people; required." },
  {
    name: "effect",
    kind: "choice",
    choices: effectClasses,
    ...now,
    doc: "What may be done when nobody knows whether an interrupted call was done; required.",
  },
  { name: "input", kind: "type", ...now, doc: "Type of an object: what it is called with; required." },
  { name: "output", kind: "type", default: "any", ...now, doc: "What it gives." },
  { name: "receipt", kind: "type", ...now, doc: "Type of an object: what a write leaves behind." },
  { name: "undo", kind: "name", ...now, doc: "The action that undoes it, called with the receipt's `before`." },
  { name: "targets", kind: "names", ...now, doc: "Inputs that say who or where." },
  { name: "trusted", kind: "true/false", ...now, doc: "Nothing from outside the organisation is in what it gives." },
  { name: "http", kind: "map", ...now, doc: "The request, and what is made of its answer." },
  { name: "mcp", kind: "map", ...now, doc: "Of kind `mcp`: how it becomes the call of a tool." },
  { name: "function", kind: "map", ...now, doc: "Of kind `function`: its module." },
];

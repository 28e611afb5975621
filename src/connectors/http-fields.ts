import type { Field } from "../language/fields/field.ts";

const now = { supported: true } as const;

/** Codes that an answer may be said to mean; `done`: it is what was asked for, whatever its status. */
export const meanings = [
  "tool.unauthorised",
  "tool.failed",
  "tool.conflict",
  "tool.rate-limited",
  "tool.unavailable",
  "tool.bad-answer",
  "done",
] as const;

/** The methods of a request. */
export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What the body of an answer may be. */
export const answers = ["json", "text", "any"] as const;

/** Fields of `http` in a connector. */
export const httpConnectorFields: readonly Field[] = [
  { name: "base", kind: "template", ...now, doc: "What every address begins with; required." },
  { name: "auth", kind: "map", ...now, doc: "How it is signed in to: bearer, basic, header, query or refresh." },
  { name: "headers", kind: "map", ...now, doc: "Headers of every request." },
  { name: "errors", kind: "map", ...now, doc: "What answers mean, where their status does not say it." },
  { name: "message", kind: "expression", ...now, doc: "What a refusing answer says, for people." },
  { name: "tables", kind: "map", ...now, doc: "Constants, for expressions." },
  { name: "rate", kind: "text", ...now, doc: "What is known of its limits, for people." },
];

/** Fields of `auth`: exactly one of the first five. */
export const authFields: readonly Field[] = [
  { name: "bearer", kind: "template", ...now, doc: "The token of `Authorization: Bearer`." },
  { name: "basic", kind: "map", ...now, doc: "user and password." },
  { name: "header", kind: "map", ...now, doc: "A header by its name." },
  { name: "query", kind: "map", ...now, doc: "A query parameter by its name." },
  { name: "refresh", kind: "map", ...now, doc: "The form that is sent to url for an access token." },
  { name: "optional", kind: "true/false", ...now, doc: "It is left out where its settings are not given." },
];

/** Fields of `auth.basic`. */
export const basicFields: readonly Field[] = [
  { name: "user", kind: "template", ...now, doc: "The user; required." },
  { name: "password", kind: "template", ...now, doc: "The password; required." },
];

/** Fields of `auth.refresh`. */
export const refreshFields: readonly Field[] = [
  { name: "url", kind: "template", ...now, doc: "Where tokens come from; required." },
  { name: "form", kind: "map", ...now, doc: "What is sent for one; required." },
];

/** Fields of `http` in an action. */
export const httpActionFields: readonly Field[] = [
  {
    name: "before",
    kind: "map",
    ...now,
    doc: "Requests that read first, by the name that expressions know them under.",
  },
  { name: "values", kind: "map", ...now, doc: "Values that are worked out before the request, by name." },
  { name: "request", kind: "map", ...now, doc: "The request; required." },
  { name: "idempotency", kind: "map", ...now, doc: "header: the name of the header that carries the key." },
  { name: "conditional", kind: "map", ...now, doc: "if_match: what the thing's version must still be." },
  { name: "output", kind: "template", ...now, doc: "What the action gives; the answer's body where it is left out." },
  {
    name: "receipt",
    kind: "map",
    ...now,
    doc: "What a write leaves behind: remote_id, url, before and what else its type has.",
  },
  { name: "find", kind: "map", ...now, doc: "How to look whether a call with this key was carried out." },
  { name: "rate", kind: "text", ...now, doc: "What is known of its limits, for people." },
];

/** Fields of `idempotency`. */
export const idempotencyFields: readonly Field[] = [
  { name: "header", kind: "text", ...now, doc: "The header that carries the key; required." },
];

/** Fields of `conditional`. */
export const conditionalFields: readonly Field[] = [
  { name: "if_match", kind: "template", ...now, doc: "The value of If-Match; required." },
];

/** Fields of a request. */
export const requestFields: readonly Field[] = [
  { name: "method", kind: "choice", choices: methods, ...now, doc: "GET where it is left out." },
  { name: "base", kind: "template", ...now, doc: "Another beginning of the address." },
  { name: "path", kind: "template", ...now, doc: "The path behind the base; what fills it is encoded. Required." },
  {
    name: "query",
    kind: "map",
    ...now,
    doc: "Query parameters; one that is null is left out, a list is written once for each item.",
  },
  { name: "headers", kind: "map", ...now, doc: "Headers; one that is null is left out." },
  { name: "body", kind: "template", ...now, doc: "The body, as JSON." },
  { name: "form", kind: "map", ...now, doc: "The body, as a form." },
  {
    name: "answer",
    kind: "choice",
    choices: answers,
    ...now,
    doc: "What the body of the answer is; json where it is left out. Of any, what is not JSON is a text.",
  },
  { name: "safe", kind: "true/false", ...now, doc: "A POST that changes nothing." },
  { name: "ok", kind: "names", ...now, doc: "Statuses that are answers too, such as 404." },
  { name: "errors", kind: "map", ...now, doc: "What answers mean, where their status does not say it." },
  {
    name: "columns",
    kind: "expression",
    ...now,
    doc: "An object of lists in the answer: response.items are its rows, with an item of each list.",
  },
  { name: "pages", kind: "map", ...now, doc: "How the rest of a list is read." },
];

/** Fields of one row of `errors`. */
export const errorFields: readonly Field[] = [
  { name: "when", kind: "expression", ...now, doc: "Which answers; required." },
  { name: "code", kind: "choice", choices: meanings, ...now, doc: "What they mean; required." },
  { name: "message", kind: "template", ...now, doc: "What is said of it." },
];

/** Fields of `pages`. */
export const pagesFields: readonly Field[] = [
  { name: "items", kind: "expression", ...now, doc: "The list in each answer, response.items in the end; required." },
  {
    name: "next",
    kind: "expression",
    ...now,
    doc: "The address of the next page, or query parameters that ask for it; null at the end. Required.",
  },
  { name: "limit", kind: "expression", ...now, doc: "How many items are enough." },
  {
    name: "max",
    kind: "whole number",
    between: [1, 50],
    ...now,
    doc: "How many pages are read at most; 10 where it is left out.",
  },
];

/** Fields of `find`. */
export const findFields: readonly Field[] = [
  { name: "request", kind: "map", ...now, doc: "The request that looks; required." },
  {
    name: "found",
    kind: "expression",
    ...now,
    doc: "What response.body would have been; null where nothing was carried out. Required.",
  },
  { name: "output", kind: "template", ...now, doc: "What the action gives; its own output where it is left out." },
  { name: "receipt", kind: "map", ...now, doc: "What it left behind; its own receipt where it is left out." },
];

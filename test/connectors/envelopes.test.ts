// The published schemas of a call and of its reply, held against what must not pass. The other tests of this folder hold every call against them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/base/json.ts";
import { builtIn, callOf, fitsSchema } from "./caller.ts";

const call = callOf(builtIn("zendesk"), { action: "set_status", input: { id: "7", status: "open" }, key: "one" });
const without = (value: object, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

test("a call says whose it is, what started it, what it does, under which key, and by which rules it was allowed", () => {
  fitsSchema("call", { ...call, deadline: 1 });
  for (const name of Object.keys(call)) assert.throws(() => fitsSchema("call", without(call, name)), name);
});

const wrong: Readonly<Record<string, Json>> = {
  v: 2,
  tenant: "",
  workspace: null,
  attempt: 0,
  connector: "zendesk",
  effect: "write",
  key: "",
  deadline: "soon",
  input: [],
  policy: { rules: [] },
  settings: { token: "secret" },
};

for (const [name, value] of Object.entries(wrong)) {
  test(`a call with ${name} ${JSON.stringify(value)} is none`, () => {
    assert.throws(() => fitsSchema("call", { ...call, [name]: value }));
  });
}

test("a reply is an output, and of a write a receipt with its remote id, its place and what was before", () => {
  const receipt = { remote_id: "7", url: null, before: { status: "new" }, updated_at: "2026-03-01T09:30:00Z" };
  fitsSchema("reply", { v: 1, output: null });
  fitsSchema("reply", { v: 1, output: {}, receipt });
  for (const name of ["remote_id", "url", "before"])
    assert.throws(() => fitsSchema("reply", { v: 1, output: {}, receipt: without(receipt, name) }), name);
  for (const bad of [
    { output: {} },
    { v: 1 },
    { v: 1, output: {}, error: "x" },
    { v: 1, output: {}, receipt: { ...receipt, remote_id: 7 } },
  ])
    assert.throws(() => fitsSchema("reply", bad));
});

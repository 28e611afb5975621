import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { formsOf } from "./forms.ts";
import { createRedactor } from "./redactor.ts";

const values = [
  "hunter2-hunter2",
  "p@ss/w\"ö r+d\\&<x>='~!",
  "sk-proj-AbC123+/=xyz",
  "12345678",
  "пароль-пароль",
  "emoji-🔑-key",
  "a b\tc\nd e f g",
];

/** How texts of the outside hold a value. */
const encodings: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => `before ${value} after`,
  json: (value) => JSON.stringify({ a: [value] }),
  "json in json": (value) => JSON.stringify({ body: JSON.stringify({ a: value }) }),
  url: (value) => `https://x.example/?q=${encodeURIComponent(value)}&b=1`,
  "url in lower case": (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  form: (value) => new URLSearchParams({ q: value }).toString(),
  "url in a url": (value) => encodeURIComponent(`https://x.example/${encodeURIComponent(value)}`),
  basic: (value) => `Authorization: Basic ${Buffer.from(`ada:${value}`).toString("base64")}`,
  base64: (value) => Buffer.from(value).toString("base64"),
  "base64 behind one": (value) => Buffer.from(`x${value}`).toString("base64"),
  "base64 behind two": (value) => Buffer.from(`xy${value}z`).toString("base64"),
  base64url: (value) => Buffer.from(`{"k":"${value}"}`).toString("base64url"),
  hex: (value) => Buffer.from(value).toString("hex"),
  HEX: (value) => Buffer.from(value).toString("hex").toUpperCase(),
  buffer: (value) => inspect(Buffer.from(value)),
  "buffer as json": (value) => JSON.stringify(Buffer.from(value)),
  html: (value) =>
    value.replace(
      /[&<>"']/g,
      (char) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" }[char] ?? ""};`,
    ),
  formatted: (value) => format("%s %o", value, "x"),
};

test("a value is taken out of a text in every usual encoding", () => {
  for (const value of values) {
    const redactor = createRedactor();
    redactor.add(value);
    for (const [name, encode] of Object.entries(encodings)) {
      const text = encode(value);
      const clean = redactor.redact(text);
      assert.ok(clean.includes("••••"), `${name} of ${value}: ${clean}`);
      for (const form of formsOf(value)) assert.ok(!clean.includes(form), `${name} of ${value} keeps ${form}`);
      // What is left of base64 cannot give the value back.
      for (const part of clean.split(/[^\w+/=-]+/))
        assert.ok(!Buffer.from(part, "base64").toString("utf8").includes(value), `${name} of ${value}`);
    }
  }
});

test("control: without the value nothing is taken out, and with another one neither", () => {
  const other = createRedactor();
  other.add("something-else-entirely");
  for (const [name, encode] of Object.entries(encodings)) {
    for (const value of values) {
      assert.equal(createRedactor().redact(encode(value)), encode(value));
      assert.equal(other.redact(encode(value)), encode(value), name);
    }
  }
});

test("all values are taken out in one go, the longer before the one that it begins with", () => {
  const redactor = createRedactor();
  for (const value of ["token-one", "token-one-and-more", "another-1", "another-2"]) redactor.add(value);
  const text = "token-one-and-more token-one,another-1another-2 token-onetoken-one";
  assert.equal(redactor.redact(text), "•••• ••••,•••••••• ••••••••");
  assert.equal(redactor.redact(redactor.redact(text)), redactor.redact(text));
});

test("what a cut has left of a value goes too, from eight characters on", () => {
  const value = "abcdefghijklmnopqrstuvwxyz";
  const redactor = createRedactor();
  redactor.add(value);
  for (let cut = 1; cut < value.length; cut += 1) {
    const [line, next] = [
      redactor.redact(`log: ${value.slice(0, cut)}`),
      redactor.redact(`${value.slice(cut)} and on`),
    ];
    assert.equal(line, cut < 8 ? `log: ${value.slice(0, cut)}` : "log: ••••");
    assert.equal(next, value.length - cut < 8 ? `${value.slice(cut)} and on` : "•••• and on");
  }
  assert.equal(redactor.redact("abcdefgh is how the alphabet begins"), "abcdefgh is how the alphabet begins");
  const base64 = Buffer.from(value).toString("base64");
  assert.equal(redactor.redact(`x ${base64.slice(0, 20)}`), "x ••••");
});

test("a key of several lines is taken out of logs that hold it line by line", () => {
  const line = (seed: string): string => createHash("sha256").update(seed).digest("base64");
  const key = `-----BEGIN KEY-----\n${line("a")}\n${line("b")}\n-----END KEY-----`;
  const redactor = createRedactor();
  redactor.add(key);
  const shown = key.split("\n").map((each) => redactor.redact(`  ${each}`));
  // The frame stays where it is not cut off from the key.
  assert.deepEqual(shown, ["  ••••", "  ••••", "  ••••", "  -----END KEY-----"]);
  assert.equal(redactor.redact(JSON.stringify({ key })), '{"key":"••••"}');
});

test("a value too short to be told from other texts is not searched for", () => {
  const redactor = createRedactor();
  redactor.add("1234567");
  assert.equal(redactor.redact("1234567"), "1234567");
});

test("a thousand values and a long one are searched for without going through the text once for each", () => {
  const redactor = createRedactor();
  for (let at = 0; at < 1100; at += 1) redactor.add(`secret-${createHash("sha256").update(String(at)).digest("hex")}`);
  redactor.add("long".repeat(16_000));
  const text = "nothing to see here, ".repeat(50_000);
  assert.equal(redactor.redact(text), text);
  assert.equal(redactor.redact(`x ${"long".repeat(16_000)} y`), "x •••• y");
  const last = `secret-${createHash("sha256").update("1099").digest("hex")}`;
  assert.equal(redactor.redact(last), "••••");
  const first = `secret-${createHash("sha256").update("0").digest("hex")}`;
  assert.notEqual(redactor.redact(first), "••••", "beyond a thousand the oldest is forgotten");
});

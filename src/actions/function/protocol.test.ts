import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, nat, property, string } from "fast-check";
import { createLineReader } from "./protocol.ts";

test("lines come out whole, wherever the stream is cut", () => {
  check(
    property(
      array(string().map((text) => text.replaceAll("\n", " ").toWellFormed())),
      array(nat(40)),
      (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const heard: string[] = [];
        const read = createLineReader(
          10_000,
          (text) => heard.push(text),
          () => assert.fail("too long"),
        );
        let at = 0;
        for (const cut of cuts) read(bytes.subarray(at, (at += cut)));
        read(bytes.subarray(at));
        assert.deepEqual(heard, texts);
      },
    ),
  );
});

test("a line above the limit ends the reading once, before it is held", () => {
  const heard: string[] = [];
  let ends = 0;
  const read = createLineReader(
    4,
    (text) => heard.push(text),
    () => (ends += 1),
  );
  read(Buffer.from("1234\n12"));
  read(Buffer.from("345\nab\n"));
  read(Buffer.from("cd\n"));
  assert.deepEqual([heard, ends], [["1234"], 1]);
});

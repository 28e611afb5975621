import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import type { Script } from "../providers/scripted.ts";
import { createScriptReader } from "./script-file.ts";

function read(text: string): Script {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-script-"));
  writeFileSync(path.join(folder.path, "answers.yaml"), text);
  return createScriptReader(folder.path)("answers.yaml");
}

test("rules are read with their conditions, answers, calls, errors and delays", () => {
  const { file, rules } = read(`answers:
  - when: { contains: [refund, order 7], model: fast, system: brief }
    answer: { kind: refund, sure: true }
    delay: 200ms
  - when: { contains: close }
    answer: One moment.
    calls:
      - { name: helpdesk.update_ticket, with: { id: 7 } }
      - { name: helpdesk.list }
  - when: { tool: helpdesk.update_ticket }
    error: { code: model.rate-limited, message: Later., retry_after: 2s }
    times: 1
  - answer: 42
`);
  assert.equal(file, "answers.yaml");
  assert.deepEqual(rules, [
    {
      contains: ["refund", "order 7"],
      system: ["brief"],
      model: "fast",
      delayMs: 200,
      answer: { kind: "reply", text: '{"kind":"refund","sure":true}', calls: [] },
    },
    {
      contains: ["close"],
      system: [],
      delayMs: 0,
      answer: {
        kind: "reply",
        text: "One moment.",
        calls: [
          { name: "helpdesk.update_ticket", input: { id: 7 } },
          { name: "helpdesk.list", input: {} },
        ],
      },
    },
    {
      contains: [],
      system: [],
      tool: "helpdesk.update_ticket",
      delayMs: 0,
      times: 1,
      answer: { kind: "error", code: "model.rate-limited", message: "Later.", retryAfterMs: 2000 },
    },
    { contains: [], system: [], delayMs: 0, answer: { kind: "reply", text: "42", calls: [] } },
  ]);
});

test("all problems of a file of answers are told at once, each with its place", () => {
  const text = `answers:
  - when: { contain: x }
    anser: y
  - error: { code: tool.failed }
    answer: z
  - just text
  - calls: [{ with: {} }]
`;
  assert.throws(
    () => read(text),
    (error) => {
      assert.ok(hasCode(error, "config.invalid"));
      assert.match(error.message, /answers\.yaml:2:13 +unknown key 'contain'[^]*did you mean 'contains'\?/);
      assert.match(error.message, /:3:5 +unknown key 'anser'/);
      assert.match(error.message, /a rule has an 'answer', 'calls' or an 'error'/);
      assert.match(error.message, /:4:20 +'code' is one of model\.rate-limited/);
      assert.match(error.message, /a rule with an 'error' has no 'answer'/);
      assert.match(error.message, /:6:5 +a rule is a map, not text/);
      assert.match(error.message, /:7:13 +a call names its tool/);
      return true;
    },
  );
  assert.throws(() => read("- answer: x\n"), /is a map of settings, not a list/);
});

test("a file that is changed is read anew, one that is not keeps its rules, and a missing one is named", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-script-"));
  const write = (text: string): void => writeFileSync(path.join(folder.path, "answers.yaml"), text);
  const reader = createScriptReader(folder.path);
  assert.throws(() => reader("answers.yaml"), /The file of answers answers\.yaml cannot be read: ENOENT/);
  write("answers: [{ answer: one }]\n");
  const first = reader("answers.yaml");
  assert.equal(reader("./answers.yaml"), first);
  write("answers: [{ answer: two }]\n");
  const second = reader("answers.yaml");
  assert.notEqual(second.digest, first.digest);
  assert.deepEqual(second.rules[0]?.answer, { kind: "reply", text: "two", calls: [] });
});

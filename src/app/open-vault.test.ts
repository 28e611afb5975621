import assert from "node:assert/strict";
import { test } from "node:test";
import { openVault, projectVault, secretVariables } from "./open-vault.ts";

const project = {
  root: "/",
  secrets: { A: "env:A_TOKEN", B: "env:GONE", C: "exec:printf canary-of-c" },
  providers: { anthropic: { kind: "anthropic", key: "env:MODEL_KEY" } },
} as const;
const env = { A_TOKEN: "canary-of-a", MODEL_KEY: "canary-of-model", PATH: process.env["PATH"] };
const clock = { now: () => 0 };
const text = "canary-of-a canary-of-c canary-of-model";

test(
  "a process that carries runs out knows all secrets before it gives one out",
  { skip: process.platform === "win32" },
  async () => {
    const vault = await openVault(project, env, clock);
    assert.equal(vault.redact(text), "•••• •••• ••••", "what an earlier process gave away may come back to this one");
    assert.equal(projectVault(project, env, clock).redact(text), text, "control: one that has read nothing knows none");
    await assert.rejects(
      vault.secret("B"),
      /The environment variable GONE is not set/,
      "a missing one is said when it is needed",
    );
  },
);

test("the variables that hold secrets are known by name", () => {
  assert.deepEqual([...secretVariables(project)], ["A_TOKEN", "GONE", "MODEL_KEY"]);
});

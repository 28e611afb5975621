import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { type Config, loadConfig } from "./config.ts";
import { examine } from "./doctor.ts";

async function load(text: string, use: (config: Config) => unknown = () => undefined): Promise<Config> {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-secrets-"));
  writeFileSync(path.join(folder.path, "runwright.config.yaml"), text);
  const config = await loadConfig(folder.path, {});
  await use(config);
  return config;
}

test("the configuration says where each secret is", async () => {
  const { secrets } = await load("secrets:\n  A: env:A_TOKEN\n  B: file:keys/b\n  C: exec:pass show desk\n");
  assert.deepEqual(secrets, { A: "env:A_TOKEN", B: "file:keys/b", C: "exec:pass show desk" });
  assert.deepEqual((await load("data: x\n")).secrets, {});
});

test("a value in place of a reference is refused, and no line of the message shows it", async () => {
  const literal = "canary-3f9a1c77e2";
  const wrong = [
    `secrets: { A: ${literal}, lower: env:X }`,
    `secrets:\n  A: "${literal}"\n  B: { value: ${literal} }\n  C: [${literal}]\n`,
    `secrets:\n  A: |\n    ${literal}\n    more\n`,
    `secrets: ${literal}\n`,
    `secrets: { A: "envv:${literal}", B: 'env:${literal}' }\n`,
    `secrets: { A: ${literal} }\ndta: x\n`,
  ];
  for (const text of wrong)
    await assert.rejects(load(text), (error) => {
      assert.ok(hasCode(error, "config.invalid"), text);
      assert.ok(!error.message.includes(literal), error.message);
      assert.ok(!error.message.includes(literal.slice(0, 10)), error.message);
      return true;
    });
  await assert.rejects(
    load(wrong[0] ?? ""),
    /secret 'A' has to say where its value is, and not the value[^]*write A: env:NAME/,
  );
  await assert.rejects(load(wrong[0] ?? ""), /'lower' is not the name of a secret/);
  await assert.rejects(
    load(`data: [${literal}]\n`),
    (error) => String(error).includes(literal),
    "control: other lines are shown",
  );
});

test("doctor says of each secret whether it is there, and never what it is", async () => {
  const env = { THERE: "canary-3f9a1c77e2" };
  await load("secrets: { A: env:THERE, B: exec:false }\n", async (config) => {
    const found = (await examine(config, { found: "v24.15.0", wanted: ">=24" }, env)).find(
      ({ name }) => name === "secrets",
    );
    assert.deepEqual(found, { name: "secrets", ok: true, found: "A present, B not tried" });
  });
  await load("secrets: { A: env:THERE, B: env:GONE }\n", async (config) => {
    const checks = await examine(config, { found: "v24.15.0", wanted: ">=24" }, env);
    const found = checks.find(({ name }) => name === "secrets");
    assert.equal(found?.ok, false);
    assert.match(found.found, /Secret B cannot be had\. The environment variable GONE is not set\./);
    assert.ok(!JSON.stringify(checks).includes(env.THERE));
  });
});

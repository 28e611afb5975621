import assert from "node:assert/strict";
import { chmodSync, mkdtempDisposableSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { checkpointIn, signerOf, verifierOf } from "../../audit/checkpoint.ts";
import { hasCode } from "../../base/error.ts";
import { auditFolder, openSigningKey, publicKeyFile } from "./key.ts";

const head = { tenant: "acme", n: 3, hash: "h" };

test("the key is made once, is for nobody else to read, and its public half checks what it signs", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-key-"));
  const config = { data: folder.path };
  const first = openSigningKey(config);
  const again = openSigningKey(config);
  assert.equal(first.publicPem, again.publicPem);
  assert.deepEqual(readdirSync(auditFolder(config)).toSorted(), ["public.key", "signing.key"]);
  assert.equal(statSync(path.join(auditFolder(config), "signing.key")).mode & 0o777, 0o600);

  const checkpoint = checkpointIn(again.line([head], 17));
  assert.ok(checkpoint);
  assert.deepEqual([checkpoint.heads, checkpoint.at], [[head], 17]);
  const key = verifierOf(readFileSync(publicKeyFile(config), "utf8"));
  assert.equal(key.isSigned(checkpoint), true);
  for (const changed of [
    { ...checkpoint, at: 18 },
    { ...checkpoint, heads: [{ ...head, n: 4 }] },
    { ...checkpoint, heads: [head, head] },
    { ...checkpoint, key: "other" },
    { ...checkpoint, signature: "" },
  ])
    assert.equal(key.isSigned(changed), false);
});

test(
  "a signing key that others may read is refused, with what to write",
  { skip: process.platform === "win32" },
  () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-key-"));
    const config = { data: folder.path };
    openSigningKey(config);
    chmodSync(path.join(auditFolder(config), "signing.key"), 0o640);
    assert.throws(
      () => openSigningKey(config),
      (error) => hasCode(error, "secret.refused") && error.message.includes("chmod 600"),
    );
  },
);

test("what is no key is refused, and nothing of it is said", () => {
  for (const read of [signerOf, verifierOf])
    assert.throws(
      () => read("hunter2"),
      (error) => hasCode(error, "config.invalid") && !error.message.includes("hunter2"),
    );
});

test("a line that is no checkpoint is none", () => {
  for (const line of ["", "{", "[]", '{"v":2}', '{"v":1,"at":1,"key":"k","signature":"s","heads":[{}]}'])
    assert.equal(checkpointIn(line), undefined);
});

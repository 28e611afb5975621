// Whoever changes an audit log is found out: every kind of change, in real files.
import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { exportHead, exportLine } from "../../src/audit/export-line.ts";
import { newSigningKey, signerOf } from "../../src/audit/checkpoint.ts";
import { ownCheckpoints } from "../../src/app/audit/checkpoint-files.ts";
import { publicKeyFile } from "../../src/app/audit/key.ts";
import { readAuditLog } from "../../src/app/audit/read-log.ts";
import { type AuditAnswer, verifyAuditLog } from "../../src/app/audit/verify-log.ts";
import { auditEntry } from "../../src/testing/journal-checks/audit.ts";
import { configOf, linesIn, openLog, openRaw, relink, rowsOfLife, writeLog } from "./log.ts";
import { tampers, type Tamper } from "./tampers.ts";

/** Changed logs, each with one change. */
const size = Number(process.env["RUNWRIGHT_TAMPERS"] ?? "600");
const lives = Math.ceil(size / tampers.length / rowsOfLife);
const last = lives * rowsOfLife;

const base = mkdtempSync(path.join(tmpdir(), "rw-audit-"));
after(() => rmSync(base, { recursive: true, force: true }));

const whole = path.join(base, "whole");
await writeLog(configOf(whole), lives);
const key = publicKeyFile(configOf(whole));
const outside = path.join(base, "outside.jsonl");
copyFileSync(ownCheckpoints(configOf(whole)), outside);
let copies = 0;

/** A copy of the log, to be tampered with. */
function copyOfWhole(): string {
  const folder = path.join(base, `copy-${(copies += 1)}`);
  cpSync(whole, folder, { recursive: true });
  return folder;
}

/** Puts the log in a folder back as it was, and changes it so. */
function change(folder: string, tamper: Tamper, n: number): void {
  copyFileSync(path.join(whole, "journal.db"), path.join(folder, "journal.db"));
  using database = openRaw(folder);
  database.exec("BEGIN");
  tamper.apply(database, n, last);
  database.exec("COMMIT");
}

async function exported(folder: string): Promise<string> {
  const file = path.join(folder, "audit.jsonl");
  const lines = [JSON.stringify(exportHead)];
  for await (const item of readAuditLog(configOf(folder))) lines.push(JSON.stringify(exportLine(item)));
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const verified = (folder: string, with_: { readonly checkpoints?: readonly string[]; readonly key?: string } = {}) =>
  verifyAuditLog(configOf(folder), { checkpoints: [], ...with_ });
const kindsOf = ({ findings }: AuditAnswer) => findings.map(({ kind }) => kind);

test("an untouched log has nothing wrong with it, in its folder and exported", async () => {
  const answer = await verified(whole);
  assert.deepEqual(
    [answer.findings, answer.rows, answer.tenants, answer.unsigned, answer.tail, answer.unreadable],
    [[], 2 * last, 2, 0, 0, 0],
  );
  assert.ok(answer.checkpoints >= lives);
  assert.ok(answer.key !== undefined);
  const file = await exported(copyOfWhole());
  const elsewhere = await verifyAuditLog(configOf(path.join(base, "nowhere")), { file, checkpoints: [outside], key });
  assert.deepEqual([elsewhere.findings, elsewhere.rows, elsewhere.unsigned], [[], 2 * last, 0]);
});

for (const tamper of tampers) {
  const { name, isInside, isUnlinked = false } = tamper;
  test(`found at every place, in the folder and exported: ${name}`, async (t) => {
    const folder = copyOfWhole();
    const missed: string[] = [];
    const places = isInside ? last - 1 : last;
    for (let n = 1; n <= places; n += 1) {
      change(folder, tamper, n);
      if ((await verified(folder)).findings.length === 0) missed.push(`${n} in the folder`);
      const file = await exported(folder);
      const elsewhere = await verifyAuditLog(configOf(base), { file, checkpoints: [outside], key });
      if (elsewhere.findings.length === 0) missed.push(`${n} exported`);
    }
    t.diagnostic(`${places} changed logs, missed ${missed.length}`);
    assert.deepEqual(missed, []);
  });

  test(`control: without checkpoints this is ${isUnlinked ? "not found" : "found by the links"}: ${name}`, async () => {
    const folder = copyOfWhole();
    rmSync(ownCheckpoints(configOf(folder)));
    for (const n of [2, 7]) {
      change(folder, tamper, n);
      assert.equal((await verified(folder)).findings.length === 0, isUnlinked, `at ${n}`);
    }
  });
}

test("a tenant that was taken away whole, and a log that was, are found by their checkpoints", async () => {
  for (const where of ["WHERE tenant = 'acme'", ""]) {
    const folder = copyOfWhole();
    {
      using database = openRaw(folder);
      database.exec(`DELETE FROM audit_row ${where}; DELETE FROM audit_seal ${where}`);
    }
    assert.ok(kindsOf(await verified(folder)).includes("cut"));
  }
});

test("who also has the signing key is found by the checkpoints that lie elsewhere, and only by them", async () => {
  const folder = copyOfWhole();
  {
    using database = openRaw(folder);
    database.exec("UPDATE audit_row SET entry = json_set(entry, '$.actor', 'local:eve') WHERE position = 3");
    relink(database, "acme");
  }
  rmSync(ownCheckpoints(configOf(folder)));
  await (await openLog(configOf(folder)))[Symbol.asyncDispose]();
  assert.deepEqual(kindsOf(await verified(folder)), []);
  assert.ok(kindsOf(await verified(folder, { checkpoints: [outside], key })).includes("rewritten"));
});

test("a checkpoint that was changed, or that another key signed, is named with its place", async () => {
  const folder = copyOfWhole();
  const config = configOf(folder);
  const lines = linesIn(ownCheckpoints(config));
  const newest = JSON.parse(lines.at(-1) ?? "") as { heads: { tenant: string; n: number; hash: string }[] };
  const [head] = newest.heads;
  assert.ok(head);
  const forged = [
    JSON.stringify({ ...newest, heads: [{ ...head, n: head.n + 1 }] }),
    JSON.stringify({ ...newest, at: 0 }),
    signerOf(newSigningKey()).line([{ ...head, n: 99 }], 0),
  ];
  for (const line of forged) {
    writeFileSync(ownCheckpoints(config), `${lines.join("\n")}\n${line}\n`);
    const { findings } = await verified(folder);
    assert.deepEqual(
      findings.map(({ kind, place }) => [kind, place]),
      [["signature", `${ownCheckpoints(config)}:${lines.length + 1}`]],
    );
  }
});

test("no wrong alarm: after a kill, with rows that wait, with a torn checkpoint, and beside a process that writes", async () => {
  const folder = path.join(base, "killed");
  const config = configOf(folder);
  await writeLog(config);
  const killed = await openLog(config);
  await killed.store.audit.record([auditEntry("waits"), auditEntry("too")]);
  const beside = await verified(folder);
  assert.deepEqual([beside.findings, beside.tail, beside.waiting.length], [[], 2, 2]);
  await killed.kill();
  assert.deepEqual(kindsOf(await verified(folder)), []);

  appendFileSync(ownCheckpoints(config), '{"at":17');
  const torn = await verified(folder);
  assert.deepEqual([torn.findings, torn.unreadable], [[], 1]);

  // Linked, and killed before the checkpoint: its place cannot be written.
  const blocked = configOf(folder, [path.join(folder, "gone", "c.jsonl")]);
  await (await openLog(blocked))[Symbol.asyncDispose]();
  const mended = await verified(folder);
  assert.deepEqual([mended.findings, mended.tail, mended.unsigned, mended.unreadable], [[], 0, 0, 1]);
  assert.ok(!existsSync(path.join(folder, "gone")), "a folder that is not there is not made");
});

test("checkpoints lie in a second place as well, and one that was away gets what it missed", async () => {
  const folder = path.join(base, "second");
  const second = path.join(base, "second.jsonl");
  await writeLog(configOf(folder, [second]));
  assert.deepEqual(linesIn(second), linesIn(ownCheckpoints(configOf(folder))));

  const late = path.join(base, "late.jsonl");
  await (await openLog(configOf(folder, [second, late])))[Symbol.asyncDispose]();
  assert.equal(linesIn(late).length, 1, "what the others have is not written again");
  assert.deepEqual(linesIn(second), linesIn(ownCheckpoints(configOf(folder))));
  rmSync(ownCheckpoints(configOf(folder)));
  assert.deepEqual((await verified(folder, { checkpoints: [late] })).unsigned, 0);
});

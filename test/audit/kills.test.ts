// kill -9 of a process that writes and seals: nothing acknowledged is missing in its audit log, and nothing is found that nobody did.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { openSigningKey, publicKeyFile } from "../../src/app/audit/key.ts";
import { readAuditLog } from "../../src/app/audit/read-log.ts";
import { verifyAuditLog } from "../../src/app/audit/verify-log.ts";
import { entryIn } from "../../src/ports/audit-rules.ts";
import { configOf, openLog } from "./log.ts";

const kills = 12;
const base = mkdtempSync(path.join(tmpdir(), "rw-audit-kills-"));
after(() => rmSync(base, { recursive: true, force: true }));

/** Lets a writer acknowledge so many commits, kills it, and gives the last one that it said. */
async function killAfter(folder: string, second: string, run: string, commits: number): Promise<number> {
  const writer = spawn(process.execPath, [path.join(import.meta.dirname, "writer.ts"), folder, second, run], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const ended = new Promise<void>((resolve) => writer.once("close", () => resolve()));
  writer.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    if (said.split("\n").length > commits) writer.kill("SIGKILL");
  });
  await ended;
  return Number(said.split("\n").slice(0, -1).at(-1) ?? 1);
}

test(`after each of ${kills} kills the audit log has all that was acknowledged, and no wrong alarm`, async (t) => {
  const folder = path.join(base, "data");
  const second = path.join(base, "second.jsonl");
  mkdirSync(folder);
  // The first kill may come before the first checkpoint, which makes both.
  openSigningKey(configOf(folder));
  writeFileSync(second, "");
  const acknowledged = new Map<string, number>();
  let tails = 0;
  let sealedAlive = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const run = `r${kill}`;
    acknowledged.set(run, await killAfter(folder, second, run, 3 + 7 * kill));
    const answer = await verifyAuditLog(configOf(folder), {
      checkpoints: [second],
      key: publicKeyFile(configOf(folder)),
    });
    assert.deepEqual(answer.findings, [], `kill ${kill}`);
    tails += answer.tail;
    const objects = new Set<string>();
    for await (const item of readAuditLog(configOf(folder))) {
      const { object } = entryIn((item.kind === "sealed" ? item.link.row?.text : item.row.text) ?? "{}");
      objects.add(object);
      if (item.kind === "sealed" && object.startsWith(`${run}/`)) sealedAlive += 1;
    }
    for (const [id, seq] of acknowledged)
      for (let each = 2; each <= seq; each += 1)
        for (const side of ["before", "after"])
          assert.ok(objects.has(`${id}/${side}#${each}`), `${id} ${side} ${each}`);
  }
  assert.ok(tails > 0, "control: at least one kill came before the sealer");
  assert.ok(sealedAlive > 0, "control: at least one kill came after it had begun");

  await (await openLog(configOf(folder, [second])))[Symbol.asyncDispose]();
  const last = await verifyAuditLog(configOf(folder), { checkpoints: [second] });
  t.diagnostic(
    JSON.stringify({ kills, rows: last.rows, checkpoints: last.checkpoints, sealedAlive, leftUnsealed: tails }),
  );
  assert.deepEqual([last.findings, last.tail, last.unsigned], [[], 0, 0]);
});

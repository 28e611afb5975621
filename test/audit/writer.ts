// A process that writes to an audit log until it is killed, and says what was acknowledged. Its sealer looks fifty times as often as in life,
// so that kills meet it at work.
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { openAuditSealer } from "../../src/app/audit/open-sealer.ts";
import { createRealClock } from "../../src/app/clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import { auditEntry } from "../../src/testing/journal-checks/audit.ts";
import { appendOf, newRun } from "../../src/testing/journal-checks/world.ts";
import { configOf } from "./log.ts";

const [folder = "", second = "", run = ""] = process.argv.slice(2);
const config = configOf(folder, [second]);
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const store = await openSqliteStore({ folder, holder, synchronous: "full" });
const real = createRealClock();
const clock: Clock = { ...real, after: (delayMs, work) => real.after(delayMs / 50, work) };
await openAuditSealer(config, store.audit, clock);
await store.journal.create([newRun(run)]);
const lease = { key: newRun(run).key, epoch: 1 };
for (let seq = 2; ; seq += 1) {
  const audit = [auditEntry(`${run}/before#${seq}`), auditEntry(`${run}/after#${seq}`)];
  await store.journal.append([appendOf(lease, seq, { audit })]);
  process.stdout.write(`${seq}\n`);
  // Commits answer at once: without a turn of its own no timer would ever run.
  await new Promise((resolve) => void setImmediate(resolve));
}

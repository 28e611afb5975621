import { test } from "node:test";
import { appendingChecks } from "./journal-checks/appending.ts";
import { auditChecks } from "./journal-checks/audit.ts";
import { blobChecks } from "./journal-checks/blobs.ts";
import { creatingChecks } from "./journal-checks/creating.ts";
import { inboxChecks } from "./journal-checks/inbox.ts";
import { lastingChecks } from "./journal-checks/lasting.ts";
import { logChecks } from "./journal-checks/logs.ts";
import { otherRunsChecks } from "./journal-checks/other-runs.ts";
import { readingChecks } from "./journal-checks/reading.ts";
import { releaseChecks } from "./journal-checks/releases.ts";
import { snapshotChecks } from "./journal-checks/snapshots.ts";
import { takeoverChecks } from "./journal-checks/takeovers.ts";
import { versionChecks } from "./journal-checks/versions.ts";
import type { Check, Open } from "./journal-checks/world.ts";

export type { Check, Open, OpenStore } from "./journal-checks/world.ts";

/** Every sentence of the journal, catalog, log and audit ports that can be seen from outside. */
export const journalChecks: readonly Check[] = [
  ...creatingChecks,
  ...appendingChecks,
  ...inboxChecks,
  ...otherRunsChecks,
  ...readingChecks,
  ...lastingChecks,
  ...versionChecks,
  ...releaseChecks,
  ...takeoverChecks,
  ...snapshotChecks,
  ...blobChecks,
  ...logChecks,
  ...auditChecks,
];

/** The contract of the journal, catalog, log and audit ports: each adapter passes every check, with no skips. */
export function testJournal(name: string, open: Open): void {
  for (const check of journalChecks) test(`${name}: ${check.name}`, () => check.run(open));
}

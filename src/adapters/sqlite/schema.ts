import { auditTables } from "./audit-tables.ts";

/** The number of this schema, kept in `PRAGMA user_version`. A file of an older one is upgraded by who opens it for writing. */
export const schemaVersion = 3;

/** Tables that came with schema 2. */
const addedInSchema2 = `
CREATE TABLE snapshot (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL,
  seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, form INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, workspace, run)
) STRICT;

CREATE TABLE blob (
  tenant TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, digest)
) STRICT;

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, n INTEGER NOT NULL,
  path TEXT NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL,
  UNIQUE (tenant, workspace, run, n)
) STRICT;
`;

/** The numbers that versions were published under: came with schema 3. */
const releasesInSchema3 = `
CREATE TABLE release (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, workflow TEXT NOT NULL, number INTEGER NOT NULL,
  digest TEXT NOT NULL, at INTEGER NOT NULL, published_by TEXT NOT NULL,
  PRIMARY KEY (tenant, workspace, workflow, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX release_by_digest ON release (tenant, workspace, digest);
`;

/** What makes the next schema of an older one, by the number of the older. */
export const upgrades: Readonly<Record<number, string>> = {
  1: `
ALTER TABLE run ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN log_lines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;
${addedInSchema2}`,
  2: `${releasesInSchema3}
${auditTables}`,
};

/**
 * The tables. Every key begins with tenant and workspace.
 *
 * - `segment` is the one ordered journal: rows lie in the order of their commits (`position`), so that a commit of a thousand runs writes
 *   a few neighbouring pages. With the run's key as the only key it wrote a page per run, and took twice as long.
 * - `run` is what lists and checks read. `due` is `wake_at`, or 0 while a row of the inbox is unread; `unread` and `holds` count those
 *   rows, so that an append reads no inbox; `log_lines` and `log_bytes` count what lies in `log`.
 * - `inbox` keeps its rows after they were read: their outcome is asked for later.
 * - `snapshot` and `blob` have rows of any length, and so no key as their order: a page of such a table holds hardly a row.
 */
export const schema: string = `
CREATE TABLE run (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL,
  workflow TEXT NOT NULL, version TEXT NOT NULL, created_at INTEGER NOT NULL, started_by TEXT NOT NULL, dedupe_key TEXT,
  epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL,
  wake_at INTEGER, due INTEGER,
  last_entry INTEGER NOT NULL, unread INTEGER NOT NULL, holds INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, log_lines INTEGER NOT NULL DEFAULT 0, log_bytes INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, workspace, run)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_by_dedupe_key ON run (tenant, workspace, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX run_by_workflow ON run (tenant, workspace, workflow, run);
CREATE INDEX run_by_status ON run (tenant, workspace, status, run);
CREATE INDEX run_by_due ON run (due, run, tenant, workspace) WHERE due IS NOT NULL;

CREATE TABLE segment (
  position INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL,
  count INTEGER NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (tenant, workspace, run, seq)
) STRICT;

CREATE TABLE inbox (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, id INTEGER NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, principal TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT,
  PRIMARY KEY (tenant, workspace, run, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_unread ON inbox (tenant, workspace, run, id) WHERE outcome IS NULL;

CREATE TABLE version (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, workspace, digest)
) STRICT, WITHOUT ROWID;
${addedInSchema2}
${releasesInSchema3}
${auditTables}`;

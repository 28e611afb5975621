import { auditTables } from "./audit-tables.ts";

/** The number of this schema, kept in the table `meta`. Tables of an older one are upgraded by who opens them. */
export const schemaVersion = 3;

/** What makes the next schema of an older one, by the number of the older. */
export const upgrades: Readonly<Record<number, (name: string) => string>> = {
  1: (name) => `
ALTER TABLE ${name}.run ADD COLUMN tries integer NOT NULL DEFAULT 0, ADD COLUMN log_lines bigint NOT NULL DEFAULT 0,
  ADD COLUMN log_bytes bigint NOT NULL DEFAULT 0;
${addedInSchema2(name)}`,
  2: (name) => `${releasesInSchema3(name)}
${auditTables(name)}`,
};

/**
 * The tables of one store, in a schema of their own. Every key begins with tenant and workspace; all JSON is text, because `jsonb` refuses
 * the letter U+0000 and gives keys back in another order. Keys compare by bytes (`C`), as in the other stores.
 *
 * `due`, `unread` and `holds` of a run sum up its unread inbox rows, so that an append reads no inbox; `log_lines` and `log_bytes` count what
 * lies in `log`.
 */
export function schemaOf(name: string): string {
  return `
CREATE TABLE ${name}.run (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL,
  workflow text COLLATE "C" NOT NULL, version text COLLATE "C" NOT NULL, created_at bigint NOT NULL, started_by text NOT NULL,
  dedupe_key text COLLATE "C",
  epoch bigint NOT NULL, last_seq bigint NOT NULL, status text COLLATE "C" NOT NULL, summary text NOT NULL,
  wake_at bigint, due bigint,
  last_entry bigint NOT NULL DEFAULT 0, unread integer NOT NULL DEFAULT 0, holds integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0, log_lines bigint NOT NULL DEFAULT 0, log_bytes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, workspace, run)
);
CREATE UNIQUE INDEX run_by_dedupe_key ON ${name}.run (tenant, workspace, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX run_by_workflow ON ${name}.run (tenant, workspace, workflow, run);
CREATE INDEX run_by_status ON ${name}.run (tenant, workspace, status, run);
CREATE INDEX run_by_due ON ${name}.run (due, run, tenant, workspace) WHERE due IS NOT NULL;

CREATE TABLE ${name}.segment (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, seq bigint NOT NULL,
  count integer NOT NULL, at bigint NOT NULL, events text NOT NULL, hash text NOT NULL,
  PRIMARY KEY (tenant, workspace, run, seq)
);

CREATE TABLE ${name}.inbox (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, id bigint NOT NULL,
  kind text NOT NULL, body text NOT NULL, principal text NOT NULL, at bigint NOT NULL, outcome text,
  PRIMARY KEY (tenant, workspace, run, id)
);
CREATE INDEX inbox_unread ON ${name}.inbox (tenant, workspace, run, id) WHERE outcome IS NULL;

CREATE TABLE ${name}.version (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, digest text COLLATE "C" NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, workspace, digest)
);
${addedInSchema2(name)}
${releasesInSchema3(name)}
${auditTables(name)}`;
}

/** Tables that came with schema 2. */
function addedInSchema2(name: string): string {
  return `
CREATE TABLE ${name}.snapshot (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL,
  seq bigint NOT NULL, hash text NOT NULL, at bigint NOT NULL, form integer NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, workspace, run)
);

CREATE TABLE ${name}.blob (
  tenant text COLLATE "C" NOT NULL, digest text COLLATE "C" NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, digest)
);

CREATE TABLE ${name}.log (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, n bigint NOT NULL,
  path text COLLATE "C" NOT NULL, attempt integer NOT NULL, at bigint NOT NULL, level text NOT NULL, text text NOT NULL,
  PRIMARY KEY (tenant, workspace, run, n)
);
`;
}

/** The numbers that versions were published under: came with schema 3. */
function releasesInSchema3(name: string): string {
  return `
CREATE TABLE ${name}.release (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL, number bigint NOT NULL,
  digest text COLLATE "C" NOT NULL, at bigint NOT NULL, published_by text NOT NULL,
  PRIMARY KEY (tenant, workspace, workflow, number)
);
CREATE UNIQUE INDEX release_by_digest ON ${name}.release (tenant, workspace, digest);
`;
}

/**
 * The tables of the audit log. They came with schema 3.
 *
 * Rows and links are only ever added: the triggers refuse everything else, `INSERT OR REPLACE` included, which asks no trigger for deletes. Who can
 * drop a trigger can change a row all the same; that is what the chain and its checkpoints are for. `AUTOINCREMENT` never gives a position
 * twice.
 */
export const auditTables: string = `
CREATE TABLE audit_row (position INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, entry TEXT NOT NULL) STRICT;
CREATE TABLE audit_seal (
  position INTEGER PRIMARY KEY, tenant TEXT NOT NULL, n INTEGER NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (tenant, n)
) STRICT;
${keptTriggers("audit_row", "position = NEW.position")}
${keptTriggers("audit_seal", "position = NEW.position OR (tenant = NEW.tenant AND n = NEW.n)")}`;

/** `same` is true of a row whose place a new one would take. */
function keptTriggers(table: string, same: string): string {
  const refused = `BEGIN SELECT RAISE(ABORT, 'rows of ${table} are only ever added'); END;`;
  return `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} ${refused}
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} ${refused}
CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table} WHEN EXISTS (SELECT 1 FROM ${table} WHERE ${same}) ${refused}
`;
}

/**
 * The tables of the audit log in the schema `name`. They came with schema 3.
 *
 * Rows and links are only ever added: the triggers refuse everything else. `xid` is the transaction that wrote a row: positions are taken before
 * the commit and are not its order, so that a row may become visible behind later ones.
 */
export function auditTables(name: string): string {
  return `
CREATE TABLE ${name}.audit_row (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text COLLATE "C" NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(), entry text NOT NULL
);
CREATE INDEX audit_row_by_xid ON ${name}.audit_row (xid);
CREATE TABLE ${name}.audit_seal (
  position bigint PRIMARY KEY, tenant text COLLATE "C" NOT NULL, n bigint NOT NULL, prev text NOT NULL, hash text NOT NULL,
  UNIQUE (tenant, n)
);
CREATE FUNCTION ${name}.audit_kept() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$;
${["audit_row", "audit_seal"].map((table) => keptTriggers(name, table)).join("")}`;
}

function keptTriggers(name: string, table: string): string {
  return `
CREATE TRIGGER ${table}_kept BEFORE UPDATE OR DELETE ON ${name}.${table} FOR EACH ROW EXECUTE FUNCTION ${name}.audit_kept();
CREATE TRIGGER ${table}_kept_whole BEFORE TRUNCATE ON ${name}.${table} FOR EACH STATEMENT EXECUTE FUNCTION ${name}.audit_kept();
`;
}

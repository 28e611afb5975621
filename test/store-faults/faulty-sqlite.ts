import { DatabaseSync, type StatementSync } from "node:sqlite";

/**
 * What the n-th call meets.
 *
 * - `io-error`: refused with an I/O error, and nothing was done.
 * - `io-error-after`: a commit that is done all the same, and answered with an I/O error.
 * - `full`, `busy`: refused cleanly, as SQLite does.
 * - `swallowed`: a commit that is not done, and answered as if it were: no store may do so. It is the control.
 */
export type FaultKind = "io-error" | "io-error-after" | "full" | "busy" | "swallowed";

/** Counts the calls of this process to journals, and lets one of them fail. */
export interface FaultySqlite extends Disposable {
  /** From now on the `nth` call that can meet this fault does. */
  arm(kind: FaultKind, nth: number): void;
  /** From now on all is well. */
  disarm(): void;
  /** True when the fault was met; from then on all is well again. */
  readonly met: boolean;
  /** Which call met it. */
  readonly where: string;
}

type Call = (...values: unknown[]) => unknown;

const errcodes = { "io-error": 10, "io-error-after": 1034, full: 13, busy: 5 } as const;
const methods = ["run", "get", "iterate"] as const;

/** Puts itself between our code and the real SQLite of this process, until disposed. */
export function createFaultySqlite(): FaultySqlite {
  const prepare = Reflect.get(DatabaseSync.prototype, "prepare");
  const exec = Reflect.get(DatabaseSync.prototype, "exec");
  let armed: { readonly kind: FaultKind; left: number } | undefined;
  let where = "";

  DatabaseSync.prototype.prepare = function faultyPrepare(this: DatabaseSync, ...given): StatementSync {
    const statement = prepare.apply(this, given);
    if (!isJournal(this)) return statement;
    for (const method of methods) {
      const real = statement[method].bind(statement) as Call;
      const value = (...values: unknown[]) => call(this, given[0], () => real(...values));
      Object.defineProperty(statement, method, { value });
    }
    return statement;
  };
  DatabaseSync.prototype.exec = function faultyExec(this: DatabaseSync, sql): void {
    if (isJournal(this)) call(this, sql, () => exec.call(this, sql));
    else exec.call(this, sql);
  };

  return {
    arm(kind, nth) {
      armed = { kind, left: nth };
      where = "";
    },
    disarm() {
      armed = undefined;
    },
    get met() {
      return where !== "";
    },
    get where() {
      return where;
    },
    [Symbol.dispose]() {
      Object.assign(DatabaseSync.prototype, { prepare, exec });
    },
  };

  function call(connection: DatabaseSync, sql: string, real: () => unknown): unknown {
    if (armed === undefined || !canMeet(armed.kind, sql)) return real();
    armed.left -= 1;
    if (armed.left > 0) return real();
    const { kind } = armed;
    armed = undefined;
    where = sql.trim().replaceAll(/\s+/g, " ").slice(0, 60);
    if (kind === "io-error-after") real();
    if (kind === "swallowed") return exec.call(connection, "ROLLBACK");
    throw Object.assign(new Error(`${kind} (made by the test)`), { errcode: errcodes[kind] });
  }
}

/** Reads need no space, and wait for nobody: only what SQLite can answer so is answered so. */
function canMeet(kind: FaultKind, sql: string): boolean {
  if (kind === "io-error") return true;
  if (kind === "busy") return /\bBEGIN\b/.test(sql);
  if (kind === "full") return /^\s*(?:INSERT|UPDATE|COMMIT|CREATE|PRAGMA journal_mode)/.test(sql);
  // A journal is made by one text with its commit in it, which cannot be swallowed alone.
  return kind === "io-error-after" ? /\bCOMMIT\b/.test(sql) : sql === "COMMIT";
}

/** Also the one that is being made, which has not got its name yet. */
function isJournal(connection: DatabaseSync): boolean {
  return /journal\.db(?:\.new)?$/.test(connection.location() ?? "");
}

import { messageOf, RunwrightError } from "../../base/error.ts";

/** What the errors of SQLite mean for one database, and whether it may still be used. */
export interface Failure {
  /** Throws `journal.closed` once the database was stopped. */
  check(): void;
  /** From now on `check` throws, with this reason. */
  stop(reason: string): void;
  /** The error for a read that failed so. */
  ofRead(error: unknown): unknown;
  /** The error for a write that failed so. */
  ofWrite(error: unknown): unknown;
}

/** Primary result codes; an extended one has more in its higher bits. */
const codes = { busy: 5, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

/**
 * Judges the errors of the database in `file`.
 *
 * An I/O error says nothing about what is on the disk: a commit that failed with one was seen to come back after a restart. So the outcome
 * is unknown, and this process must not go on from what it believes (semantics I4). FULL and BUSY are clean: SQLite has rolled back.
 */
export function createFailure(file: string): Failure {
  let stopped: RunwrightError | undefined;

  return {
    check() {
      if (stopped !== undefined) throw stopped;
    },
    stop,
    ofRead(error) {
      if (isDamage(error)) return wrap("journal.damaged", `${file} is damaged`, error);
      if (primaryCode(error) !== codes.ioError) return error;
      stop(`reading it failed (${messageOf(error)})`);
      return wrap("journal.closed", `${file} cannot be read`, error);
    },
    ofWrite(error) {
      const code = primaryCode(error);
      if (code === codes.full)
        return wrap("journal.full", `There is no space left for ${file}; nothing was written`, error);
      if (code === codes.busy)
        return wrap("store.held", `Another process writes to ${file}; nothing was written`, error);
      if (code !== codes.ioError && !isDamage(error)) return error;
      stop(`writing it failed (${messageOf(error)})`);
      return wrap("journal.unknown-outcome", `Writing ${file} failed, and it is unknown what was written`, error);
    },
  };

  function stop(reason: string): void {
    stopped ??= new RunwrightError("journal.closed", `The journal ${file} is closed: ${reason}.`);
  }
}

/** True when SQLite found that a file is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.corrupt || code === codes.notADatabase;
}

function wrap(code: ConstructorParameters<typeof RunwrightError>[0], what: string, cause: unknown): RunwrightError {
  return new RunwrightError(code, `${what} (${messageOf(cause)}).`, { cause });
}

function primaryCode(error: unknown): number | undefined {
  const code = errcode(error);
  return code === undefined ? undefined : code & 0xff;
}

function errcode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}

import type { Pool, PoolClient, QueryArrayResult } from "pg";
import { messageOf, RunwrightError } from "../../base/error.ts";
import type { Columns } from "../../ports/journal-rows.ts";

/** A value for a place holder; lists are for `unnest`. */
export type Value = string | number | null | readonly (string | number | null)[];

/** Sends one statement and gives back its rows. */
export type Send = (text: string, values?: readonly Value[]) => Promise<readonly Columns[]>;

/** The database server, as the journal sees it. */
export interface Server extends AsyncDisposable {
  /** A statement that only reads. */
  readonly read: Send;
  /** Runs `work` in one transaction. */
  transact<T>(work: (send: Send) => Promise<T>): Promise<T>;
}

/** Where the server is, and how many connections may be open to it. */
export interface ServerOptions {
  readonly url: string;
  readonly connectionsMax: number;
}

const connectMsMax = 30_000;

/** Connects to a server through `pg`, which only those need who use this adapter. */
export async function connect({ url, connectionsMax }: ServerOptions): Promise<Server> {
  const { Pool } = await loadPackage();
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: "runwright",
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
    // What is acknowledged is on the disk, whatever the server's own default says.
    options: "-c synchronous_commit=on -c default_transaction_isolation=read\\ committed",
  });
  // A connection that breaks while nobody uses it is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => {});
  return serverOver(pool);
}

async function loadPackage(): Promise<{ readonly Pool: typeof Pool }> {
  try {
    return (await import("pg")).default;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    const message = "The PostgreSQL journal needs the package `pg`. Install it beside runwright: npm install pg@8.";
    throw new RunwrightError("package.missing", message, { cause: error });
  }
}

function serverOver(pool: Pool): Server {
  let closed: RunwrightError | undefined;
  let ending: Promise<void> | undefined;

  return {
    async read(text, values) {
      if (closed !== undefined) throw closed;
      try {
        return await send(pool, text, values);
      } catch (error) {
        throw cleanError(error);
      }
    },
    async transact(work) {
      if (closed !== undefined) throw closed;
      const client = await borrow(pool);
      const answer = await attempt(client, work);
      try {
        await commit(client);
        return answer;
      } catch (error) {
        if (error instanceof RunwrightError || isAnswer(error)) throw cleanError(error);
        throw unknownOutcome(error);
      }
    },
    async [Symbol.asyncDispose]() {
      closed ??= new RunwrightError("journal.closed", "The journal is closed: it was disposed.");
      ending ??= pool.end();
      await ending;
    },
  };

  // Nobody can know whether a commit arrived whose answer did not: as with a failed disk, this store ends here and what is there is
  // read anew (semantics I4).
  function unknownOutcome(error: unknown): RunwrightError {
    const what = `a commit was not answered (${messageOf(error)})`;
    closed ??= new RunwrightError("journal.closed", `The journal is closed: ${what}.`);
    return new RunwrightError("journal.unknown-outcome", `It is unknown what was written: ${what}.`, { cause: error });
  }
}

async function borrow(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw cleanError(error);
  }
}

async function attempt<T>(client: PoolClient, work: (send: Send) => Promise<T>): Promise<T> {
  try {
    await client.query("BEGIN");
    return await work((text, values) => send(client, text, values));
  } catch (error) {
    // Before COMMIT was sent nothing can have been written. A connection in doubt is thrown away, and the server rolls back.
    await client.query("ROLLBACK").then(
      () => client.release(),
      (broken: unknown) => client.release(asError(broken)),
    );
    throw cleanError(error);
  }
}

async function commit(client: PoolClient): Promise<void> {
  try {
    const { command } = await client.query("COMMIT");
    // The server answers COMMIT with ROLLBACK, and no error, when a statement of the transaction had failed.
    if (command !== "COMMIT") throw new RunwrightError("internal", `The transaction ended with ${command}.`);
    client.release();
  } catch (error) {
    client.release(asError(error));
    throw error;
  }
}

async function send(to: Pool | PoolClient, text: string, values: readonly Value[] = []): Promise<readonly Columns[]> {
  const result: QueryArrayResult<unknown[]> = await to.query({ text, values: [...values], rowMode: "array" });
  return result.rows;
}

/** The error for a call that wrote nothing. */
function cleanError(error: unknown): unknown {
  if (error instanceof RunwrightError) return error;
  const state = sqlState(error);
  if (state === "53100")
    return new RunwrightError("journal.full", "The database has no space left; nothing was written.", { cause: error });
  if (state !== undefined && !/^(?:08|57P|53)/.test(state)) return error;
  return new RunwrightError(
    "journal.closed",
    `The database cannot be reached (${messageOf(error)}); nothing was written.`,
    { cause: error },
  );
}

/** True when the server itself refused: then it has rolled back. Not for a server that is going down, which may have committed before. */
function isAnswer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(?:08|57P|58|XX)/.test(state);
}

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

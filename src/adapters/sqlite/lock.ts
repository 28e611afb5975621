import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RunwrightError } from "../../base/error.ts";

/** Who holds a data folder. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Where it answers other commands, if it does. */
  readonly socket?: string;
}

const lockName = "lock.db";
const holderName = "holder.json";
const waitMsMax = 500;
const settleMs = 50;
const waitStepMs = 10;
const busy = 5;

/**
 * Takes the folder for this process, or throws `store.held` with the pid of its holder within half a second.
 *
 * The lock is an exclusive transaction on a file of its own, which the kernel lets go when the process dies, however it dies. That file must
 * never be opened for anything else: POSIX drops all locks of a process on a file when it closes any handle of it.
 */
export async function openLock(folder: string, holder: Holder): Promise<Disposable> {
  const connection = await takeLock(folder);
  writeHolder(folder, holder);

  return {
    [Symbol.dispose]() {
      if (!connection.isOpen) return;
      // The name goes before the lock: afterwards it could be the next holder's.
      rmSync(path.join(folder, holderName), { force: true });
      connection.close();
    },
  };
}

/** Who says to hold the folder. After a crash the name of a dead process may still stand there; only the lock knows. */
export function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, holderName), "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** True while somebody who may live holds the folder; of a holder on another machine nobody can tell more. */
export function isHeld(folder: string): boolean {
  const holder = readHolder(folder);
  return holder !== undefined && (holder.host !== hostname() || isAlive(holder.pid));
}

async function takeLock(folder: string): Promise<DatabaseSync> {
  // Two racers can each keep the other from the lock, a holder that is being killed lets go a moment later, and a fresh one has not written
  // its name yet: the name that stands there then is a dead one's, whose pid may live again. So a refusal counts only after a while, and
  // once a living process is named or the wait is over.
  for (let waitedMs = 0; ; waitedMs += waitStepMs) {
    const connection = tryLock(path.join(folder, lockName));
    if (connection !== undefined) return connection;
    const holder = readHolder(folder);
    const isNamed = waitedMs >= settleMs && holder !== undefined && isAlive(holder.pid);
    if (isNamed || waitedMs >= waitMsMax) throw held(folder, holder);
    await new Promise((resolve) => void setTimeout(resolve, waitStepMs + (process.pid % waitStepMs)));
  }
}

function tryLock(file: string): DatabaseSync | undefined {
  const connection = new DatabaseSync(file, { timeout: 0 });
  try {
    connection.exec("BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return undefined;
    throw error;
  }
}

function held(folder: string, holder: Holder | undefined): RunwrightError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new RunwrightError("store.held", `The data folder ${folder} is in use by ${who}.`, { cause: holder });
}

function writeHolder(folder: string, holder: Holder): void {
  const file = path.join(folder, holderName);
  writeFileSync(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** True for a process that has died and whose parent has not been told yet: to signals it still looks alive. */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold anything, so that the state is what follows its last bracket.
    return status.slice(status.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}

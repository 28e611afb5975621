import { limits } from "../../base/limits.ts";

const kib = 1024;
const mib = 1024 * kib;

/** The bounds of user modules: what a call may use, and how long its process lives. */
export interface FunctionLimits {
  /** Calls that one process serves before a fresh one takes its place. */
  readonly callsMax: number;
  /** How many calls before that the fresh one is started. */
  readonly callsAhead: number;
  /** Calls that may wait for a process. */
  readonly waitingMax: number;
  /** How often calls of the process's own workflow may overtake the call that waits longest. */
  readonly passesMax: number;
  /** One call as it is sent: mostly its input. */
  readonly callBytesMax: number;
  /** What a module gives back: output, vars and artifacts together. */
  readonly valueBytesMax: number;
  /** Resident memory at which a call is ended (where the platform shows it, and always for the JavaScript heap). */
  readonly residentBytesMax: number;
  /** Resident memory above which a process serves no further call. */
  readonly residentBytesKept: number;
  /** Lines and bytes of its log that are kept of one call; the rest is left out, and a line says so. */
  readonly logLinesMax: number;
  readonly logBytesMax: number;
  readonly logLineBytesMax: number;
  /** Printed bytes at which a call is ended. */
  readonly printedBytesMax: number;
  /** How long an aborted call may take to end by itself, then by SIGTERM. Together they stay below `limits.cancelGraceMs`. */
  readonly abortGraceMs: number;
  readonly killGraceMs: number;
  /** How long a process is kept warm without a call. */
  readonly idleMsMax: number;
  /** Time between two looks at memory and idleness. */
  readonly watchMs: number;
}

/** The limits of the product. */
export const functionLimits: FunctionLimits = {
  callsMax: 10_000,
  callsAhead: 250,
  waitingMax: 10_000,
  passesMax: 100,
  callBytesMax: 64 * mib,
  valueBytesMax: limits.valueBytesMax,
  residentBytesMax: 512 * mib,
  residentBytesKept: 256 * mib,
  logLinesMax: 1000,
  logBytesMax: 256 * kib,
  logLineBytesMax: 8 * kib,
  printedBytesMax: 64 * mib,
  abortGraceMs: 2000,
  killGraceMs: 1000,
  idleMsMax: 60_000,
  watchMs: 200,
};

import { type ErrorCode, toRunwrightError } from "../base/error.ts";
import type { RunRow } from "../ports/journal.ts";

/** What a command's exit code means: part of the contract with scripts, listed in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  invalid: 4,
  cancelled: 5,
  stoppedAtGate: 6,
  unreachable: 7,
  unauthorised: 8,
  conflict: 9,
  rejected: 10,
  held: 75,
  timedOut: 124,
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const codeOfError: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  "usage.invalid": exitCodes.usage,
  "workflow.not-found": exitCodes.notFound,
  "run.not-found": exitCodes.notFound,
  "gate.not-found": exitCodes.notFound,
  "version.not-found": exitCodes.notFound,
  "workflow.invalid": exitCodes.invalid,
  "workflow.unsupported": exitCodes.invalid,
  "inputs.invalid": exitCodes.invalid,
  "config.invalid": exitCodes.invalid,
  "gate.edit-refused": exitCodes.invalid,
  "control.unreachable": exitCodes.unreachable,
  "engine.stopping": exitCodes.unreachable,
  "control.unauthorised": exitCodes.unauthorised,
  "gate.forbidden": exitCodes.unauthorised,
  "gate.decided": exitCodes.conflict,
  "run.ended": exitCodes.conflict,
  "version.drift": exitCodes.conflict,
  "version.exists": exitCodes.conflict,
  "run.exists": exitCodes.conflict,
  "run.unfinished": exitCodes.conflict,
  "store.held": exitCodes.held,
};

/** The exit code of anything that was thrown. */
export function exitOfError(thrown: unknown): ExitCode {
  return codeOfError[toRunwrightError(thrown).code] ?? exitCodes.failed;
}

/** The exit code of a command that followed a run until it stood still. */
export function exitOfRun({ summary }: RunRow): ExitCode {
  switch (summary.status) {
    case "completed":
      return summary.outcome === "rejected" ? exitCodes.rejected : exitCodes.ok;
    case "failed":
      return exitCodes.failed;
    case "cancelled":
      return exitCodes.cancelled;
    case "created":
    case "running":
    case "awaiting_approval":
    case "paused":
      return exitCodes.stoppedAtGate;
  }
}

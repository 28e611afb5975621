/** Every error code of Runwright: the HTTP status it maps to, and whether trying again can help. */
export const errorTable = {
  "usage.invalid": { status: 400, retry: false },
  "workflow.not-found": { status: 404, retry: false },
  "workflow.invalid": { status: 422, retry: false },
  "workflow.unsupported": { status: 422, retry: false },
  "inputs.invalid": { status: 422, retry: false },
  "run.not-found": { status: 404, retry: false },
  "run.ended": { status: 409, retry: false },
  "run.exists": { status: 409, retry: false },
  "run.unfinished": { status: 409, retry: false },
  "gate.not-found": { status: 404, retry: false },
  "gate.decided": { status: 409, retry: false },
  "gate.forbidden": { status: 403, retry: false },
  "gate.edit-refused": { status: 422, retry: false },
  "version.not-found": { status: 404, retry: false },
  "machine.unknown": { status: 409, retry: false },
  "machine.illegal": { status: 500, retry: false },
  "expression.failed": { status: 422, retry: false },
  "expression.too-expensive": { status: 422, retry: false },
  "step.failed": { status: 422, retry: false },
  "step.timeout": { status: 504, retry: true },
  "step.output-invalid": { status: 422, retry: false },
  "step.value-too-large": { status: 413, retry: false },
  "items.not-a-list": { status: 422, retry: false },
  "items.too-many": { status: 422, retry: false },
  "items.duplicate-key": { status: 422, retry: false },
  "loop.exhausted": { status: 422, retry: false },
  "wait.timeout": { status: 504, retry: false },
  "child.failed": { status: 422, retry: false },
  "run.limit": { status: 422, retry: false },
  "run.set-aside": { status: 500, retry: false },
  "gate.rejected": { status: 422, retry: false },
  "gate.expired": { status: 422, retry: false },
  "function.not-found": { status: 404, retry: false },
  "function.failed": { status: 500, retry: true },
  "function.crashed": { status: 500, retry: true },
  "function.invalid": { status: 422, retry: false },
  "function.refused": { status: 422, retry: false },
  "function.output-invalid": { status: 422, retry: false },
  "function.busy": { status: 429, retry: true },
  "effect.invalid": { status: 422, retry: false },
  "effect.too-many": { status: 422, retry: false },
  "effect.too-parallel": { status: 422, retry: false },
  "effect.mismatch": { status: 409, retry: false },
  "effect.unknown": { status: 409, retry: false },
  "effect.receipt-invalid": { status: 422, retry: false },
  "model.not-configured": { status: 422, retry: false },
  "model.unauthorised": { status: 401, retry: false },
  "model.refused": { status: 422, retry: false },
  "model.rate-limited": { status: 429, retry: true },
  "model.unavailable": { status: 503, retry: true },
  "model.bad-answer": { status: 502, retry: true },
  "model.incomplete": { status: 422, retry: false },
  "model.output-invalid": { status: 422, retry: true },
  "model.too-many-turns": { status: 422, retry: false },
  "tool.not-allowed": { status: 403, retry: false },
  "tool.input-invalid": { status: 422, retry: false },
  "tool.unauthorised": { status: 401, retry: false },
  "tool.failed": { status: 422, retry: false },
  "tool.conflict": { status: 409, retry: false },
  "tool.rate-limited": { status: 429, retry: true },
  "tool.unavailable": { status: 503, retry: true },
  "tool.bad-answer": { status: 502, retry: true },
  "connector.not-configured": { status: 422, retry: false },
  "connector.address-refused": { status: 403, retry: false },
  "connector.drift": { status: 409, retry: false },
  "secret.missing": { status: 422, retry: false },
  "secret.refused": { status: 403, retry: false },
  "policy.denied": { status: 403, retry: false },
  "budget.reached": { status: 422, retry: false },
  "version.drift": { status: 409, retry: false },
  "version.exists": { status: 409, retry: false },
  "audit.damaged": { status: 500, retry: false },
  "call.aborted": { status: 499, retry: false },
  "journal.fenced": { status: 409, retry: false },
  "journal.conflict": { status: 409, retry: false },
  "journal.damaged": { status: 500, retry: false },
  "journal.unknown-outcome": { status: 503, retry: true },
  "journal.full": { status: 507, retry: true },
  "journal.closed": { status: 503, retry: true },
  "inbox.full": { status: 429, retry: true },
  "store.held": { status: 409, retry: true },
  "store.unknown-schema": { status: 409, retry: false },
  "engine.stopping": { status: 503, retry: true },
  "control.unreachable": { status: 503, retry: true },
  "control.unauthorised": { status: 401, retry: false },
  "connector.invalid": { status: 422, retry: false },
  "config.invalid": { status: 422, retry: false },
  "package.missing": { status: 500, retry: false },
  internal: { status: 500, retry: false },
} as const;

/** A code from the table; callers compare codes, never messages. */
export type ErrorCode = keyof typeof errorTable;

/** With these the other side has certainly done nothing of what was asked: it was refused, or never sent. An error may say otherwise. */
const undoneCodes: ReadonlySet<ErrorCode> = new Set([
  "tool.not-allowed",
  "tool.input-invalid",
  "tool.unauthorised",
  "tool.rate-limited",
  "connector.not-configured",
  "connector.address-refused",
  "connector.drift",
  "connector.invalid",
  "secret.missing",
  "secret.refused",
  "policy.denied",
  "model.not-configured",
  "model.unauthorised",
  "model.refused",
  "model.rate-limited",
  "model.unavailable",
  "model.bad-answer",
  "model.incomplete",
  "model.output-invalid",
  "model.too-many-turns",
]);

/** What an error says beside its code and its message. */
interface ErrorFacts extends ErrorOptions {
  readonly retryAfterMs?: number;
  /** True: the other side has certainly done nothing; false: nobody knows, although the code says so. Left out, the code decides. */
  readonly undone?: boolean;
}

/** The one error class. The message names the thing and what was expected and found, and ends with a full stop. */
export class RunwrightError extends Error {
  readonly code: ErrorCode;
  /** How long the other side asks to be left alone, where it said so. */
  readonly retryAfterMs?: number;
  /** The other side has certainly done nothing of what was asked. Absent: nobody knows. */
  readonly undone?: true;

  constructor(code: ErrorCode, message: string, options?: ErrorFacts) {
    super(message, options);
    this.name = "RunwrightError";
    this.code = code;
    if (options?.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options?.undone ?? undoneCodes.has(code)) this.undone = true;
  }
}

/** True when `error` is ours and carries this code. */
export function hasCode(error: unknown, code: ErrorCode): error is RunwrightError {
  return error instanceof RunwrightError && error.code === code;
}

/** Ours as it is; anything else wrapped as `internal` with its message kept. */
export function toRunwrightError(error: unknown): RunwrightError {
  if (error instanceof RunwrightError) return error;
  return new RunwrightError("internal", error instanceof Error ? error.message : String(error), { cause: error });
}

/** The same failure in other words: its code, and all that follows from it. The cause is left out unless it is given. */
export function reworded(error: RunwrightError, message: string, options: ErrorOptions = {}): RunwrightError {
  const { code, retryAfterMs, undone = false } = error;
  return new RunwrightError(code, message, { ...options, undone, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** The same failure of something that had sent nothing yet: the other side has done nothing. */
export function undoneBy(error: unknown): RunwrightError {
  const own = toRunwrightError(error);
  if (own.undone === true || own.code === "call.aborted") return own;
  const { code, message, cause, retryAfterMs } = own;
  return new RunwrightError(code, message, {
    cause,
    undone: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The same failure of something that may have been done in part: nobody knows, whatever the code says. */
export function inDoubt(error: unknown): unknown {
  if (!(error instanceof RunwrightError) || error.undone !== true) return error;
  const { code, message, cause, retryAfterMs } = error;
  return new RunwrightError(code, message, {
    cause,
    undone: false,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

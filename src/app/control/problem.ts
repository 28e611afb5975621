import { type ErrorCode, errorTable, RunwrightError, toRunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json } from "../../base/json.ts";

/** An error as it travels (RFC 9457): our code and message, and the HTTP status of the code. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** The problem of anything that was thrown. */
export function problemOf(thrown: unknown): Problem {
  const { code, message } = toRunwrightError(thrown);
  return { status: errorTable[code].status, code, message };
}

/** The error that an answer speaks of; an answer that is none of ours is `control.unreachable`. */
export function errorOfProblem(body: Json): RunwrightError {
  const code = isJsonObject(body) ? body["code"] : undefined;
  const message = isJsonObject(body) ? body["message"] : undefined;
  if (typeof code !== "string" || typeof message !== "string" || !Object.hasOwn(errorTable, code)) {
    return new RunwrightError(
      "control.unreachable",
      "The process that holds the data folder gave no answer that can be read.",
    );
  }
  return new RunwrightError(code as ErrorCode, message);
}

import { RunwrightError } from "../../base/error.ts";

/** A failure on the way, as one of ours. What the system says may hold addresses: only its code is repeated. */
export function transportError(error: unknown, signal: AbortSignal, phase: "request" | "body"): RunwrightError {
  const own = ownError(error);
  if (own !== undefined) return own;
  if (signal.aborted) return new RunwrightError("call.aborted", "The call was aborted.");
  const code = codeOf(error);
  const undone = phase === "request" && isUnconnected(error, code);
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "ETIMEDOUT":
    case "TimeoutError":
      return new RunwrightError("tool.unavailable", "The server did not answer in time.", { undone });
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new RunwrightError("tool.unavailable", "The name of the server cannot be resolved.", { undone });
    case "UND_ERR_HEADERS_OVERFLOW":
      return new RunwrightError("tool.bad-answer", "The headers of the answer are too large.");
    case "UND_ERR_INVALID_ARG":
      return new RunwrightError("tool.input-invalid", "The request holds what no header or address can hold.");
  }
  if (code.startsWith("Z_") || code.startsWith("ERR_")) {
    if (phase === "body") return new RunwrightError("tool.bad-answer", `The answer cannot be unpacked (${code}).`);
  }
  return phase === "body"
    ? new RunwrightError("tool.bad-answer", `The answer breaks off (${code}).`)
    : new RunwrightError("tool.unavailable", `The server cannot be reached, or broke off (${code}).`, { undone });
}

const unconnected: ReadonlySet<string> = new Set(["UND_ERR_CONNECT_TIMEOUT", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/** True where no connection could be made: nothing was sent. */
function isUnconnected(error: unknown, code: string): boolean {
  // A certificate is looked at before anything is sent.
  if (unconnected.has(code) || /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return true;
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1)
    if ("syscall" in each && each.syscall === "connect") return true;
  return false;
}

function ownError(error: unknown): RunwrightError | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1)
    if (each instanceof RunwrightError) return each;
  return undefined;
}

function codeOf(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const { code } = each as { readonly code?: unknown };
    if (typeof code === "string" && /^\w{1,60}$/.test(code)) return code;
    if (each.name === "TimeoutError") return each.name;
  }
  return "unknown";
}

import type * as Module from "@modelcontextprotocol/client";
import type { SdkErrorCode } from "@modelcontextprotocol/client";
import { type ErrorCode, messageOf, RunwrightError } from "../../base/error.ts";
import { lostAnswer } from "./address-transport.ts";

type Sdk = typeof Module;

/** What was going on when something failed. */
export interface Circumstances {
  readonly sdk: Sdk;
  /** For the message: `The tool 'echo' of memory@1.0.0`. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** `Retry-After` of the server's last answer. */
  readonly retryAfter?: string | null;
  /** Why the connection ended, where it did. */
  readonly ending?: RunwrightError | undefined;
}

const messageCharsMax = 500;
const retryAfterMsMax = 3_600_000;

/** Whatever a call threw, as what the caller is told of it. */
export function toolFailure(error: unknown, circumstances: Circumstances): RunwrightError {
  const { what, signal, ending } = circumstances;
  if (signal.aborted) return new RunwrightError("call.aborted", `${what} was aborted.`, { cause: error });
  const own = ownError(error) ?? ending;
  if (own !== undefined) return new RunwrightError(own.code, `${what} failed: ${own.message}`, { cause: error });
  const { code, says } = meaningOf(error, circumstances);
  const retryAfterMs = waitOf(circumstances.retryAfter ?? null, code);
  return new RunwrightError(code, `${what} ${says}.`, {
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** What a tool said of its failure, as an error. Servers say that there is no such tool, or that arguments do not fit, in such texts only. */
export function saidFailure(what: string, text: string): RunwrightError {
  const said = short(text);
  const isRefusal = /\bMCP error -3260[12]\b|^(?:Input validation error|Unknown tool|Tool \S+ not found)/i.test(text);
  if (!isRefusal) return new RunwrightError("tool.failed", `${what} failed: ${said}`);
  const code = isUnknownTool(text) ? "tool.not-allowed" : "tool.input-invalid";
  return new RunwrightError(code, `${what} was refused: ${said}`);
}

interface Meaning {
  readonly code: ErrorCode;
  readonly says: string;
}

function meaningOf(error: unknown, { sdk }: Circumstances): Meaning {
  const message = short(messageOf(error));
  if (error instanceof sdk.UnauthorizedError)
    return { code: "tool.unauthorised", says: "was refused: the server asks who we are" };
  if (error instanceof sdk.SdkHttpError) return httpMeaning(error.status, message);
  if (error instanceof sdk.ProtocolError) return protocolMeaning(error.code, message);
  if (error instanceof sdk.SdkError) return sdkMeaning(error.code, message, sdk);
  // A connection that could not be made, or broke.
  if (error instanceof TypeError)
    return { code: "tool.unavailable", says: `did not reach the server: ${short(causeOf(error))}` };
  return { code: "tool.bad-answer", says: `got an answer that cannot be read: ${message}` };
}

function httpMeaning(status: number, message: string): Meaning {
  if (status === 401 || status === 403) return { code: "tool.unauthorised", says: `was refused with ${status}` };
  if (status === 429) return { code: "tool.rate-limited", says: "was refused with 429: too many calls" };
  // 404 is what a server says that has forgotten the session: a new one helps.
  if (status >= 500 || status === 404 || status === 408)
    return { code: "tool.unavailable", says: `was answered with ${status}: ${message}` };
  return { code: "tool.bad-answer", says: `was answered with ${status}: ${message}` };
}

function protocolMeaning(code: number, message: string): Meaning {
  if (code === lostAnswer) return { code: "tool.unavailable", says: `got no answer: ${message}` };
  if (/^(?:Structured content|Tool .* has an output schema|Failed to validate structured)/.test(message))
    return { code: "tool.bad-answer", says: `gave what its own description does not allow: ${message}` };
  if (code === -32_601 || isUnknownTool(message)) return { code: "tool.not-allowed", says: `was refused: ${message}` };
  if (code === -32_602 || code === -32_600) return { code: "tool.input-invalid", says: `was refused: ${message}` };
  return { code: "tool.failed", says: `failed: ${message}` };
}

function sdkMeaning(code: SdkErrorCode, message: string, { SdkErrorCode: codes }: Sdk): Meaning {
  if (code === codes.RequestTimeout) return { code: "tool.unavailable", says: "got no answer in time" };
  if (
    code === codes.ClientHttpUnexpectedContent ||
    code === codes.InvalidResult ||
    code === codes.UnsupportedResultType
  )
    return { code: "tool.bad-answer", says: `got an answer that is none: ${message}` };
  return { code: "tool.unavailable", says: `did not reach the server: ${message}` };
}

function isUnknownTool(text: string): boolean {
  return /unknown tool|tool .*not found|no such tool|tool .*disabled/i.test(text);
}

/** An error of ours that others have wrapped: an address that is refused, an answer that is too long. */
function ownError(error: unknown): RunwrightError | undefined {
  let inner = error;
  for (let depth = 0; depth < 8 && inner instanceof Error; depth += 1) {
    if (inner instanceof RunwrightError) return inner;
    inner = inner.cause;
  }
  return undefined;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function waitOf(header: string | null, code: ErrorCode): number | undefined {
  if (header === null || (code !== "tool.rate-limited" && code !== "tool.unavailable")) return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return waitMs > 0 ? Math.min(waitMs, retryAfterMsMax) : undefined;
}

function short(text: string): string {
  const line = text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/[.:]+$/, "");
  return line.length > messageCharsMax ? `${line.slice(0, messageCharsMax)} …` : line;
}

import { hasCode, type ErrorCode, RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import { evaluate } from "../../language/expression/evaluate.ts";
import type { Expression, Names } from "../../language/expression/tree.ts";
import type { ErrorRule } from "../http-plan.ts";
import type { Answer } from "./answer.ts";
import { fill } from "./fill.ts";

/** What an answer is judged by. */
export interface Judging {
  readonly rules: readonly ErrorRule[];
  /** What a refusing answer says, for people. */
  readonly message: Expression | undefined;
  readonly ok: readonly number[];
  /** Names of the request, with `response`. */
  readonly names: Names;
  /** A header carried the key: then a conflict is the first call still at work. */
  readonly isKeyed: boolean;
  readonly nowMs: number;
  /** Takes what is secret out of a text. */
  readonly redact: (text: string) => string;
}

/** The failure that an answer means; undefined where it is what was asked for. */
export function failureOf(answer: Answer, judging: Judging): RunwrightError | undefined {
  const rule = judging.rules.find(({ when }) => isTrue(when, judging.names));
  const { status } = answer;
  if (rule?.code === "done") return undefined;
  if (rule !== undefined) {
    const { message } = rule;
    const words = message === undefined ? wordsOf(judging) : textOf(() => fill(message, judging.names));
    return failure(rule.code, answer, { words, judging });
  }
  if ((status >= 200 && status < 300) || judging.ok.includes(status)) return undefined;
  return failure(codeOf(status, judging.isKeyed), answer, { words: wordsOf(judging), judging });
}

function failure(
  code: ErrorCode,
  { status, headers }: Answer,
  { words, judging }: { readonly words: string | undefined; readonly judging: Judging },
): RunwrightError {
  const said = words === undefined ? "" : `: ${cleaned(words, judging.redact)}`;
  const retryAfterMs = retryAfter(headers, judging.nowMs);
  return new RunwrightError(code, `The server answered ${status}${said.endsWith(".") ? said : `${said}.`}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(isRefusal(status, judging.isKeyed) && { undone: true }),
  });
}

/** Statuses with which a server says that it has not done what was asked. Not among them is what may be said on the way, or of another call. */
const refusals: ReadonlySet<number> = new Set([
  400, 401, 403, 404, 405, 406, 407, 410, 411, 412, 413, 414, 415, 417, 421, 422, 423, 425, 426, 428, 429, 431, 451,
]);

/** A conflict under a key may be the first call still at work. */
function isRefusal(status: number, isKeyed: boolean): boolean {
  return refusals.has(status) || (status === 409 && !isKeyed);
}

/** What a status means where a descriptor says nothing else. */
function codeOf(status: number, isKeyed: boolean): ErrorCode {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return "tool.unauthorised";
    case 408:
    case 425:
      return "tool.unavailable";
    case 409:
      return isKeyed ? "tool.unavailable" : "tool.conflict";
    case 412:
      return "tool.conflict";
    case 429:
      return "tool.rate-limited";
  }
  if (status >= 500) return "tool.unavailable";
  return status >= 400 ? "tool.failed" : "tool.bad-answer";
}

function isTrue(when: Expression, names: Names): boolean {
  try {
    return evaluate(when, names) === true;
  } catch (error) {
    // An answer that is not even shaped as the rule expects is not the one it means.
    if (hasCode(error, "expression.failed")) return false;
    throw error;
  }
}

function wordsOf({ message, names }: Judging): string | undefined {
  return message === undefined ? undefined : textOf(() => evaluate(message, names));
}

function textOf(read: () => Json): string | undefined {
  try {
    const value = read();
    return typeof value === "string" && value.trim() !== "" ? value : undefined;
  } catch (error) {
    if (hasCode(error, "expression.failed")) return undefined;
    throw error;
  }
}

/** The other side's words: without what is secret, in one line, and not for ever. */
function cleaned(words: string, redact: (text: string) => string): string {
  // The bound comes first and last: an answer may be long, and taking secrets out makes a text longer.
  const line = redact(words.slice(0, 10 * limits.remoteWordsMax))
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  return line.length > limits.remoteWordsMax ? `${line.slice(0, limits.remoteWordsMax - 1)}…` : line;
}

function retryAfter(headers: Answer["headers"], nowMs: number): number | undefined {
  const written = headers["retry-after"]?.trim();
  if (written === undefined) return undefined;
  const ms = /^\d{1,9}(?:\.\d+)?$/.test(written) ? Number(written) * 1000 : Date.parse(written) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(Math.round(ms), 0), limits.retryAfterMsMax) : undefined;
}

import type { Clock } from "../base/clock.ts";
import { type ErrorCode, RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import type { ModelMessage, ModelRequest, ModelToolCall } from "../ports/model.ts";
import type { Unpriced } from "./sdk-reply.ts";

/** A file of answers, as it was read. */
export interface Script {
  /** Its name in the project. */
  readonly file: string;
  readonly digest: string;
  readonly rules: readonly ScriptRule[];
}

/** One rule: the first that fits a request answers it. */
export interface ScriptRule {
  /** Texts that the last message holds. */
  readonly contains: readonly string[];
  /** Texts that the system prompt holds. */
  readonly system: readonly string[];
  /** The name behind `scripted/`. */
  readonly model?: string;
  /** The last message is what this tool gave. */
  readonly tool?: string;
  /** Only so often, as long as the process lives. */
  readonly times?: number;
  readonly delayMs: number;
  readonly answer: ScriptAnswer;
}

export type ScriptAnswer =
  | { readonly kind: "reply"; readonly text: string; readonly calls: readonly Omit<ModelToolCall, "id">[] }
  | { readonly kind: "error"; readonly code: ErrorCode; readonly message: string; readonly retryAfterMs?: number };

/** Codes that a script may answer with. */
export const scriptedCodes: readonly ErrorCode[] = [
  "model.rate-limited",
  "model.unavailable",
  "model.bad-answer",
  "model.refused",
  "model.unauthorised",
];

/** Counts how often each rule of a script has answered. */
export type ScriptCounts = Map<ScriptRule, number>;

/** Answers from a file, and calls no model. The same requests in the same order have the same answers. */
export async function callScript(
  {
    script,
    model,
    clock,
    counts,
  }: { readonly script: Script; readonly model: string; readonly clock: Clock; readonly counts: ScriptCounts },
  request: ModelRequest,
  signal: AbortSignal,
): Promise<Unpriced> {
  const last = textOf(request.messages.at(-1));
  const rule = script.rules.find(
    (each) => fits(each, request, model, last) && (counts.get(each) ?? 0) < (each.times ?? Infinity),
  );
  if (rule === undefined) throw unmatched(script, request, model, last);
  counts.set(rule, (counts.get(rule) ?? 0) + 1);
  if (rule.delayMs > 0) await delay(clock, rule.delayMs, signal);

  const { answer } = rule;
  if (answer.kind === "error") {
    const { code, message, retryAfterMs } = answer;
    throw new RunwrightError(code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  const turn = request.messages.length;
  return {
    text: answer.text,
    calls: answer.calls.map(({ name, input }, index) => ({ id: `scripted-${turn}-${index + 1}`, name, input })),
    end: answer.calls.length > 0 ? "tools" : "stop",
    served: `${model} (${script.file})`,
    usage: { calls: 1, tokensIn: 0, tokensCached: 0, tokensOut: 0, tokensReasoning: 0 },
    scripted: true,
  };
}

function fits(rule: ScriptRule, request: ModelRequest, model: string, last: string): boolean {
  const message = request.messages.at(-1);
  return (
    (rule.model === undefined || rule.model === model) &&
    (rule.tool === undefined || (message?.role === "tool" && message.name === rule.tool)) &&
    rule.contains.every((text) => last.includes(text)) &&
    rule.system.every((text) => (request.system ?? "").includes(text))
  );
}

function textOf(message: ModelMessage | undefined): string {
  switch (message?.role) {
    case undefined:
      return "";
    case "user":
      return message.content;
    case "assistant":
      return message.text;
    case "tool":
      return jsonText(message.output);
  }
}

function jsonText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const shownMax = 200;

function unmatched(script: Script, { system, messages }: ModelRequest, model: string, last: string): RunwrightError {
  const message = messages.at(-1);
  const from =
    message?.role === "tool"
      ? `the result of tool '${message.name}'`
      : `a message of role '${message?.role ?? "none"}'`;
  const shown = last.replaceAll(/\s+/g, " ");
  const begins = shown.length > shownMax ? `${shown.slice(0, shownMax)}…` : shown;
  const about =
    system === undefined ? "" : ` Its system prompt begins '${system.replaceAll(/\s+/g, " ").slice(0, 80)}'.`;
  return new RunwrightError(
    "model.refused",
    `No answer in ${script.file} fits this request for scripted model '${model}'. Its last message is ${from}: '${begins}'.${about} Add a rule for it, or one without conditions at the end.`,
  );
}

function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(new RunwrightError("call.aborted", "The scripted call was called off."));
  if (signal.aborted) onAbort();
  const alarm = clock.after(delayMs, resolve);
  signal.addEventListener("abort", onAbort, { once: true });
  return promise.finally(() => {
    alarm[Symbol.dispose]();
    signal.removeEventListener("abort", onAbort);
  });
}

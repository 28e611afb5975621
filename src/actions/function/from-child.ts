// Lines from a child are written by whatever the module made of its process: nothing in them is believed before it was looked at.
import { isJsonObject, jsonProblem, type JsonObject } from "../../base/json.ts";
import type { LogLevel } from "../../ports/logs.ts";
import type { Failure, FromChild, ReceiptProblem, RefQuestion, Returned } from "./protocol.ts";

// The fields of what a module returns are one level deeper here than where the child looked at them.
const returnedDepthMax = 65;
const digestPattern = /^[0-9a-f]{64}$/;
const receiptCodes: ReadonlySet<unknown> = new Set<ReceiptProblem["code"]>([
  "effect.receipt-invalid",
  "step.value-too-large",
]);
const levels: ReadonlySet<unknown> = new Set<LogLevel>(["action", "warn", "error", "stdout", "stderr"]);
const codes: ReadonlySet<unknown> = new Set<Failure["code"]>([
  "function.failed",
  "function.refused",
  "function.invalid",
  "function.output-invalid",
  "step.value-too-large",
]);

/** A line of the calls' pipe, or undefined when it is none that the program of a child writes. */
export function parseFromChild(text: string): FromChild | undefined {
  const line = parse(text);
  return line !== undefined && typeof line["id"] === "number" && hasItsFields(line)
    ? (line as unknown as FromChild)
    : undefined;
}

/** A line of the refs' pipe, or undefined when it is none. */
export function parseRefQuestion(text: string): RefQuestion | undefined {
  const line = parse(text);
  if (line === undefined || typeof line["id"] !== "number" || typeof line["ref"] !== "string") return undefined;
  return line["path"] === undefined || typeof line["path"] === "string" ? (line as unknown as RefQuestion) : undefined;
}

function parse(text: string): JsonObject | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isJsonObject(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function hasItsFields(line: JsonObject): boolean {
  if (line["kind"] === "spoilt") return true;
  if (line["kind"] === "log") return levels.has(line["level"]) && typeof line["text"] === "string";
  if (typeof line["operation"] === "number") return isOfOperation(line);
  if (typeof line["residentBytes"] !== "number" || typeof line["spoilt"] !== "boolean") return false;
  if (line["kind"] === "done") return isReturned(line["returned"]);
  return (line["kind"] === "failed" || line["kind"] === "dying") && isFailure(line["failure"]);
}

function isOfOperation(line: JsonObject): boolean {
  const { kind, effect, receipt, problem } = line;
  if (kind === "received") return receipt !== undefined && jsonProblem(receipt) === undefined;
  if (kind === "threw") return problem === undefined || isReceiptProblem(problem);
  return kind === "once" && isEffect(effect);
}

/** Whether name and class are good ones is for the engine to say: both are the author's. */
function isEffect(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value["name"] !== "string" || typeof value["class"] !== "string") return false;
  const { digest } = value;
  return digest === undefined || (typeof digest === "string" && digestPattern.test(digest));
}

function isReceiptProblem(value: unknown): boolean {
  return isJsonObject(value) && receiptCodes.has(value["code"]) && typeof value["message"] === "string";
}

function isReturned(value: unknown): value is Returned {
  // It is JSON by now, but it may be nested so deeply that walking it would end the engine.
  if (!isJsonObject(value) || value["output"] === undefined || jsonProblem(value, returnedDepthMax) !== undefined)
    return false;
  const { vars, artifacts, receipt } = value;
  if (vars !== undefined && !isJsonObject(vars)) return false;
  if (receipt !== undefined && !isJsonObject(receipt)) return false;
  return (
    artifacts === undefined ||
    (isJsonObject(artifacts) && Object.values(artifacts).every((item) => typeof item === "string"))
  );
}

function isFailure(value: unknown): value is Failure {
  if (!isJsonObject(value) || !codes.has(value["code"]) || typeof value["message"] !== "string") return false;
  return value["stack"] === undefined || typeof value["stack"] === "string";
}

import type { StepDraft } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { booleanIn, choiceIn, durationIn, mapIn, numberIn, reportShape } from "../check/values.ts";
import { type Field, fieldNamed } from "../fields/field.ts";
import { retryFields } from "../fields/shared.ts";
import { stepFields } from "../fields/step-fields.ts";
import type { RetryPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { PartialRetry } from "./defaults.ts";
import { defined, whenWritten } from "./optional.ts";
import type { Workshop } from "./workshop.ts";

/** How attempts follow each other unless something else is written. */
const retryDefault: RetryPlan = {
  attemptsMax: 3,
  backoff: "exponential",
  delayMs: 1000,
  factor: 2,
  delayMsMax: 60_000,
  jitter: true,
  totalMs: 86_400_000,
};

const retriesOnFailure = 3;

/** What a step does when it fails, and how often it is tried. */
export interface FailurePlan {
  readonly retry: RetryPlan;
  readonly onFailure: "stop" | "continue";
}

/** Retry and failure policy of a step, with the file's defaults put in. */
export function failurePlan(shop: Workshop, step: StepDraft): FailurePlan {
  const { defaults } = shop;
  const isCall = step.verb === "function" || step.verb === "assignment";
  const written = onFailureIn(shop, step, isCall);
  const policy = written ?? defaults.onFailure ?? "stop";
  const onFailure = policy === "continue" ? "continue" : "stop";
  if (!isCall) return { retry: { ...retryDefault, attemptsMax: 1 }, onFailure };

  const entry = step.fields.get("retry");
  const own = entry === undefined ? {} : readRetry(entry, shop.problems);
  const short = shortRetry(step, entry === undefined ? undefined : own, shop.problems);
  const attempts =
    policy === "retry" && own.attemptsMax === undefined && short.attemptsMax === undefined
      ? { attemptsMax: 1 + retriesOnFailure }
      : {};
  return { retry: complete({ ...defaults.retry, ...attempts, ...own, ...short }), onFailure };
}

function onFailureIn(shop: Workshop, step: StepDraft, isCall: boolean): "stop" | "continue" | "retry" | undefined {
  const entry = step.fields.get("on_failure");
  const chosen =
    entry === undefined ? undefined : choiceIn(shop.problems, entry, ["stop", "continue", "retry"] as const);
  if (entry === undefined || chosen !== "retry" || isCall || step.verb === undefined) return chosen;

  if (step.verb === "do") {
    shop.problems.later(entry.value.range, "'on_failure: retry' on a 'do' step");
    return chosen;
  } else {
    reportShape(
      shop.problems,
      entry,
      `stop or continue in a step of kind '${step.verb}'`,
      "only functions and assignments are tried again",
    );
  }
  return undefined;
}

/** Reads a `retry` map. */
export function readRetry(entry: SourceEntry, problems: Problems): PartialRetry {
  const map = mapIn(problems, entry, "a map such as {max: 3, delay: 2s}");
  if (map === undefined) return {};

  const written = readKeys(map, retryFields, "in retry", problems);
  const max = numberOf(written, "max", problems);
  const factor = numberOf(written, "factor", problems);
  const delayMs = durationOf(written, "delay", problems);
  const delayMsMax = durationOf(written, "max_delay", problems);
  const totalMs = durationOf(written, "total", problems);
  const maxDelay = written.get("max_delay");
  if (delayMs !== undefined && delayMsMax !== undefined && maxDelay !== undefined && delayMsMax < delayMs) {
    reportShape(problems, maxDelay, "at least as long as delay");
  }
  return defined({
    attemptsMax: max === undefined ? undefined : 1 + max,
    backoff: whenWritten(written.get("backoff"), (found) =>
      choiceIn(problems, found, ["exponential", "linear", "fixed"] as const),
    ),
    delayMs,
    factor,
    delayMsMax,
    jitter: whenWritten(written.get("jitter"), (found) => booleanIn(problems, found)),
    totalMs,
  });
}

/** `retries` and `retry_backoff`, which say in short what `retry` says. */
function shortRetry(step: StepDraft, long: PartialRetry | undefined, problems: Problems): PartialRetry {
  const retries = step.fields.get("retries");
  const seconds = step.fields.get("retry_backoff");
  if (retries !== undefined && long?.attemptsMax !== undefined) reportTwice(retries, "retry.max", problems);
  if (seconds !== undefined && long?.delayMs !== undefined) reportTwice(seconds, "retry.delay", problems);
  const max = numberOf(step.fields, "retries", problems, stepFields);
  const delay = numberOf(step.fields, "retry_backoff", problems, stepFields);
  return defined({
    attemptsMax: max === undefined ? undefined : 1 + max,
    delayMs: delay === undefined ? undefined : Math.round(delay * 1000),
  });
}

function reportTwice(entry: SourceEntry, long: string, problems: Problems): void {
  problems.report("E015", entry.keyRange, `'${entry.key}' is short for ${long}, which is written too`, {
    hint: "keep one of them",
  });
}

/** A first delay longer than the usual cap raises the cap: whoever writes `delay: 5m` wants five minutes. */
function complete(written: PartialRetry): RetryPlan {
  const policy = { ...retryDefault, ...written };
  return written.delayMsMax === undefined
    ? { ...policy, delayMsMax: Math.max(policy.delayMsMax, policy.delayMs) }
    : policy;
}

function numberOf(
  written: Written,
  name: string,
  problems: Problems,
  fields: readonly Field[] = retryFields,
): number | undefined {
  const entry = written.get(name);
  const field = fieldNamed(fields, name);
  return entry === undefined || field === undefined ? undefined : numberIn(problems, entry, field);
}

function durationOf(written: Written, name: string, problems: Problems): number | undefined {
  const entry = written.get(name);
  return entry === undefined ? undefined : durationIn(problems, entry);
}

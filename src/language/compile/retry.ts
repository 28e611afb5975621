import { errorTable } from "../../base/error.ts";
import type { StepDraft } from "../check/draft.ts";
import { readKeys, type Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { booleanIn, choiceIn, durationIn, mapIn, namesIn, reportShape } from "../check/values.ts";
import { retryFields } from "../fields/shared.ts";
import { stepFields } from "../fields/step-fields.ts";
import { isTried } from "../fields/verbs.ts";
import type { RetryPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { FileDefaults, PartialRetry } from "./defaults.ts";
import { isBlindStep } from "./actions.ts";
import { numberField } from "./numbers.ts";
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
  const isCall = isTried(step.verb);
  // What nobody can look up afterwards is not repeated unless the step itself says so: the file's defaults do not reach it.
  const isBlind = isCall && isBlindStep(shop, step);
  const defaults = isBlind ? blindDefaults(shop) : shop.defaults;
  const written = onFailureIn(shop, step, isCall);
  const policy = written ?? defaults.onFailure ?? unwritten(shop, step);
  const onFailure = policy === "continue" ? "continue" : "stop";
  if (!isCall) return { retry: { ...retryDefault, attemptsMax: 1 }, onFailure };

  const entry = step.fields.get("retry");
  const own = entry === undefined ? {} : readRetry(entry, shop.problems);
  const brief = shortRetry(step, entry === undefined ? undefined : own, shop.problems);
  const attempts =
    policy === "retry" && own.attemptsMax === undefined && brief.attemptsMax === undefined
      ? { attemptsMax: 1 + retriesOnFailure }
      : {};
  return { retry: complete({ ...defaults.retry, ...attempts, ...own, ...brief }), onFailure };
}

/** What follows where nobody says what follows. */
export function unwritten({ world }: Workshop, { verb }: StepDraft): "stop" | "continue" {
  return world.leniency?.continueOnError === true && verb !== "approve" ? "continue" : "stop";
}

function blindDefaults({ defaults }: Workshop): Pick<FileDefaults, "retry" | "onFailure"> {
  const { onFailure } = defaults;
  return { retry: { attemptsMax: 1 }, ...(onFailure !== undefined && onFailure !== "retry" && { onFailure }) };
}

function onFailureIn(shop: Workshop, step: StepDraft, isCall: boolean): "stop" | "continue" | "retry" | undefined {
  const entry = step.fields.get("on_failure");
  const chosen =
    entry === undefined ? undefined : choiceIn(shop.problems, entry, ["stop", "continue", "retry"] as const);
  if (entry === undefined || chosen !== "retry" || isCall || step.verb === undefined) return chosen;
  const hint = step.verb === "do" ? "repeat a group with loop:" : "only steps that call something are tried again";
  return reportShape(shop.problems, entry, `stop or continue in a step of kind '${step.verb}'`, hint);
}

/** Reads a `retry` map. */
export function readRetry(entry: SourceEntry, problems: Problems): PartialRetry {
  const map = mapIn(problems, entry, "a map such as {max: 3, delay: 2s}");
  if (map === undefined) return {};

  const written = readKeys(map, retryFields, "in retry", problems);
  const max = numberField(problems, written, retryFields, "max");
  const factor = numberField(problems, written, retryFields, "factor");
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
    on: codesIn(written.get("on"), problems),
    except: codesIn(written.get("except"), problems),
  });
}

/** Error codes; E015 for one that no error has. */
function codesIn(entry: SourceEntry | undefined, problems: Problems): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  const known = Object.keys(errorTable);
  const names = namesIn(problems, entry, "a list of error codes such as step.timeout");
  for (const { name, node } of names ?? []) {
    if (Object.hasOwn(errorTable, name)) continue;
    const meant = problems.closest(name, known);
    problems.report("E015", node.range, `${entry.key} names error codes, and '${short(name)}' is none`, {
      hint: meant === undefined ? "for example step.timeout, function.failed" : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range: node.range, text: meant },
    });
  }
  return names === undefined ? undefined : [...new Set(names.map(({ name }) => name))];
}

/** `retries` and `retry_backoff`, which say in short what `retry` says. */
function shortRetry(step: StepDraft, long: PartialRetry | undefined, problems: Problems): PartialRetry {
  const retries = step.fields.get("retries");
  const seconds = step.fields.get("retry_backoff");
  if (retries !== undefined && long?.attemptsMax !== undefined) reportTwice(retries, "retry.max", problems);
  if (seconds !== undefined && long?.delayMs !== undefined) reportTwice(seconds, "retry.delay", problems);
  const max = numberField(problems, step.fields, stepFields, "retries");
  const delay = numberField(problems, step.fields, stepFields, "retry_backoff");
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

function durationOf(written: Written, name: string, problems: Problems): number | undefined {
  const entry = written.get(name);
  return entry === undefined ? undefined : durationIn(problems, entry);
}

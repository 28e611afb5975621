import { called, type StepDraft, writtenText } from "../check/draft.ts";
import { readParts } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { booleanIn, choiceIn, durationIn, mapIn, namesIn, reportShape } from "../check/values.ts";
import { cacheField } from "../fields/shared.ts";
import type { CachePlan, StepPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { World } from "../world.ts";
import { isBlindStep } from "./actions.ts";
import { isWrite } from "./effects.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart } from "./parts.ts";
import { undoPart } from "./undo.ts";
import type { Workshop } from "./workshop.ts";

/** What is said about a step beside what it does: reuse, undo, where it is carried out, what is hidden. E063, W064, W073, E074. */
export function marksPart(
  shop: Workshop,
  step: StepDraft,
): Pick<StepPlan, "cache" | "undo" | "runsOn" | "sensitive" | "acceptBlind"> {
  const { fields } = step;
  const { defaults, problems, world } = shop;
  const isSensitive = whenWritten(fields.get("sensitive"), (entry) => booleanIn(problems, entry)) ?? defaults.sensitive;
  const isAccepted = whenWritten(fields.get("accept_blind"), (entry) => booleanIn(problems, entry));
  checkRetry(shop, step);
  return defined({
    cache: cacheOf(shop, step),
    undo: undoPart(shop, step),
    runsOn: whenWritten(fields.get("runs_on"), (entry) => labelsIn(entry, world, problems)) ?? placeOf(shop, step),
    sensitive: isSensitive === true ? (true as const) : undefined,
    acceptBlind: isAccepted === true ? (true as const) : undefined,
  });
}

/** The verbs that are carried out somewhere. */
const carriedOut: ReadonlySet<string> = new Set(["function", "assignment", "llm", "agent", "tool"]);

/** `defaults.runs_on` is for what is carried out, not for groups, gates and timers. */
function placeOf({ defaults }: Workshop, { verb }: StepDraft): readonly string[] | undefined {
  return carriedOut.has(verb ?? "") ? defaults.runsOn : undefined;
}

/** Labels of a runner; W073 when no enrolled one has them all. */
export function labelsIn(entry: SourceEntry, { runners }: World, problems: Problems): readonly string[] | undefined {
  const names = namesIn(problems, entry, "a list of labels");
  if (names === undefined) return undefined;
  const labels = [...new Set(names.map(({ name }) => name))];
  if (labels.length === 0) return reportShape(problems, entry, "a list of labels");
  if (!runners.some((runner) => labels.every((label) => runner.includes(label)))) {
    const enrolled = runners.slice(0, 4).map((runner) => `[${runner.join(", ")}]`);
    problems.report(
      "W073",
      entry.value.range,
      `no runner is enrolled with the label${labels.length === 1 ? "" : "s"} ${short(labels.join(", "))}`,
      {
        hint:
          enrolled.length === 0 ? "there are no runners: enrol one before a run" : `enrolled: ${enrolled.join(", ")}`,
      },
    );
  }
  return labels;
}

/** `cache` as it stands in a step or under `defaults`. */
export function readCache(
  entry: SourceEntry,
  problems: Problems,
): { readonly cache: Omit<CachePlan, "key"> | undefined; readonly key: SourceEntry | undefined } {
  const map = mapIn(problems, entry, "a map such as {ttl: 1d}");
  if (map === undefined) return { cache: undefined, key: undefined };
  const written = readParts(map, cacheField.fields ?? [], "in cache", problems);
  const ttl = written.get("ttl");
  if (ttl === undefined && !written.meant.has("ttl"))
    problems.report("E015", entry.keyRange, "cache does not say how long a result is used again", {
      hint: "add ttl: 1d",
    });
  const ttlMs = whenWritten(ttl, (found) => durationIn(problems, found));
  if (ttl !== undefined && ttlMs === 0) reportShape(problems, ttl, "longer than no time at all");
  const store =
    whenWritten(written.get("store"), (found) => choiceIn(problems, found, ["full", "metadata"] as const)) ?? "full";
  return { cache: ttlMs === undefined ? undefined : { ttlMs, store }, key: written.get("key") };
}

function cacheOf(shop: Workshop, step: StepDraft): CachePlan | undefined {
  const entry = step.fields.get("cache");
  if (entry === undefined)
    return carriedOut.has(step.verb ?? "") && !isWrite(shop, step) ? shop.defaults.cache : undefined;
  const { cache, key } = readCache(entry, shop.problems);
  const compiled = whenWritten(key, (found) =>
    expressionPart(shop, { place: { step, at: "inside" }, field: "cache.key" }, found, "any"),
  );
  if (isWrite(shop, step))
    shop.problems.report(
      "E063",
      entry.keyRange,
      `${called(step).replace(/^step /, "")} writes; a write is never cached`,
      {
        hint: "remove cache, or put it on the step that only reads",
      },
    );
  return cache === undefined ? undefined : defined({ ...cache, key: compiled?.expression });
}

/**
 * E074: what nobody can look up afterwards is not repeated as a matter of course. Who writes `retry` or `retries` beside it has counted on it:
 * only attempts that are known to have failed are repeated then.
 */
function checkRetry(shop: Workshop, step: StepDraft): void {
  const written = step.fields.get("on_failure");
  if (written === undefined || writtenText(step, "on_failure") !== "retry" || !isBlindStep(shop, step)) return;
  const isAgent = step.verb === "agent";
  shop.problems.report(
    "E074",
    written.keyRange,
    `${called(step)} is not tried again: nobody can tell what ${isAgent ? "the agent" : "an interrupted call"} has done`,
    {
      hint: isAgent
        ? "give it a place of its own: workspace: worktree"
        : "remove on_failure, or say how often with retries:",
    },
  );
}

import { parseDuration } from "../../base/duration.ts";
import type { Field } from "../fields/field.ts";
import type { Problems } from "../problems.ts";
import { kindOf, type SourceEntry, type SourceMap, type SourceNode, type SourceScalar } from "../source/tree.ts";
import { short } from "./short.ts";

const durationMsMax = 3650 * 86_400_000;

/** E015: a value has another shape than its field asks for. */
export function reportShape(problems: Problems, entry: SourceEntry, wanted: string, hint?: string): undefined {
  const { value } = entry;
  const range = value.range.start === value.range.end ? entry.keyRange : value.range;
  const found = value.kind === "scalar" && value.value !== null ? `'${short(value.text)}'` : kindOf(value);
  problems.report(
    "E015",
    range,
    found === "empty" ? `${entry.key} is empty; it is ${wanted}` : `${entry.key} is ${wanted}, not ${found}`,
    { hint },
  );
  return undefined;
}

/** A map, or undefined after E015. */
export function mapIn(problems: Problems, entry: SourceEntry, wanted = "a map of fields"): SourceMap | undefined {
  return entry.value.kind === "map" ? entry.value : reportShape(problems, entry, wanted);
}

/** A text; numbers and true/false count as the text they were written as. */
export function textIn(problems: Problems, entry: SourceEntry): string | undefined {
  return scalarIn(problems, entry, "a text")?.text;
}

/** The scalar of a text. */
export function scalarIn(problems: Problems, entry: SourceEntry, wanted: string): SourceScalar | undefined {
  const { value } = entry;
  if (value.kind === "scalar" && value.value !== null && value.text.trim() !== "") return value;
  return reportShape(problems, entry, wanted);
}

/** Milliseconds of a duration, or undefined after E015 or E016. */
export function durationIn(problems: Problems, entry: SourceEntry): number | undefined {
  const scalar = scalarIn(problems, entry, "a duration");
  if (scalar === undefined) return undefined;

  const text = scalar.text.trim();
  const durationMs = parseDuration(text);
  if (durationMs === undefined) {
    const meant = meantDuration(text);
    problems.report("E016", scalar.range, `'${short(text)}' is not a duration`, {
      hint: "write 30s, 5m, 2h or 7d",
      fix: meant === undefined ? undefined : { range: scalar.range, text: meant },
    });
    return undefined;
  }
  if (durationMs <= durationMsMax) return durationMs;
  problems.report("E016", scalar.range, `'${text}' is longer than ten years`, { hint: "write at most 3650d" });
  return undefined;
}

/** `2 days` as `2d`. */
function meantDuration(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|ms|s|m|h|d)$/i.exec(
    text,
  );
  const unit = match?.[2]?.toLowerCase();
  if (unit === undefined) return undefined;
  return `${match?.[1] ?? ""}${unit.startsWith("ms") || unit.startsWith("milli") ? "ms" : unit.slice(0, 1)}`;
}

/** A number within the bounds of its field. */
export function numberIn(problems: Problems, entry: SourceEntry, field: Field): number | undefined {
  const [least, most] = field.between ?? [0, Number.MAX_SAFE_INTEGER];
  const wanted = `${field.kind === "whole number" ? "a whole number" : "a number"} from ${least} to ${most}`;
  const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
  if (typeof value !== "number" || value < least || value > most) return reportShape(problems, entry, wanted);
  return field.kind === "whole number" && !Number.isInteger(value) ? reportShape(problems, entry, wanted) : value;
}

/** true or false. */
export function booleanIn(problems: Problems, entry: SourceEntry): boolean | undefined {
  const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
  return typeof value === "boolean" ? value : reportShape(problems, entry, "true or false");
}

/** One of the words that a field takes; E015 with the one that was probably meant. */
export function choiceIn<T extends string>(
  problems: Problems,
  entry: SourceEntry,
  choices: readonly T[],
): T | undefined {
  const text = entry.value.kind === "scalar" ? entry.value.text : "";
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  const meant = text === "" ? undefined : problems.closest(text, choices);
  return reportShape(problems, entry, orList(choices), meant === undefined ? undefined : `did you mean '${meant}'?`);
}

/** A name as it was written, with its place. */
export interface WrittenName {
  readonly name: string;
  readonly node: SourceNode;
}

/** A list of names; one name stands for a list of one. */
export function namesIn(problems: Problems, entry: SourceEntry, wanted: string): readonly WrittenName[] | undefined {
  const { value } = entry;
  if (value.kind === "map") return reportShape(problems, entry, wanted);
  if (value.kind === "scalar")
    return value.value === null || value.text.trim() === ""
      ? reportShape(problems, entry, wanted)
      : [{ name: value.text, node: value }];
  return value.items.flatMap((item): readonly WrittenName[] => {
    if (item.kind === "scalar" && item.value !== null) return [{ name: item.text, node: item }];
    reportShape(problems, { ...entry, value: item }, wanted);
    return [];
  });
}

/** `a, b or c`. */
function orList(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

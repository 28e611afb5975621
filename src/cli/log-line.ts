import { formatDuration } from "../base/duration.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { Output, Tone } from "./output.ts";
import { fullPath } from "./run-log.ts";
import type { LogItem } from "./run-log-tail.ts";
import { safeLine } from "./safe-text.ts";
import { shownPath, wordCells } from "./words.ts";

/** A line of a log for people and for `grep`: time, level, path, text, and nothing that a terminal would obey. */
export function logLine(item: LogItem, tone: Output["tone"]): string {
  const level = levelOf(item);
  const at = tone("quiet", new Date(item.at).toISOString());
  const where = shownPath(fullPath(item));
  const fields = [at, tone(tones[level] ?? "plain", level.padEnd(wordCells)), where === "" ? "-" : where, textOf(item)];
  return fields.join("  ").trimEnd();
}

/** The same for programs. `path` is the one in its own run. */
export function logDocument(item: LogItem): JsonObject {
  const { at, run, under, path, step, attempt, kind } = item;
  return {
    at: new Date(at).toISOString(),
    run,
    ...(under !== "" && { under }),
    path,
    step,
    attempt,
    kind,
    ...fieldsOf(item),
  };
}

function fieldsOf(item: LogItem): JsonObject {
  if (item.kind === "log") return { level: item.level, text: item.text };
  if (item.kind === "start") return { input: item.input, ...(item.child !== undefined && { child: item.child }) };
  const { status, ms, output, artifacts, error } = item;
  return {
    status,
    ms,
    ...(output !== undefined && { output }),
    ...(artifacts !== undefined && { artifacts }),
    ...(error !== undefined && { error: { ...error } }),
  };
}

function levelOf(item: LogItem): string {
  if (item.kind === "log") return item.level;
  return item.kind === "start" ? "start" : item.status;
}

const tones: Readonly<Record<string, Tone>> = {
  start: "active",
  ok: "good",
  error: "bad",
  warn: "attention",
  stdout: "quiet",
  stderr: "quiet",
  cancelled: "quiet",
};

function textOf(item: LogItem): string {
  if (item.kind === "log") return safeLine(item.text);
  const attempt = item.attempt > 1 ? [`attempt ${item.attempt}`] : [];
  const said =
    item.kind === "start"
      ? [...(item.child === undefined ? [] : [`as ${item.child}`]), item.input]
      : [formatDuration(item.ms), ...endOf(item)];
  return safeLine([...attempt, ...said].join("  "));
}

function endOf({ error, output, artifacts }: LogItem & { readonly kind: "end" }): readonly string[] {
  if (error !== undefined) return [`${error.code}: ${error.message}`];
  return [...(output === undefined ? [] : [output]), ...artifactsOf(artifacts)];
}

function artifactsOf(artifacts: Json | undefined): readonly string[] {
  if (artifacts === undefined || !isJsonObject(artifacts)) return [];
  return Object.entries(artifacts).map(([name, place]) => `${name}: ${typeof place === "string" ? place : ""}`);
}

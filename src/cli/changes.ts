import type { Config } from "../app/config.ts";
import type { Change } from "../app/publish/change.ts";
import { changesOf } from "../app/publish/meaning.ts";
import { diffLines } from "../app/publish/text-diff.ts";
import { installedConnectors } from "../app/world.ts";
import type { Json } from "../base/json.ts";
import type { Version } from "../ports/catalog.ts";
import type { Tone } from "./output.ts";
import { safeLine, safeText } from "./safe-text.ts";

/** Emphasis of a line of text. */
type Emphasis = (tone: Tone, text: string) => string;

const textLinesMax = 400;
const changesMax = 200;
const linesAround = 3;

const signs: Readonly<Record<string, string>> = { added: "+", removed: "-", changed: "~" };

/** In what a version means something else than another. Connectors are read only where there are any. */
export function changesBetween(before: Version | undefined, after: Version, config: Config): readonly Change[] {
  const hasAny = [before, after].some((each) => Object.keys(each?.plan.connectors ?? {}).length > 0);
  return changesOf(before, after, hasAny ? installedConnectors(config) : []);
}

/** What another version means, one line for each way in which it differs: those to look at twice are marked and come first. */
export function changeLines(changes: readonly Change[], tone: Emphasis): readonly string[] {
  const sorted = [...changes.filter(({ grave }) => grave === true), ...changes.filter(({ grave }) => grave !== true)];
  const lines = sorted.slice(0, changesMax).map(({ kind, text, grave }) => {
    const sign = grave === true ? "!" : (signs[kind.slice(kind.indexOf(".") + 1)] ?? " ");
    return tone(grave === true ? "attention" : "plain", `  ${sign} ${safeLine(text)}`);
  });
  return sorted.length > changesMax ? [...lines, `  … and ${sorted.length - changesMax} more`] : lines;
}

/** In what the texts of two versions differ, with the lines around each change. */
export function textLines(before: Version, after: Version, tone: Emphasis): readonly string[] {
  const lines: string[] = [];
  let last = 0;
  for (const { sign, text, line } of diffLines(before.source, after.source, linesAround)) {
    if (line > last + 1 || lines.length === 0) lines.push(tone("quiet", `  @ line ${line}`));
    last = line;
    lines.push(tone(sign === "-" ? "bad" : sign === "+" ? "good" : "quiet", `  ${sign} ${safeText(text)}`));
    if (lines.length < textLinesMax) continue;
    lines.push("  … and more");
    break;
  }
  return lines;
}

/** The same for programs. */
export function changesJson(changes: readonly Change[]): Json {
  return changes.map((each) => ({ ...each }));
}

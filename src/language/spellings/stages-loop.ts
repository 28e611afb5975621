import { numberIn } from "../check/values.ts";
import type { Problems } from "../problems.ts";
import { offsetsOf } from "../source/offsets.ts";
import { entryOf, type SourceEntry, type SourceMap, type SourceScalar } from "../source/tree.ts";
import { isBlank, type Piece, rewritten, textOf } from "./nodes.ts";
import type { Stage, StagesLoop } from "./stages.ts";
import { isPath, piecesOfPath } from "./stop-path.ts";

/** `loop` of a file of stages: `stop_when` may be a path into what the stage that checks gave, and stages may ask for a number of iterations. */
export function loopOfStages(
  entry: SourceEntry,
  stages: readonly Stage[],
  text: string,
  problems: Problems,
): StagesLoop {
  const map = entry.value.kind === "map" ? entry.value : undefined;
  const stop = map === undefined ? undefined : entryOf(map, "stop_when");
  const least = leastIterations(stages, map, problems);
  if (map === undefined || stop === undefined || stop.value.kind !== "scalar" || isBlank(stop.value))
    return { entry, judge: undefined };

  const judge = isPath(stop.value.text) ? judgeOf(stages) : undefined;
  const value = condition(stop.value, { judge, least, text }, problems);
  const entries = map.entries.map((each) => (each === stop ? { ...stop, value } : each));
  return { entry: { ...entry, value: { ...map, entries } }, judge };
}

/** The stage that says whether the work is done. */
function judgeOf(stages: readonly Stage[]): Stage | undefined {
  const named = (name: string): Stage | undefined => stages.find((stage) => stage.name.text === name);
  return named("check") ?? named("review") ?? stages.at(-1);
}

interface Wanted {
  readonly judge: Stage | undefined;
  readonly least: number;
  readonly text: string;
}

function condition(scalar: SourceScalar, { judge, least, text }: Wanted, problems: Problems): SourceScalar {
  if (judge === undefined && least === 0) return scalar;
  const at = offsetsOf(text, scalar);
  const pieces: readonly Piece[] | undefined =
    judge === undefined ? [inner(scalar.text)] : piecesOfPath(scalar, judge.name.text, at, problems);
  // A path that cannot be read was reported; `false` stands in for it.
  if (pieces === undefined) return { ...scalar, value: false, text: "iter.n < 0", origin: () => scalar.range.start };
  return rewritten(scalar, least === 0 ? pieces : ["(", ...pieces, `) && iter.n >= ${least}`], at);
}

/** What stands in `${…}`, when that is all there is. */
function inner(text: string): Piece {
  const match = /^(\s*\$\{)([^{}]*)\}\s*$/.exec(text);
  return match === null ? { text, start: 0 } : { text: match[2] ?? "", start: match[1]?.length ?? 0 };
}

/** The greatest `min_iterations` of the stages; the loop does not stop before. */
function leastIterations(stages: readonly Stage[], loop: SourceMap | undefined, problems: Problems): number {
  const most = Number(textOf(loop === undefined ? undefined : entryOf(loop, "max_iters")?.value) ?? NaN);
  let least = 0;
  for (const { config } of stages) {
    const entry = config?.value.kind === "map" ? entryOf(config.value, "min_iterations") : undefined;
    if (entry === undefined) continue;
    const found = numberIn(problems, entry, {
      name: "min_iterations",
      kind: "whole number",
      between: [0, 10_000],
      supported: true,
      doc: "",
    });
    if (found === undefined) continue;
    if (found > most)
      problems.report(
        "E015",
        entry.value.range,
        `min_iterations ${found} is more than the ${most} iterations of the loop`,
        {
          hint: "raise max_iters, or lower it",
        },
      );
    least = Math.max(least, found);
  }
  return least;
}

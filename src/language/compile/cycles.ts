import type { StepDraft } from "../check/draft.ts";
import type { Problems } from "../problems.ts";
import type { Graph } from "./graph.ts";

/** E033 for every circle in which steps wait for each other. */
export function checkCycles(steps: readonly StepDraft[], graph: Graph, problems: Problems): void {
  const done = new Set<StepDraft>();
  for (const start of steps) {
    const circle = done.has(start) ? undefined : findCircle(start, graph, done);
    if (circle !== undefined) report(circle, problems);
  }
}

/** Walks without recursion: a chain may be as long as the file. */
function findCircle(start: StepDraft, graph: Graph, done: Set<StepDraft>): readonly StepDraft[] | undefined {
  const trail: { readonly step: StepDraft; readonly rest: Iterator<StepDraft> }[] = [];
  const places = new Map<StepDraft, number>();
  const enter = (step: StepDraft): void => {
    places.set(step, trail.length);
    trail.push({ step, rest: graph.waitsOf(step)[Symbol.iterator]() });
  };

  let circle: readonly StepDraft[] | undefined;
  enter(start);
  for (let here = trail.at(-1); here !== undefined; here = trail.at(-1)) {
    const waits = here.rest.next();
    if (waits.done === true) {
      done.add(here.step);
      places.delete(here.step);
      trail.pop();
      continue;
    }
    const next = waits.value;
    const place = places.get(next);
    if (place !== undefined) circle ??= trail.slice(place).map(({ step }) => step);
    else if (!done.has(next)) enter(next);
  }
  return circle;
}

function report(circle: readonly StepDraft[], problems: Problems): void {
  const first = circle.reduce((least, step) => (step.index < least.index ? step : least));
  const from = circle.indexOf(first);
  const ordered = [...circle.slice(from), ...circle.slice(0, from)];
  const ids = [...ordered, first].map(({ id }) => id);
  const words = ids.length > 10 ? [...ids.slice(0, 5), "…", ...ids.slice(-3)] : ids;
  const last = ordered.at(-1) ?? first;
  problems.report("E033", last.idRange, `these steps wait for each other: ${words.join(" → ")}`, {
    hint: "remove one of the needs, or put them in a loop:",
  });
}

import type { StepDraft } from "../check/draft.ts";

/**
 * The steps, each behind those that it depends on, as far as there is no circle. Walked without recursion: a chain may be as long as the
 * file, and what is worked out along it in this order never goes deep.
 */
export function inOrder(
  steps: readonly StepDraft[],
  dependsOn: (step: StepDraft) => Iterable<StepDraft>,
): readonly StepDraft[] {
  const ordered: StepDraft[] = [];
  const seen = new Set<StepDraft>();
  for (const start of steps) {
    if (seen.has(start)) continue;
    seen.add(start);
    const trail = [{ step: start, rest: dependsOn(start)[Symbol.iterator]() }];
    for (let here = trail.at(-1); here !== undefined; here = trail.at(-1)) {
      const next = here.rest.next();
      if (next.done === true) {
        ordered.push(here.step);
        trail.pop();
      } else if (!seen.has(next.value)) {
        seen.add(next.value);
        trail.push({ step: next.value, rest: dependsOn(next.value)[Symbol.iterator]() });
      }
    }
  }
  return ordered;
}

import { type StepDraft, writtenText } from "../check/draft.ts";
import { addAll, addBit, type Bits, noBits } from "./bits.ts";
import type { Graph } from "./graph.ts";

/** Makes a set once per step and purpose; whoever asks for one on the way gets it empty. */
export type BitMemory = (purpose: string, step: StepDraft, make: (bits: Bits) => void) => Bits;

/** All steps that have ended before a step starts, those inside groups included. */
export function createAncestors(graph: Graph, once: BitMemory): (step: StepDraft) => Bits {
  const ancestorsOf = (step: StepDraft): Bits =>
    once("ancestors", step, (bits) => {
      if (step.list.owner !== undefined) addAll(bits, ancestorsOf(step.list.owner));
      if (waitsForAll(graph, step)) addAll(bits, ancestorsUpTo(step));
      else for (const other of graph.waitsOf(step)) addEnded(bits, other);
    });

  const ancestorsUpTo = (step: StepDraft): Bits =>
    once("ancestors before", step, (bits) => {
      const last = step.list.steps[step.position - 1];
      if (last === undefined) return;
      addAll(bits, ancestorsUpTo(last));
      addEnded(bits, last);
    });

  const subtreeOf = (step: StepDraft): Bits =>
    once("subtree", step, (bits) => {
      addBit(bits, step.index);
      for (const child of step.body?.steps ?? []) addAll(bits, subtreeOf(child));
    });

  return ancestorsOf;

  function addEnded(bits: Bits, step: StepDraft): void {
    addAll(bits, ancestorsOf(step));
    addAll(bits, subtreeOf(step));
  }
}

/** True for a step that runs when others failed too. */
export function runsInAnyCase(step: StepDraft): boolean {
  const runOn = writtenText(step, "run_on");
  return runOn === "failure" || runOn === "always";
}

/** True for a step that waits for every step before it in its list: those are not gone through one by one. */
export function waitsForAll(graph: Graph, step: StepDraft): boolean {
  return runsInAnyCase(step) && graph.needsOf(step) === undefined;
}

/** Deeper than this only steps on a circle ask for each other, since the others are worked out in order. */
const depthMax = 300;

/** A new, empty memory for sets of numbers below `size`. */
export function createBitMemory(size: number): BitMemory {
  const made = new Map<string, Map<StepDraft, Bits>>();
  const none = noBits(size);
  let depth = 0;
  return (purpose, step, make) => {
    const known = made.get(purpose) ?? new Map<StepDraft, Bits>();
    made.set(purpose, known);
    const found = known.get(step);
    if (found !== undefined) return found;
    if (depth >= depthMax) return none;
    known.set(step, none);
    const bits = noBits(size);
    depth += 1;
    make(bits);
    depth -= 1;
    known.set(step, bits);
    return bits;
  };
}

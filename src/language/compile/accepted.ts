import { unwritten } from "./retry.ts";
import { type StepDraft, writtenText } from "../check/draft.ts";
import type { Expression } from "../expression/tree.ts";
import { entryOf, type SourceMap } from "../source/tree.ts";
import { createAncestors, createBitMemory, runsInAnyCase, waitsForAll } from "./ancestors.ts";
import { addAll, addBit, type Bits, inBoth } from "./bits.ts";
import { documentEntry } from "./document-names.ts";
import type { Graph } from "./graph.ts";
import { inOrder } from "./in-order.ts";
import { guardsIn } from "./guards.ts";
import type { Workshop } from "./workshop.ts";

/** What is certain about the people's decisions by the time a step runs. */
export interface Accepted {
  /** The steps whose gate was accepted, if this one runs: a gate that was skipped, rejected or expired would have kept it from running. */
  before(step: StepDraft): Bits;
  /** All steps that have ended before a step starts, those inside groups included. */
  ancestorsOf(step: StepDraft): Bits;
  /** True when the step may be skipped, or rejected with the run going on. */
  maySkip(step: StepDraft): boolean;
}

/** How a gate ends when nobody accepts. */
interface GateEnds {
  readonly onReject: string | undefined;
  readonly onTimeout: string | undefined;
}

/** The gate of a step: its own when it is one, else that of its document. */
export function gateOf(shop: Workshop, step: StepDraft): GateEnds | undefined {
  if (step.verb === "approve")
    return { onReject: writtenText(step, "on_reject"), onTimeout: writtenText(step, "on_timeout") };
  const document = documentEntry(shop, step)?.value;
  const accept = document?.kind === "map" ? entryOf(document, "accept")?.value : undefined;
  if (accept?.kind !== "map") return undefined;
  // A gate that names nobody stops nothing; that it does so is reported.
  const by = entryOf(accept, "by")?.value;
  const isAsked = by !== undefined && (by.kind !== "list" || by.items.length > 0);
  return isAsked ? { onReject: textOf(accept, "on_reject"), onTimeout: textOf(accept, "on_timeout") } : undefined;
}

function textOf(map: SourceMap, key: string): string | undefined {
  const value = entryOf(map, key)?.value;
  return value?.kind === "scalar" ? value.text : undefined;
}

/** Works out what is certain, once per step. Steps on a circle, which is reported, count as if they waited for nothing. */
export function createAccepted(shop: Workshop, graph: Graph, conditions: ReadonlyMap<StepDraft, Expression>): Accepted {
  const once = createBitMemory(shop.drafts.steps.length);
  const maySkip = createMaySkip(shop, graph);

  const before = (step: StepDraft): Bits =>
    once("before", step, (bits) => {
      addGuards(bits, step);
      if (runsInAnyCase(step)) {
        if (step.list.owner !== undefined) addAll(bits, before(step.list.owner));
        return;
      }
      addAll(bits, whenDecided(step));
      // One of its needs at least has succeeded: what holds for each of them holds.
      const needs = graph.needsOf(step) ?? [];
      const [first, ...others] = needs.map(whenSucceeded);
      if (first !== undefined) addAll(bits, others.reduce(inBoth, first));
    });

  /** What is certain once a step was started or skipped. */
  const whenDecided = (step: StepDraft): Bits =>
    once("decided", step, (bits) => {
      if (step.list.owner !== undefined) addAll(bits, before(step.list.owner));
      if (waitsForAll(graph, step)) addAll(bits, endedUpTo(step));
      else for (const other of graph.waitsOf(step)) addAll(bits, whenEnded(other));
    });

  const endedUpTo = (step: StepDraft): Bits =>
    once("ended before", step, (bits) => {
      const last = step.list.steps[step.position - 1];
      if (last === undefined) return;
      addAll(bits, endedUpTo(last));
      addAll(bits, whenEnded(last));
    });

  /** What is certain for a follower of a step: had it failed without `continue`, nothing would follow. */
  const whenEnded = (step: StepDraft): Bits =>
    once("ended", step, (bits) =>
      addAll(bits, maySkip(step) || isContained(step) ? whenDecided(step) : whenSucceeded(step)),
    );

  const whenSucceeded = (step: StepDraft): Bits =>
    once("succeeded", step, (bits) => {
      addAll(bits, before(step));
      // A list may be empty: then nobody was asked.
      if (step.fields.has("for_each")) return;
      for (const child of step.body?.steps ?? []) addAll(bits, whenEnded(child));
      const gate = gateOf(shop, step);
      if (gate !== undefined && gate.onTimeout !== "accept" && !isContained(step)) addBit(bits, step.index);
    });

  const ancestorsOf = createAncestors(graph, once);
  for (const step of inOrder(shop.drafts.steps, waitsAndChildren)) {
    whenEnded(step);
    ancestorsOf(step);
  }
  return { before, ancestorsOf, maySkip };

  function waitsAndChildren(step: StepDraft): Iterable<StepDraft> {
    const last = step.list.steps[step.position - 1];
    const waits = waitsForAll(graph, step) ? (last === undefined ? [] : [last]) : graph.waitsOf(step);
    return step.body === undefined ? waits : [...waits, ...step.body.steps];
  }

  function isContained(step: StepDraft): boolean {
    return (writtenText(step, "on_failure") ?? shop.defaults.onFailure ?? unwritten(shop, step)) === "continue";
  }

  /** An `if` that asks whether a gate was accepted, or a step has succeeded. */
  function addGuards(bits: Bits, step: StepDraft): void {
    const tree = conditions.get(step)?.tree;
    for (const guard of tree === undefined ? [] : guardsIn(tree)) {
      const other = shop.drafts.steps[guard.step];
      if (other === undefined || other === step) continue;
      if (guard.isAccepted) addBit(bits, other.index);
      addAll(bits, whenSucceeded(other));
    }
  }
}

/** Which steps may be skipped, or rejected with the run going on; a step on a circle counts as one that runs. */
function createMaySkip(shop: Workshop, graph: Graph): (step: StepDraft) => boolean {
  const skips = new Map<StepDraft, boolean>();
  return maySkip;

  function maySkip(step: StepDraft): boolean {
    const known = skips.get(step);
    if (known !== undefined) return known;
    skips.set(step, false);
    const needs = graph.needsOf(step) ?? [];
    const found =
      ["if", "else"].some((field) => step.fields.has(field)) ||
      writtenText(step, "run_on") === "failure" ||
      gateOf(shop, step)?.onReject === "continue" ||
      (needs.length > 0 && writtenText(step, "run_on") !== "always" && needs.every(maySkip));
    skips.set(step, found);
    return found;
  }
}

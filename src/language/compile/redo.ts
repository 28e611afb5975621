import { called, type StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import type { ApprovePlan } from "../plan.ts";
import { entryOf, type SourceEntry } from "../source/tree.ts";
import { suggest } from "../suggest.ts";
import { writesByTool } from "./effects.ts";
import type { Graph } from "./graph.ts";
import { comesLater } from "./graph.ts";
import { relationOf } from "./relation.ts";
import { hasUndo } from "./undo.ts";
import type { Workshop } from "./workshop.ts";

/** Steps that are looked at, for all gates of a file together: in a large file not every redo is followed to its end. */
const visitsMax = 100_000;

/** The rules about `on_changes` of gates: E030, E031, E036 for what is done again, E073 for what that would repeat. */
export function checkRedos(shop: Workshop, graph: Graph, gates: ReadonlyMap<StepDraft, ApprovePlan>): void {
  const budget = { left: visitsMax };
  for (const [gate, { onChanges }] of gates) {
    const entry = gate.fields.get("on_changes");
    if (entry?.value.kind !== "map" || onChanges === undefined) continue;
    const redo = entryOf(entry.value, "redo");
    if (redo === undefined) {
      reportNoRedo(shop, gate, entry);
      continue;
    }
    const target = onChanges.redo === undefined ? undefined : shop.drafts.steps[onChanges.redo];
    if (target === undefined || reportPlace(shop, gate, target, redo)) continue;
    checkAgain(shop, { gate, target, redo }, againBetween(graph, gate, target, budget));
  }
}

function reportNoRedo({ problems }: Workshop, gate: StepDraft, entry: SourceEntry): void {
  const isMeant =
    entry.value.kind === "map" && entry.value.entries.some(({ key }) => suggest(key, ["redo", "max"]) === "redo");
  if (isMeant) return;
  problems.report("E015", entry.keyRange, `${called(gate, "gate")} does not say which step is done again`, {
    hint: "add redo: <step>",
  });
}

/** A redo names a step beside the gate that stands before it; true when it does not. */
function reportPlace({ problems }: Workshop, gate: StepDraft, target: StepDraft, { value }: SourceEntry): boolean {
  const relation = relationOf(gate, target);
  const who = called(gate, "gate");
  const name = short(target.id);
  if (relation.kind !== "beside") {
    const what = relation.kind === "same" ? "itself" : `'${name}', the group it stands in`;
    problems.report("E031", value.range, `${who} cannot redo ${what}`, { hint: "name a step before it" });
    return true;
  }
  if (relation.from !== gate || relation.to !== target) {
    problems.report("E030", value.range, `${who} can redo steps of its own list, and '${name}' is not one`, {
      hint: relation.from === gate ? `name the group: ${relation.to.id}` : "move the gate into the list of that step",
    });
    return true;
  }
  if (!comesLater(relation)) return false;
  problems.report("E036", value.range, `${who} would redo '${name}', which comes later`, {
    hint: "name a step before it",
  });
  return true;
}

interface Redo {
  readonly gate: StepDraft;
  readonly target: StepDraft;
  readonly redo: SourceEntry;
}

function checkAgain(shop: Workshop, { gate, target, redo }: Redo, again: ReadonlySet<StepDraft> | undefined): void {
  if (again === undefined) return;
  const who = called(gate, "gate");
  const { range } = redo.value;
  if (!again.has(target)) {
    shop.problems.report("E030", range, `${who} does not depend on '${target.id}': doing it again changes nothing`, {
      hint: `name a step that it waits for, or add needs: [${target.id}]`,
    });
    return;
  }
  for (const step of again) {
    const write = writeWithoutUndo(shop, step);
    if (write === undefined) continue;
    shop.problems.report("E073", range, `${who} would repeat the write of '${write.id}', which has no undo`, {
      hint: `give '${write.id}' an undo: {tool, with}, or redo a step behind it`,
    });
    return;
  }
}

function writeWithoutUndo(shop: Workshop, step: StepDraft): StepDraft | undefined {
  if (step.verb === "tool") return writesByTool(shop, step) && !hasUndo(shop, step) ? step : undefined;
  for (const child of step.body?.steps ?? []) {
    const found = writeWithoutUndo(shop, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The steps that run again: what the gate waits for and the target leads to. Undefined when that is too much to follow. */
function againBetween(
  graph: Graph,
  gate: StepDraft,
  target: StepDraft,
  budget: { left: number },
): ReadonlySet<StepDraft> | undefined {
  const followers = new Map<StepDraft, StepDraft[]>();
  const open = [gate];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    for (const other of graph.waitsOf(here)) {
      if ((budget.left -= 1) < 0) return undefined;
      const known = followers.get(other);
      if (known !== undefined) known.push(here);
      else {
        followers.set(other, [here]);
        if (other !== target) open.push(other);
      }
    }
  }
  const again = new Set<StepDraft>();
  if (!followers.has(target)) return again;
  for (const open2 = [target]; open2.length > 0;) {
    const here = open2.pop();
    if (here === undefined || again.has(here) || here === gate) continue;
    again.add(here);
    open2.push(...(followers.get(here) ?? []));
  }
  return again;
}

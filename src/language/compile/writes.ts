import type { StepDraft } from "../check/draft.ts";
import { writtenText } from "../check/draft.ts";
import type { Expression } from "../expression/tree.ts";
import { entryOf } from "../source/tree.ts";
import { type Accepted, createAccepted } from "./accepted.ts";
import { addAll, addBit, type Bits, hasBit, inBoth, lastBit, noBits, without } from "./bits.ts";
import { writesByTool } from "./effects.ts";
import type { Graph } from "./graph.ts";
import { createOrigins, type Origins } from "./origins.ts";
import { chainOf } from "./relation.ts";
import type { Workshop } from "./workshop.ts";

/** The rules about what may be written without a person: E075 and W070. */
export function checkWrites(shop: Workshop, graph: Graph, conditions: ReadonlyMap<StepDraft, Expression>): void {
  const writes = shop.drafts.steps.filter((step) => writesByTool(shop, step));
  if (writes.length === 0 || shop.problems.full) return;
  const accepted = createAccepted(shop, graph, conditions);
  const origins = createOrigins(shop);
  const asked = readsInConditions(shop);
  const isFree = mayWriteAlone(shop);
  for (const step of writes) {
    if (shop.problems.full) return;
    // A write behind the wrong gate is mended by its needs: whether a gate is missing is seen then.
    if (reportPassedGate(shop, graph, { accepted, asked }, step) || isFree) continue;
    reportUnseen(shop, step, accepted, origins);
  }
}

function mayWriteAlone({ file, world }: Workshop): boolean {
  if (world.deniesUnreviewed === true) return false;
  const policy = file.get("policy")?.value;
  const entry = policy?.kind === "map" ? entryOf(policy, "auto_write") : undefined;
  return entry?.value.kind === "scalar" && entry.value.value === true;
}

/** By step: which steps its `if` reads. */
function readsInConditions({ reads }: Workshop): ReadonlyMap<StepDraft, ReadonlySet<number>> {
  const asked = new Map<StepDraft, Set<number>>();
  for (const { read, place, field } of reads) {
    if (field !== "if" || place.step === undefined) continue;
    asked.set(place.step, (asked.get(place.step) ?? new Set()).add(read.step));
  }
  return asked;
}

interface Known {
  readonly accepted: Accepted;
  readonly asked: ReadonlyMap<StepDraft, ReadonlySet<number>>;
}

/** E075 for a write that goes on when the gate before it did not hold; true when it was reported. */
function reportPassedGate(shop: Workshop, graph: Graph, { accepted, asked }: Known, write: StepDraft): boolean {
  const chain = chainOf(write);
  // Who asks for the gate's status, or says when to run, has thought of it.
  const isDecided = (step: StepDraft, gate: StepDraft): boolean =>
    step.fields.has("else") || step.fields.has("run_on") || asked.get(step)?.has(gate.index) === true;
  for (const here of chain) {
    const gate = here.list.mode === "sequential" ? gateBefore(here) : undefined;
    if (gate === undefined || !accepted.maySkip(gate) || hasBit(accepted.before(write), gate.index)) continue;
    const inside = chain.slice(chain.indexOf(here));
    if (graph.needsOf(here)?.includes(gate) === true || inside.some((step) => isDecided(step, gate))) continue;
    const where = here === write ? "" : ` to '${here.id}'`;
    shop.problems.report(
      "E075",
      write.idRange,
      `'${write.id}' still runs when gate '${gate.id}' was skipped or rejected`,
      {
        hint: `add needs: [${gate.id}]${where}`,
      },
    );
    return true;
  }
  return false;
}

/** The nearest gate before a step in its list: those before that are behind it. */
function gateBefore({ list, position }: StepDraft): StepDraft | undefined {
  for (let before = position - 1; before >= 0; before -= 1) {
    const step = list.steps[before];
    if (step?.verb === "approve") return step;
  }
  return undefined;
}

/** W070: what is written comes from where nobody looked, and no gate stands between. */
function reportUnseen(shop: Workshop, step: StepDraft, accepted: Accepted, origins: Origins): void {
  const unseen = unseenIn(shop, step, accepted, origins);
  if (lastBit(unseen) === undefined) return;
  const isModel = lastBit(inBoth(unseen, origins.models)) !== undefined;
  const what = isModel ? "what a model produced" : "what came from outside";
  const isDenied = shop.world.deniesUnreviewed === true;
  shop.problems.report("W070", step.idRange, `'${step.id}' writes ${what} and no gate stands before it`, {
    hint: isDenied
      ? "add an approve step: the policy of this workspace denies it (unreviewed_writes), also with auto_write"
      : "add an approve step, or mark it reviewed: policy.auto_write: true",
    severity: isDenied ? "error" : "warning",
  });
}

function unseenIn(shop: Workshop, step: StepDraft, accepted: Accepted, origins: Origins): Bits {
  if (step.verb === "tool") return without(origins.into(step), seenBefore(shop, step, accepted, origins));
  // A plan is reviewed where it is made; a model that calls tools itself writes what nobody has seen, whatever stands before it.
  const own = noBits(origins.outside + 1);
  if (step.verb !== "plan" || writtenText(step, "review") === "never") addBit(own, step.index);
  return own;
}

/** What stands before any gate that was accepted when a step runs; a document's own step is before its gate. */
function seenBefore({ drafts }: Workshop, step: StepDraft, accepted: Accepted, { outside }: Origins): Bits {
  const seen = noBits(outside + 1);
  let rest = accepted.before(step);
  // The last gate has mostly seen what those before it have: they are not gone through one by one.
  for (let index = lastBit(rest); index !== undefined; index = lastBit(rest)) {
    const gate = drafts.steps[index];
    addBit(seen, index);
    addBit(seen, outside);
    if (gate !== undefined) {
      addAll(seen, accepted.ancestorsOf(gate));
      for (const inside of gate.body === undefined ? [] : withChildren(gate)) addBit(seen, inside.index);
    }
    rest = without(rest, seen);
  }
  return seen;
}

function withChildren(step: StepDraft): readonly StepDraft[] {
  return [step, ...(step.body?.steps ?? []).flatMap(withChildren)];
}

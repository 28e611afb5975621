import type { StepDraft } from "../check/draft.ts";
import type { StepField } from "../expression/tree.ts";
import { entryOf } from "../source/tree.ts";
import { gateOf } from "./accepted.ts";
import { createBitMemory } from "./ancestors.ts";
import { addAll, addBit, type Bits, noBits } from "./bits.ts";
import { actionsOf } from "./effects.ts";
import { inOrder } from "./in-order.ts";
import { asOf, chainOf } from "./relation.ts";
import { waitsForEvent } from "./wait.ts";
import type { PlacedRead, Workshop } from "./workshop.ts";

/** Where values come from that nobody has looked at. */
export interface Origins {
  /** The steps that what goes into a step derives from, as far as models or others outside made it. */
  into(step: StepDraft): Bits;
  /** The number that stands among the steps for what a trigger brought from outside. */
  readonly outside: number;
  /** The steps whose output a model makes. */
  readonly models: Bits;
}

/** Fields that decide whether, when or how often something runs, not what is written. */
const controlFields: ReadonlySet<string> = new Set([
  "if",
  "key",
  "title",
  "stop_when",
  "next_stage",
  "cache.key",
  "undo",
  "approve",
  "idempotency_key",
  "match",
  "until",
  "for_each",
]);

/** What a read of a step brings along; a status or a decision is the engine's own. */
const contents: ReadonlySet<StepField> = new Set(["output", "results", "failed", "error", "receipt", "artifacts"]);

const models: ReadonlySet<string> = new Set(["llm", "agent", "plan"]);

/** Follows values through the steps of a file; each step is looked at once. */
export function createOrigins(shop: Workshop): Origins {
  const { steps } = shop.drafts;
  const outside = steps.length;
  const size = steps.length + 1;
  const reads = readsByPlace(shop);
  const isFedFromOutside = hasTrigger(shop);

  const once = createBitMemory(size);

  const into = (step: StepDraft): Bits => once("in", step, (bits) => addUsed(bits, step, "values"));
  const items = (step: StepDraft): Bits => once("items", step, (bits) => addUsed(bits, step, "items"));
  const from = (step: StepDraft): Bits =>
    once("out", step, (bits) => {
      if (isOrigin(shop, step)) addBit(bits, step.index);
      if (step.verb !== "do" || step.fields.has("output")) addAll(bits, into(step));
      else for (const child of step.body?.steps ?? []) addAll(bits, from(child));
    });
  for (const step of inOrder(steps, readFrom)) from(step);
  const byModel = noBits(size);
  for (const step of steps) if (models.has(step.verb ?? "")) addBit(byModel, step.index);
  return { into, outside, models: byModel };

  /** The steps whose values go into a step, for the order in which they are looked at. */
  function readFrom(step: StepDraft): readonly StepDraft[] {
    const values = reads.get(`${step.index} values`)?.reads ?? [];
    const lists = chainOf(step).flatMap((each) => reads.get(`${each.index} items`)?.reads ?? []);
    const others = [...values, ...lists].flatMap(({ read }) => steps[read.step] ?? []);
    return [...others, ...(step.body?.steps ?? [])];
  }

  function addUsed(bits: Bits, step: StepDraft, part: Part): void {
    const used = reads.get(`${step.index} ${part}`);
    if (used === undefined) return;
    for (const read of used.reads) addRead(bits, read);
    addNames(bits, step, part, used.names);
  }

  function addRead(bits: Bits, { read }: PlacedRead): void {
    const other = steps[read.step];
    if (other === undefined || !contents.has(read.field)) return;
    // What is read as a document was accepted, unless time alone accepts it.
    const gate = read.document === undefined ? undefined : gateOf(shop, other);
    if (gate === undefined || gate.onTimeout === "accept") addAll(bits, from(other));
  }

  function addNames(bits: Bits, step: StepDraft, part: Part, names: ReadonlySet<string>): void {
    if (isFedFromOutside && (names.has("inputs") || names.has("vars"))) addBit(bits, outside);
    const around = chainOf(step);
    for (const each of around) {
      const isInItems = each.fields.has("for_each") && (each !== step || part === "values");
      if (isInItems && names.has(asOf(each))) addAll(bits, items(each));
    }
    const loop = names.has("iter") ? around.findLast((each) => each.fields.has("loop")) : undefined;
    if (loop !== undefined) addAll(bits, originsInside(loop));
  }

  /** `iter.last` is what the steps of the loop gave; which of them is read is not followed. */
  function originsInside(loop: StepDraft): Bits {
    return once("inside", loop, (bits) => {
      for (const child of loop.body?.steps ?? []) {
        if (isOrigin(shop, child)) addBit(bits, child.index);
        addAll(bits, originsInside(child));
      }
    });
  }
}

/** True for a step that brings in something nobody has looked at. */
function isOrigin(shop: Workshop, step: StepDraft): boolean {
  if (models.has(step.verb ?? "") || waitsForEvent(step)) return true;
  return step.verb === "tool" && !actionsOf(shop, step).some(({ descriptor }) => descriptor.trusted === true);
}

/** Webhooks and events are filled by others; a schedule or a person of the organisation is not outside. */
function hasTrigger({ file }: Workshop): boolean {
  const on = file.get("on")?.value;
  return on?.kind === "map" && ["webhook", "event"].some((kind) => entryOf(on, kind) !== undefined);
}

type Part = "values" | "items";

interface Used {
  readonly reads: PlacedRead[];
  readonly names: Set<string>;
}

function readsByPlace(shop: Workshop): ReadonlyMap<string, Used> {
  const places = new Map<string, Used>();
  const usedAt = (step: StepDraft | undefined, field: string): Used | undefined => {
    const part: Part | undefined = field === "for_each" ? "items" : controlFields.has(field) ? undefined : "values";
    if (step === undefined || part === undefined) return undefined;
    const key = `${step.index} ${part}`;
    const used = places.get(key) ?? { reads: [], names: new Set() };
    places.set(key, used);
    return used;
  };
  for (const read of shop.reads) usedAt(read.place.step, read.field)?.reads.push(read);
  for (const { place, field, names } of shop.names) {
    const used = usedAt(place.step, field);
    for (const name of names) used?.names.add(name);
  }
  return places;
}

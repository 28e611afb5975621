import type { StepDraft } from "../check/draft.ts";
import type { StepField } from "../expression/tree.ts";
import { entryOf } from "../source/tree.ts";
import { gateOf } from "./accepted.ts";
import { addAll, addBit, type Bits, noBits } from "./bits.ts";
import { actionsOf } from "./effects.ts";
import { asOf, chainOf } from "./relation.ts";
import { waitsForEvent } from "./wait.ts";
import type { PlacedRead, Workshop } from "./workshop.ts";

/** Where values come from that nobody has looked at. */
export interface Origins {
  /** The steps that what goes into a step derives from, as far as models or others outside made it. */
  into(step: StepDraft): Bits;
  /** The number that stands among the steps for what a trigger brought from outside. */
  readonly outside: number;
  /** True for a step whose output a model makes. */
  isModel(index: number): boolean;
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
  const none = noBits(size);
  const made = new Map<string, Bits>();
  const reads = readsByPlace(shop);
  const isFedFromOutside = hasTrigger(shop);

  const once = (key: string, make: (bits: Bits) => void): Bits => {
    const known = made.get(key);
    if (known !== undefined) return known;
    made.set(key, none);
    const bits = noBits(size);
    make(bits);
    made.set(key, bits);
    return bits;
  };

  const into = (step: StepDraft): Bits => once(`in ${step.index}`, (bits) => addUsed(bits, step, "values"));
  const items = (step: StepDraft): Bits => once(`items ${step.index}`, (bits) => addUsed(bits, step, "items"));
  const from = (step: StepDraft): Bits =>
    once(`out ${step.index}`, (bits) => {
      if (isOrigin(shop, step)) addBit(bits, step.index);
      if (step.verb !== "do" || step.fields.has("output")) addAll(bits, into(step));
      else for (const child of step.body?.steps ?? []) addAll(bits, from(child));
    });
  return { into, outside, isModel: (index) => models.has(steps[index]?.verb ?? "") };

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
    return once(`inside ${loop.index}`, (bits) => {
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

import { nameOf, type StepDraft, type StepDrafts, writtenText } from "../check/draft.ts";
import type { Schema } from "../plan.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { DeclaredDocument } from "./declared.ts";
import type { Workshop } from "./workshop.ts";

/** The scope for documents that each item of a for-each opens. */
export function scopeOf(step: StepDraft): string | undefined {
  return writtenText(step, "scope");
}

/** The document of a name, as it is declared or as expressions write it. */
export function documentNamed({ declared }: Workshop, name: string): readonly [string, DeclaredDocument] | undefined {
  const { documents } = declared;
  const direct = documents.get(name);
  if (direct !== undefined) return [name, direct];
  const known = spellings.get(documents) ?? new Map(Array.from(documents, (each) => [nameOf(each[0]), each] as const));
  spellings.set(documents, known);
  return known.get(nameOf(name));
}

/** Documents by the names that expressions read them by. */
const spellings = new WeakMap<Documents, ReadonlyMap<string, readonly [string, DeclaredDocument]>>();

type Documents = Workshop["declared"]["documents"];

/** The schema of the document that a step gives. */
export function documentSchema(shop: Workshop, step: StepDraft): Schema | undefined {
  return documentOf(shop, step)?.schema;
}

/** The declaration of the document that a step gives. */
export function documentEntry(shop: Workshop, step: StepDraft): SourceEntry | undefined {
  return documentOf(shop, step)?.entry;
}

function documentOf(shop: Workshop, step: StepDraft): DeclaredDocument | undefined {
  const name = writtenText(step, "document");
  return name === undefined ? undefined : documentNamed(shop, name)?.[1];
}

const producersByFile = new WeakMap<StepDrafts, ReadonlyMap<string, readonly StepDraft[]>>();

/** The steps that give each document, in the order of the file. */
export function producersOf(shop: Workshop): ReadonlyMap<string, readonly StepDraft[]> {
  const made = producersByFile.get(shop.drafts);
  if (made !== undefined) return made;
  const producers = new Map<string, StepDraft[]>();
  for (const step of shop.drafts.steps) {
    const written = writtenText(step, "document");
    const name = written === undefined ? undefined : documentNamed(shop, written)?.[0];
    if (name === undefined) continue;
    const others = producers.get(name);
    if (others === undefined) producers.set(name, [step]);
    else others.push(step);
  }
  producersByFile.set(shop.drafts, producers);
  return producers;
}

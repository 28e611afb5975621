import { called, nameOf, type StepDraft } from "../check/draft.ts";
import { comesLater, type Graph } from "./graph.ts";
import { whoOf } from "./parts.ts";
import { chainOf, hiddenBy, type Relation, relationOf } from "./relation.ts";
import { createSkips } from "./skips.ts";
import type { PlacedRead, Workshop } from "./workshop.ts";

/** The rules of reading other steps: E031, E036, E037 and W034. */
export function checkReads(shop: Workshop, graph: Graph): void {
  const skips = createSkips(shop, graph);
  for (const read of shop.reads) {
    const other = shop.drafts.steps[read.read.step];
    if (other === undefined || reportImpossible(shop, read, other) || read.place.step === undefined) continue;
    reportNull(shop, read, skips.reasonAt(read.place.step, other), other);
  }
}

/** Reports a read that can never give anything; true when it did. */
function reportImpossible(shop: Workshop, placed: PlacedRead, other: StepDraft): boolean {
  const { problems } = shop;
  const { place, range } = placed;
  const { document } = placed.read;
  // A document is looked up in the scopes around its reader, wherever the step that gave it stands.
  const hiding = document === undefined ? hiddenBy(other, place.step) : undefined;
  if (hiding !== undefined) {
    problems.report(
      "E037",
      range,
      `${whoOf(placed)}'${other.id}' runs once per item of ${called(hiding)} and is visible only inside it`,
      {
        hint: `read the list: ${nameOf(hiding.id)}.output`,
      },
    );
    return true;
  }
  const reader = place.step;
  const relation = reader === undefined ? undefined : relationOf(reader, other);
  if (reader === undefined || relation === undefined) return false;
  if (relation.kind === "beside" && comesLater(relation)) {
    reportLater(shop, placed, { reader, other, relation });
    return true;
  }
  if (relation.kind === "beside" || (relation.kind === "inside" && place.at === "after")) return false;
  const what = {
    same: "itself",
    around: `'${other.id}', the group it stands in`,
    inside: `'${other.id}', which stands in it and has not run yet`,
  }[relation.kind];
  problems.report("E031", range, `${called(reader)} reads ${what}`, {
    hint: relation.kind === "around" ? "read the steps in it one by one" : undefined,
  });
  return true;
}

interface Later {
  readonly reader: StepDraft;
  readonly other: StepDraft;
  readonly relation: Extract<Relation, { readonly kind: "beside" }>;
}

/** E036, for a step or for the document that it gives. */
function reportLater({ problems }: Workshop, { read, range }: PlacedRead, { reader, other, relation }: Later): void {
  const { document } = read;
  const isInLoop = chainOf(relation.from).some((step) => step !== relation.from && step.fields.has("loop"));
  const what =
    document === undefined ? `'${other.id}', which comes later` : `docs.${document}, which '${other.id}' gives later`;
  problems.report("E036", range, `${called(reader)} reads ${what}`, {
    hint:
      document === undefined && isInLoop
        ? `move it up, or read the iteration before: iter.last.${nameOf(other.id)}`
        : `move '${relation.to.id}' up, or this step down`,
  });
}

/** W034: null where nobody expects it. */
function reportNull(shop: Workshop, { read, range }: PlacedRead, reason: string | undefined, other: StepDraft): void {
  if (reason === undefined || read.guarded || !nullable.has(read.field)) return;
  const written = read.document === undefined ? `${nameOf(other.id)}.${read.field}` : `docs.${nameOf(read.document)}`;
  shop.problems.report("W034", range, `'${other.id}' ${reason}, so ${written} can be null`, {
    hint: `write default(${written}, …)`,
  });
}

/** The fields of a step that are null when it did not run; `.status`, `.failed` and `.results` are there in any case. */
const nullable: ReadonlySet<string> = new Set(["output", "decision", "artifacts"]);

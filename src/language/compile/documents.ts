import { canonicalJson } from "../../base/json.ts";
import { called, nameOf, type StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { scalarIn } from "../check/values.ts";
import type { Complaint, DocumentType } from "../expression/checker.ts";
import { types, typeOfSchema } from "../expression/type.ts";
import type { DeclaredDocument } from "./declared.ts";
import { itemsAround, relationOf } from "./relation.ts";
import { documentNamed, producersOf, scopeOf } from "./document-names.ts";
import { comesLater } from "./graph.ts";
import { outputSchema } from "./step-values.ts";
import type { Place, Workshop } from "./workshop.ts";

/** More steps than this do not give one document: each of its readers waits for all of them. */
const producersMax = 10;

/** The document that a step gives, by the name it is declared with. E056, E057, E058. */
export function documentPart(shop: Workshop, step: StepDraft): string | undefined {
  const entry = step.fields.get("document");
  const scalar = entry === undefined ? undefined : scalarIn(shop.problems, entry, "the name of a document");
  if (scalar === undefined) return undefined;
  const found = documentNamed(shop, scalar.text);
  if (found === undefined) {
    const { hint, fix } = unknownDocument(shop, scalar.text);
    const message = `no document named '${short(scalar.text)}'`;
    shop.problems.report("E056", scalar.range, message, {
      hint,
      fix: fix === undefined ? undefined : { range: scalar.range, text: fix },
    });
    return undefined;
  }
  const [name, document] = found;
  const wrong = placeProblem(step, name, document);
  if (wrong !== undefined) shop.problems.report("E057", scalar.range, wrong.message, { hint: wrong.hint });
  if (producersOf(shop).get(name)?.indexOf(step) === producersMax)
    shop.problems.report("E015", scalar.range, `more than ${producersMax} steps give the document '${name}'`, {
      hint: "give it once, behind them all",
    });
  checkSchema(shop, step, name, document);
  return name;
}

function checkSchema(shop: Workshop, step: StepDraft, name: string, { schema }: DeclaredDocument): void {
  const entry = step.fields.get("output");
  if (entry === undefined || schema === undefined || step.verb === "do") return;
  const own = outputSchema(shop, step);
  if (own === undefined || canonicalJson(own) === canonicalJson(schema)) return;
  shop.problems.report(
    "E058",
    entry.keyRange,
    `the output of ${called(step)} is not the schema of document '${name}'`,
    {
      hint: "remove output: the schema of the document is used",
    },
  );
}

/** The scope of a document has to be the nearest for-each around, or there would be several for one. */
function placeProblem(
  step: StepDraft,
  name: string,
  { scope }: DeclaredDocument,
): { readonly message: string; readonly hint: string } | undefined {
  const around = itemsAround({ step, at: "inside" });
  const nearest = around.at(-1);
  if (nearest === undefined && scope === undefined) return undefined;
  if (scope !== undefined && !around.some((each) => scopeOf(each) === scope))
    return {
      message: `document '${name}' lives in scope '${scope}', but this step is not inside it`,
      hint: `put it inside a step with for_each … scope: ${scope}`,
    };
  if (nearest === undefined || (scope !== undefined && scopeOf(nearest) === scope)) return undefined;
  return {
    message: `document '${name}' is one for ${scope === undefined ? "the whole run" : `each '${scope}'`}, but this step runs once per item of '${nearest.id}'`,
    hint: `give the document the scope of '${nearest.id}', or put the step outside it`,
  };
}

function unknownDocument(shop: Workshop, name: string): { readonly hint: string; readonly fix: string | undefined } {
  const known = [...shop.declared.documents.keys()];
  const meant = shop.problems.closest(name, known);
  if (meant !== undefined) return { hint: `did you mean '${meant}'?`, fix: meant };
  const hint =
    known.length === 0 ? "declare it at the top: documents: {…}" : `declared: ${known.slice(0, 8).join(", ")}`;
  return { hint, fix: undefined };
}

/** `docs.<name>` as a place sees it: what it is and which steps give it, or what is wrong with reading it there. */
export function documentAt(
  shop: Workshop,
  place: Place,
  written: string,
): DocumentType | { readonly complaint: Complaint } {
  const found = documentNamed(shop, written);
  if (found === undefined) {
    const { hint } = unknownDocument(shop, written);
    return { complaint: { code: "E056", message: `no document named '${short(written)}'`, hint } };
  }
  const [name, document] = found;
  const { scope, schema } = document;
  const producers = (producersOf(shop).get(name) ?? []).slice(0, producersMax);
  if (producers.length === 0)
    return {
      complaint: {
        code: "E056",
        message: `no step gives the document '${name}'`,
        hint: `add document: ${name} to the step whose output it is`,
      },
    };
  if (scope !== undefined && !itemsAround(place).some((each) => scopeOf(each) === scope)) {
    const opener = shop.drafts.steps.find((step) => scopeOf(step) === scope);
    return {
      complaint: {
        code: "E057",
        message: `document '${name}' lives in scope '${scope}', and this is not inside it`,
        hint:
          opener === undefined
            ? `put it inside a step with for_each … scope: ${scope}`
            : `read the list: ${nameOf(opener.id)}.output`,
      },
    };
  }
  const type = schema === undefined ? types.any : typeOfSchema(schema);
  return { name, type, steps: givers(place, producers).map(({ index }) => index) };
}

/** The steps whose document can be read; all of them, for the rules of reads to say why, when there are none. */
function givers({ step, at }: Place, producers: readonly StepDraft[]): readonly StepDraft[] {
  if (step === undefined) return producers;
  const readable = producers.filter((other) => {
    const relation = relationOf(step, other);
    return relation.kind === "beside" ? !comesLater(relation) : relation.kind === "inside" && at === "after";
  });
  return readable.length > 0 ? readable : producers.slice(0, 1);
}

import { nameOf, type StepDraft } from "../check/draft.ts";
import type { Environment, StepType } from "../expression/checker.ts";
import { listOf, objectOf, type Type, types, typeOfSchema, unionOf } from "../expression/type.ts";
import type { StepField } from "../expression/tree.ts";
import { documentAt } from "./documents.ts";
import {
  earlyEnvironment,
  earlyPlace,
  envType,
  errorType as error,
  explainName,
  runType,
} from "./early-environment.ts";
import { candidateOutput, childOutputs } from "./outputs.ts";
import { asOf, chainOf, hiddenBy, itemsAround } from "./relation.ts";
import { receiptType } from "./tool.ts";
import { undoReceipt } from "./undo.ts";
import { eventType } from "./wait.ts";
import type { Place, Workshop } from "./workshop.ts";

/** What expressions at a place can see. Made once per place. */
export function createEnvironments(shop: () => Workshop): (place: Place) => Environment {
  const made = new Map<string, Environment>();
  let common: ReadonlyMap<string, Type> | undefined;
  return (place) => {
    const key = `${place.step?.index ?? ""} ${place.at}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    common ??= commonNames(shop());
    const early = earlyPlace(place);
    const environment = early === undefined ? environmentFor(shop(), place, common) : earlyEnvironment(shop(), early);
    made.set(key, environment);
    return environment;
  };
}

/** With more problems than this in a file, nobody needs names suggested for the rest. */
const suggestingErrorsMax = 50;

function environmentFor(shop: Workshop, place: Place, common: ReadonlyMap<string, Type>): Environment {
  const { byName } = shop.drafts;
  return {
    names: namesAt(shop, place, common),
    // Steps that may not be read are found too: the rules about reads say more than "unknown name".
    step(id) {
      const step = byName.get(nameOf(id));
      return step === undefined ? undefined : stepType(shop, step, place);
    },
    document: (name) => documentAt(shop, place, name),
    get stepIds() {
      if (shop.problems.errors > suggestingErrorsMax) return [];
      const isVisible = (step: StepDraft): boolean =>
        step.list.owner === undefined || hiddenBy(step, place.step) === undefined;
      return [...byName.values()].filter((step) => step !== place.step && isVisible(step)).map(({ id }) => id);
    },
    explain: (name, field) => explainName(shop, { name, field, at: place.at }),
    permissive: shop.world.leniency?.permissive === true,
  };
}

function commonNames(shop: Workshop): ReadonlyMap<string, Type> {
  const inputs = typeOfSchema(shop.inputs);
  return new Map<string, Type>([
    ["inputs", inputs],
    // Functions may return more vars, under any name.
    ["vars", inputs.kind === "object" ? { ...inputs, open: true } : inputs],
    ["env", envType(shop)],
    ["run", runType],
  ]);
}

function namesAt(shop: Workshop, place: Place, common: ReadonlyMap<string, Type>): ReadonlyMap<string, Type> {
  const names = new Map<string, Type>([...common, ["iter", iterType(shop, place)]]);
  for (const step of itemsAround(place)) {
    names.set("index", types.integer);
    names.set(asOf(step), shop.itemOf(step));
  }
  if (place.at === "event") names.set("event", eventType);
  if (place.at === "undo" && place.step !== undefined) names.set("receipt", undoReceipt(shop, place.step));
  return names;
}

function iterType(shop: Workshop, { step, at }: Place): Type {
  const loops =
    step === undefined
      ? []
      : chainOf(step).filter((here) => here.fields.has("loop") && (here !== step || at === "after"));
  const loop = loops.at(-1);
  const body = loop?.body;
  // The steps of a loop share it: each of thousands would have a list of all of them.
  const last =
    loop === undefined || body === undefined
      ? types.null
      : shop.once<Type>(loop, "iter.last", types.any, () => unionOf([childOutputs(shop, body), types.null]));
  return objectOf({ n: types.integer, last, comment: unionOf([types.text, types.null]) });
}

const status: Type = {
  kind: "text",
  enum: ["pending", "ready", "running", "waiting", "succeeded", "failed", "cancelled", "skipped"],
};
const decision: Type = objectOf({
  outcome: { kind: "text", enum: ["accepted", "rejected", "expired"] },
  by: unionOf([types.text, types.null]),
  at: types.text,
  comment: unionOf([types.text, types.null]),
});

/** `.results` of a for-each: one entry per item, whatever became of it. */
function resultsType(output: Type): Type {
  const item = output.kind === "list" ? output.item : types.any;
  return listOf(
    objectOf({ key: types.text, index: types.integer, status, output: unionOf([item, types.null]), error }),
  );
}

/** What model calls used up. */
const usage: Type = objectOf({
  input_tokens: types.integer,
  output_tokens: types.integer,
  cached_tokens: types.integer,
  cost_usd: types.number,
});

function stepType(shop: Workshop, step: StepDraft, place: Place): StepType {
  const output = readableOutput(shop, step, place);
  const fields: Partial<Record<StepField, Type>> = { output, status, error, ...verbFields(shop, step) };
  if (step.fields.has("loop")) fields.iterations = types.integer;
  const candidate = candidateOutput(shop, step);
  if (candidate !== undefined) fields.results = resultsType(listOf(candidate));
  if (step.fields.has("for_each")) {
    fields.results = resultsType(output);
    fields.failed = fields.results;
  }
  return { step: step.index, id: step.id, fields };
}

/** What a verb leaves beside its output. */
function verbFields(shop: Workshop, step: StepDraft): Partial<Record<StepField, Type>> {
  switch (step.verb) {
    case undefined:
      return { artifacts: types.any, receipt: types.any, usage: types.any, decision: types.any };
    case "function":
    case "assignment":
      return { artifacts: types.any };
    case "agent":
      return { artifacts: types.any, usage };
    case "llm":
    case "plan":
      return { usage };
    case "approve":
      return { decision };
    case "tool": {
      // Of a for-each, every item has a receipt of its own.
      const receipt = step.fields.has("for_each") ? undefined : receiptType(shop, step);
      return receipt === undefined ? {} : { receipt };
    }
    default:
      return {};
  }
}

/** Nothing is said about the fields of an output that may not be read from here: the read itself is the mistake. */
function readableOutput(shop: Workshop, step: StepDraft, place: Place): Type {
  const isAround = place.step !== undefined && chainOf(place.step).includes(step);
  return isAround || hiddenBy(step, place.step) !== undefined ? types.any : shop.outputOf(step);
}

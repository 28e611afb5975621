import { called, type StepDraft } from "../check/draft.ts";
import { readParts, type Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { mapIn, scalarIn } from "../check/values.ts";
import { type Type, types, typeOfSchema } from "../expression/type.ts";
import { undoFields } from "../fields/shared.ts";
import type { StepPlan } from "../plan.ts";
import type { SourceEntry, SourceNode, SourceScalar } from "../source/tree.ts";
import { actionNamed } from "./effects.ts";
import { templatePart } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** `receipt` as `undo` sees it: what the write left behind. */
export function undoReceipt(shop: Workshop, step: StepDraft): Type {
  const receipt = actionNamed(shop, toolOf(step))?.receipt;
  return receipt === undefined ? types.any : typeOfSchema(receipt);
}

/** How a write is taken back. E050 for an action that does not exist, W064 where there is nothing to take back. */
export function undoPart(shop: Workshop, step: StepDraft): StepPlan["undo"] {
  const { problems } = shop;
  const entry = step.fields.get("undo");
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map such as {tool: …, with: …}");
  if (entry === undefined || map === undefined) return undefined;
  const written = readParts(map, undoFields, "in undo", problems);
  const tool = written.get("tool");
  warnOfIdle(shop, step, entry, tool?.value);
  const values = written.get("with");
  const part =
    values === undefined ? undefined : templatePart(shop, { place: { step, at: "undo" }, field: "undo" }, values.value);
  const action = tool === undefined ? missingTool(shop, step, entry, written) : actionIn(shop, tool);
  if (action === undefined) return undefined;
  return { ...action, with: part?.template ?? { kind: "literal", value: {} } };
}

function missingTool({ problems }: Workshop, step: StepDraft, entry: SourceEntry, written: Written): undefined {
  if (!written.meant.has("tool"))
    problems.report("E015", entry.keyRange, `the undo of ${called(step)} names no tool`, {
      hint: "add tool: <connector>.<action>",
    });
}

function actionIn(
  shop: Workshop,
  tool: SourceEntry,
): { readonly connector: string; readonly action: string } | undefined {
  const scalar = scalarIn(shop.problems, tool, "an action of a connector: <connector>.<action>");
  if (scalar === undefined) return undefined;
  checkAction(shop, scalar);
  const [connector = "", action = ""] = scalar.text.split(".");
  return { connector, action };
}

/** W064: an action that only reads, or that nothing takes back: it leaves no trace, or would only be repeated. */
function warnOfIdle(shop: Workshop, step: StepDraft, entry: SourceEntry, undo: SourceNode | undefined): void {
  const name = toolOf(step);
  const action = actionNamed(shop, name);
  if (action === undefined) return;
  const isItself = undo?.kind === "scalar" && undo.text === name;
  const isFinal = action.effect === "blind" && action.undo === undefined && (action.receipt === undefined || isItself);
  if (action.effect !== "read" && !isFinal) return;
  const why = isFinal ? "cannot be undone: nothing takes it back" : "only reads: there is nothing to undo";
  shop.problems.report("W064", entry.keyRange, `${short(name)} ${why}`, { hint: "remove undo" });
}

function checkAction(shop: Workshop, { text, range }: SourceScalar): void {
  const { declared, problems } = shop;
  const dot = text.indexOf(".");
  const alias = text.slice(0, dot);
  const connector = declared.connectors.get(alias);
  if (
    dot > 0 &&
    connector !== undefined &&
    (connector.descriptor === undefined || actionNamed(shop, text) !== undefined)
  )
    return;
  const { message, known, word } = missing(shop, text, alias);
  const meant = problems.closest(word, known);
  problems.report("E050", range, message, {
    hint: meant === undefined ? `known: ${known.slice(0, 8).join(", ") || "none"}` : `did you mean '${meant}'?`,
    fix: meant === undefined || word !== text ? undefined : { range, text: meant },
  });
}

/** What an action that is not there lacks: its form, its connector, or its name in the connector. */
function missing(
  { declared }: Workshop,
  text: string,
  alias: string,
): { readonly message: string; readonly known: readonly string[]; readonly word: string } {
  const { descriptor } = declared.connectors.get(alias) ?? {};
  if (!text.includes(".")) return { message: `'${short(text)}' is not <connector>.<action>`, known: [], word: text };
  if (descriptor === undefined)
    return { message: `no connector named '${short(alias)}'`, known: [...declared.connectors.keys()], word: alias };
  return {
    message: `connector '${alias}' (${descriptor.name}) has no action '${short(text.slice(alias.length + 1))}'`,
    known: Object.keys(descriptor.actions).map((each) => `${alias}.${each}`),
    word: text,
  };
}

/** True when a write of this step can be taken back: its connector knows how, or the step says so. */
export function hasUndo(shop: Workshop, step: StepDraft): boolean {
  return step.fields.has("undo") || actionNamed(shop, toolOf(step))?.undo !== undefined;
}

function toolOf({ verb, verbEntry }: StepDraft): string {
  return verb === "tool" && verbEntry.value.kind === "scalar" ? verbEntry.value.text : "";
}

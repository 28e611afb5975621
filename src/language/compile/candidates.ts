import { called, type StepDraft, writtenText } from "../check/draft.ts";
import { readParts } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { choiceIn, namesIn, reportShape, scalarIn, type WrittenName } from "../check/values.ts";
import { fieldNamed } from "../fields/field.ts";
import { stepFields } from "../fields/step-fields.ts";
import type { PickPlan } from "../plan.ts";
import { reportMissing } from "./one-of.ts";
import type { Workshop } from "./workshop.ts";

/** What a name stands for that a step works with. */
export type AliasKind = "model" | "agent";

/** Candidates of one step at most: each is a call of its own. */
const candidatesMax = 20;

/** The aliases that an `llm` or `agent` step names, in the order of the file. E046, E047, E078. */
export function candidatesOf(shop: Workshop, step: StepDraft, kind: AliasKind): readonly string[] {
  const { problems } = shop;
  const { verbEntry } = step;
  const names = namesIn(
    problems,
    verbEntry,
    `the alias of ${kind === "agent" ? "an" : "a"} ${kind}, or a list of them`,
  );
  if (names?.length === 0) reportShape(problems, verbEntry, `the alias of at least one ${kind}`);
  if (names !== undefined && names.length > candidatesMax) {
    problems.report("E015", verbEntry.value.range, `${verbEntry.key} names more than ${candidatesMax} ${kind}s`, {
      hint: "each of them is a call of its own",
    });
  }
  const candidates = (names ?? []).slice(0, candidatesMax);
  for (const name of candidates) checkAlias(shop, name, kind);
  checkPick(shop, step, kind, candidates);
  return candidates.map(({ name }) => name);
}

/** E046 or E047 for an alias that nothing declares. */
export function checkAlias(shop: Workshop, { name, node }: WrittenName, kind: AliasKind): void {
  const declared = kind === "model" ? shop.declared.models : shop.declared.agents;
  if (declared.has(name)) return;
  const alias = /^[\w-]+$/.test(name) ? name : "name";
  const pin = kind === "model" ? "<provider>/<model>" : "<agent>@<version>";
  reportMissing(shop, {
    code: kind === "model" ? "E046" : "E047",
    range: node.range,
    message: `no ${kind} named '${short(name)}'`,
    word: name,
    known: declared.keys(),
    none: `declare it: ${kind}s: { ${alias}: ${pin} }`,
  });
}

/** E078: several candidates and `pick` go together, and candidates are told apart by their alias. */
function checkPick(shop: Workshop, step: StepDraft, kind: AliasKind, names: readonly WrittenName[]): void {
  const { problems } = shop;
  const { verbEntry, fields } = step;
  const pick = fields.get("pick");
  const isList = verbEntry.value.kind === "list";
  if (isList && names.length > 0 && pick === undefined && !fields.meant.has("pick")) {
    problems.report(
      "E078",
      verbEntry.value.range,
      `${called(step)} names a list of ${kind}s but not how one is picked`,
      {
        hint: `add pick: first | all | majority | {best: <model>}`,
      },
    );
  }
  if (!isList && pick !== undefined) {
    problems.report("E078", pick.keyRange, `${called(step)} has one ${kind}: there is nothing to pick from`, {
      hint: `name a list: ${verbEntry.key}: [${short(names[0]?.name ?? "first")}, …], or remove pick`,
    });
  }
  const seen = new Set<string>();
  for (const { name, node } of names) {
    if (seen.has(name))
      problems.report("E078", node.range, `${called(step)} names the ${kind} '${short(name)}' twice`, {
        hint: "candidates are told apart by their alias: declare the pin under a second one, or keep one",
      });
    seen.add(name);
  }
}

/** How one of several results is chosen; undefined when nothing is picked. E046 for a judge that is no model. */
export function pickPlan(shop: Workshop, step: StepDraft): PickPlan | undefined {
  const { problems } = shop;
  const entry = step.fields.get("pick");
  if (entry === undefined) return undefined;
  if (entry.value.kind !== "map") return choiceIn(problems, entry, ["first", "all", "majority"] as const);

  const written = readParts(entry.value, fieldNamed(stepFields, "pick")?.or?.fields ?? [], "in pick", problems);
  const best = written.get("best");
  if (best === undefined) {
    return written.meant.has("best")
      ? undefined
      : reportShape(
          problems,
          entry,
          "first, all, majority or {best: <model>}",
          "name the model that judges: {best: …}",
        );
  }
  const scalar = scalarIn(problems, best, "the alias of the model that judges");
  if (scalar === undefined) return undefined;
  checkAlias(shop, { name: scalar.text, node: scalar }, "model");
  return { best: scalar.text };
}

/** Whether all results are kept, as a list. */
export function picksAll(step: StepDraft): boolean {
  return writtenText(step, "pick") === "all";
}

/** Whether any of the models or agents that a step names is there: of what an unknown one gives, nothing is said. */
export function knowsCandidate({ declared }: Workshop, { verb, verbEntry }: StepDraft): boolean {
  const { value } = verbEntry;
  const known = verb === "agent" ? declared.agents : declared.models;
  const named = value.kind === "list" ? value.items : [value];
  return named.some((node) => node.kind === "scalar" && known.has(node.text));
}

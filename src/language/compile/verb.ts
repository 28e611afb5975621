import type { StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { scalarIn } from "../check/values.ts";
import type { Template, VerbPlan } from "../plan.ts";
import { approvePlan } from "./gate.ts";
import { templatePart, textPart } from "./parts.ts";
import { valuePart } from "./step-values.ts";
import { waitPlan } from "./wait.ts";
import type { Workshop } from "./workshop.ts";

const nothing: Template = { kind: "literal", value: {} };

/** What a step does; undefined when it has no verb that this build carries out, which was reported. */
export function verbPlan(shop: Workshop, step: StepDraft): VerbPlan | undefined {
  switch (step.verb) {
    case "function":
    case "assignment":
      return {
        kind: step.verb,
        name: moduleName(shop, step, step.verb),
        with: valuePart(shop, step)?.template ?? nothing,
      };
    case "set":
      return { kind: "set", value: valuePart(shop, step)?.template ?? nothing };
    case "do":
      return doPlan(shop, step);
    case "approve":
      return approvePlan(shop, step);
    case "wait":
      return waitPlan(shop, step);
    case "fail":
      return {
        kind: "fail",
        message: textPart(shop, { place: { step, at: "inside" }, field: "fail" }, step.verbEntry) ?? nothing,
      };
    default:
      readValues(shop, step);
      return undefined;
  }
}

/** What these verbs read makes them wait, whatever else is made of them. */
function readValues(shop: Workshop, step: StepDraft): void {
  valuePart(shop, step);
  for (const field of ["prompt", "system", "goal", "messages"]) {
    const entry = step.fields.get(field);
    if (entry !== undefined) templatePart(shop, { place: { step, at: "inside" }, field }, entry.value);
  }
}

function doPlan(shop: Workshop, step: StepDraft): VerbPlan {
  const { mode = "sequential", steps = [] } = step.body ?? {};
  const output = valuePart(shop, step)?.template;
  return { kind: "do", mode, children: steps.map((child) => child.index), ...(output !== undefined && { output }) };
}

/** The module that is called; E048 when there is none of this name. */
function moduleName(shop: Workshop, step: StepDraft, verb: "function" | "assignment"): string {
  const { world, problems } = shop;
  const scalar = scalarIn(problems, step.verbEntry, `the name of ${verb === "assignment" ? "an" : "a"} ${verb}`);
  if (scalar === undefined) return "";

  const name = scalar.text;
  const folder = `${verb}s`;
  const known = verb === "function" ? world.functions : world.assignments;
  if (known.includes(name)) return name;

  const meant = problems.closest(name, known);
  const expected = /^[A-Za-z0-9][\w-]*$/.test(name)
    ? `expected ${folder}/${name}.mjs or .ts`
    : `a name has letters, digits, '_' and '-'`;
  problems.report("E048", scalar.range, `no executor for ${verb} '${short(name)}'`, {
    hint: meant === undefined ? expected : `${expected} — did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: scalar.range, text: meant },
  });
  return name;
}

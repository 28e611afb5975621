import type { StepDraft } from "../check/draft.ts";
import { scalarIn } from "../check/values.ts";
import type { Template, VerbPlan } from "../plan.ts";
import { agentPlan } from "./agent.ts";
import { approvePlan } from "./gate.ts";
import { llmPlan } from "./llm.ts";
import { checkModule } from "./modules.ts";
import { textPart } from "./parts.ts";
import { plannerPlan } from "./planner.ts";
import { valuePart } from "./step-values.ts";
import { subWorkflowPlan } from "./sub-workflow.ts";
import { toolPlan } from "./tool.ts";
import { waitPlan } from "./wait.ts";
import type { Workshop } from "./workshop.ts";

const nothing: Template = { kind: "literal", value: {} };

/** What a step does; undefined when it has no verb, which was reported. */
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
    case "llm":
      return llmPlan(shop, step);
    case "agent":
      return agentPlan(shop, step);
    case "tool":
      return toolPlan(shop, step);
    case "workflow":
      return subWorkflowPlan(shop, step);
    case "plan":
      return plannerPlan(shop, step);
    case undefined:
      return undefined;
  }
}

function doPlan(shop: Workshop, step: StepDraft): VerbPlan {
  const { mode = "sequential", steps = [] } = step.body ?? {};
  const output = valuePart(shop, step)?.template;
  return { kind: "do", mode, children: steps.map((child) => child.index), ...(output !== undefined && { output }) };
}

/** The module that is called; E048 when there is none of this name. */
function moduleName(shop: Workshop, step: StepDraft, verb: "function" | "assignment"): string {
  const wanted = `the name of ${verb === "assignment" ? "an" : "a"} ${verb}`;
  const scalar = scalarIn(shop.problems, step.verbEntry, wanted);
  if (scalar === undefined) return "";
  checkModule(shop, { name: scalar.text, node: scalar }, verb);
  return scalar.text;
}

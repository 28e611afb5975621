import type { StepDraft } from "../check/draft.ts";
import { choiceIn, namesIn, textIn } from "../check/values.ts";
import { stepFields } from "../fields/step-fields.ts";
import type { AgentPlan } from "../plan.ts";
import { acceptsBlind, toolsOf, workspaceOf } from "./actions.ts";
import { askPlan } from "./ask.ts";
import { candidatesOf } from "./candidates.ts";
import { numberField } from "./numbers.ts";
import { defined, whenWritten } from "./optional.ts";
import { orderOf } from "./prompt.ts";
import type { Workshop } from "./workshop.ts";

const workspaces = ["shared", "worktree", "temp"] as const;

/** A coding agent at work, or several. E025, E047, E050, E051, E065, E071, E078, E081. */
export function agentPlan(shop: Workshop, step: StepDraft): AgentPlan {
  const { problems } = shop;
  const { fields } = step;
  const tools = toolsOf(shop, step);
  acceptsBlind(shop, step, tools.actions);
  const workspace = whenWritten(fields.get("workspace"), (entry) => choiceIn(problems, entry, workspaces));
  return defined({
    kind: "agent" as const,
    agents: candidatesOf(shop, step, "agent"),
    role: whenWritten(fields.get("role"), (entry) => textIn(problems, entry)),
    profile: whenWritten(fields.get("profile"), (entry) => textIn(problems, entry)),
    skills:
      whenWritten(fields.get("skills"), (entry) => namesIn(problems, entry, "a list of skills"))?.map(
        ({ name }) => name,
      ) ?? [],
    prompt: orderOf(shop, step, "prompt"),
    workspace: workspace ?? (workspaceOf(step) === "worktree" ? ("worktree" as const) : ("shared" as const)),
    tools: tools.names,
    turnsMax: numberField(problems, fields, stepFields, "max_turns"),
    ask: askPlan(shop, step),
  });
}

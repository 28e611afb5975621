import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { Plan, StepPlan } from "../../language/plan.ts";
import { type Change, compareNames } from "./change.ts";

/** What a version may write that the one before could not, and the other way round. An action of which nothing is known counts as a write. */
export function writeChanges(before: Plan, after: Plan, connectors: readonly ConnectorDescriptor[]): readonly Change[] {
  const { added, removed } = compareNames(writesOf(before, connectors), writesOf(after, connectors), () => true);
  return [
    ...added.map(([name, steps]): Change => ({
      kind: "write.added",
      name,
      text: `writes with ${name}, in ${steps.join(", ")}`,
      grave: true,
    })),
    ...removed.map(([name]): Change => ({ kind: "write.removed", name, text: `no longer writes with ${name}` })),
  ];
}

/** Steps by what they may write with: `zendesk.update_ticket`, `agent codex`. */
function writesOf(plan: Plan, connectors: readonly ConnectorDescriptor[]): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const step of plan.steps) {
    for (const name of new Set([...actionsOf(step, plan, connectors), ...agentsOf(step, plan)]))
      found.set(name, [...(found.get(name) ?? []), step.id]);
  }
  return Object.fromEntries([...found].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function agentsOf({ verb }: StepPlan, { agents = {} }: Plan): readonly string[] {
  const aliases = verb.kind === "agent" ? verb.agents : verb.kind === "plan" ? verb.allow.agents : [];
  return aliases.map((alias) => `agent ${nameOf(agents[alias]?.use ?? alias)}`);
}

function actionsOf(step: StepPlan, plan: Plan, connectors: readonly ConnectorDescriptor[]): readonly string[] {
  return toolsOf(step).flatMap((tool) => {
    const dot = tool.indexOf(".");
    const alias = tool.slice(0, dot);
    const use = plan.connectors?.[alias]?.use ?? alias;
    return writesIn(use, tool.slice(dot + 1), connectors);
  });
}

/** `helpdesk.update_ticket`, or `helpdesk.*`, by the alias of the file. */
function toolsOf({ verb, undo }: StepPlan): readonly string[] {
  const undone = undo === undefined ? [] : [`${undo.connector}.${undo.action}`];
  switch (verb.kind) {
    case "tool":
      return [`${verb.connector}.${verb.action}`, ...undone];
    case "llm":
    case "agent":
      return [...verb.tools, ...undone];
    case "plan":
      return [...verb.allow.tools, ...undone];
    default:
      return undone;
  }
}

function writesIn(use: string, action: string, connectors: readonly ConnectorDescriptor[]): readonly string[] {
  const name = nameOf(use);
  const descriptor = connectors.find((each) => `${each.name}@${each.version}` === use);
  const actions = descriptor?.actions ?? {};
  const names = action === "*" && descriptor !== undefined ? Object.keys(actions) : [action];
  return names.filter((each) => actions[each]?.effect !== "read").map((each) => `${name}.${each}`);
}

function nameOf(pin: string): string {
  const at = pin.indexOf("@");
  return at === -1 ? pin : pin.slice(0, at);
}

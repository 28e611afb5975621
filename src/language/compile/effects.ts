import { type StepDraft, writtenText } from "../check/draft.ts";
import type { ActionDescriptor } from "../connector.ts";
import { entryOf, type SourceNode } from "../source/tree.ts";
import type { Workshop } from "./workshop.ts";

/** An action that a step may carry out, with what is known of it. */
export interface KnownAction {
  /** `helpdesk.update_ticket`. */
  readonly name: string;
  readonly descriptor: ActionDescriptor;
}

/** The actions that a step may carry out, as far as they are known: what is wrong with their names is said where they are checked. */
export function actionsOf(shop: Workshop, step: StepDraft): readonly KnownAction[] {
  return shop.once<readonly KnownAction[]>(step, "known actions", [], () =>
    namesOf(step).flatMap((name) => actionsNamed(shop, name)),
  );
}

/** The action of this name; undefined when it, its connector or the connector's descriptor is not known. */
export function actionNamed(shop: Workshop, name: string): ActionDescriptor | undefined {
  return actionsNamed(shop, name).find((each) => each.name === name)?.descriptor;
}

function actionsNamed({ declared }: Workshop, name: string): readonly KnownAction[] {
  const dot = name.indexOf(".");
  const alias = name.slice(0, dot);
  const actions = declared.connectors.get(alias)?.descriptor?.actions ?? {};
  const action = name.slice(dot + 1);
  if (action === "*")
    return Object.entries(actions).map(([each, descriptor]) => ({ name: `${alias}.${each}`, descriptor }));
  const descriptor = Object.hasOwn(actions, action) ? actions[action] : undefined;
  return descriptor === undefined ? [] : [{ name, descriptor }];
}

function namesOf(step: StepDraft): readonly string[] {
  switch (step.verb) {
    case "tool":
      return textsIn(step.verbEntry.value);
    case "llm":
    case "agent":
      return textsIn(step.fields.get("tools")?.value);
    case "plan": {
      const allow = step.fields.get("allow")?.value;
      return allow?.kind === "map" ? textsIn(entryOf(allow, "tools")?.value) : [];
    }
    default:
      return [];
  }
}

function textsIn(node: SourceNode | undefined): readonly string[] {
  if (node?.kind === "list") return node.items.flatMap(textsIn);
  return node?.kind === "scalar" ? [node.text] : [];
}

/** True for a step that may carry out an action that writes. */
export function writesByTool(shop: Workshop, step: StepDraft): boolean {
  return actionsOf(shop, step).some(({ descriptor }) => descriptor.effect !== "read");
}

/** True for a step whose result must not be taken from an earlier run, because it changes something. */
export function isWrite(shop: Workshop, step: StepDraft): boolean {
  return ["agent", "plan", "workflow"].includes(step.verb ?? "") || writesByTool(shop, step);
}

/** True when nobody could tell, after an interruption, what was done; an agent in the folder that all share is such a case. */
export function isBlind(shop: Workshop, step: StepDraft): boolean {
  const workspace = writtenText(step, "workspace") ?? (step.fields.has("pick") ? "worktree" : "shared");
  if (step.verb === "agent" && workspace === "shared") return true;
  return actionsOf(shop, step).some(({ descriptor }) => descriptor.effect === "blind");
}

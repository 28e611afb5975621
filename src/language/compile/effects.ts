import type { StepDraft } from "../check/draft.ts";
import type { ActionDescriptor } from "../connector.ts";
import { toolsOf } from "./actions.ts";
import type { Workshop } from "./workshop.ts";

/** An action that a step may carry out, with what is known of it. */
export interface KnownAction {
  /** `helpdesk.update_ticket`. */
  readonly name: string;
  readonly descriptor: ActionDescriptor;
}

/** The actions that a step may carry out, as far as they are known: what is wrong with their names is said where they are checked. */
export function actionsOf(shop: Workshop, step: StepDraft): readonly KnownAction[] {
  return toolsOf(shop, step).actions.flatMap(({ name, descriptor }) =>
    descriptor === undefined ? [] : [{ name, descriptor }],
  );
}

/** The action of this name; undefined when it, its connector or the connector's descriptor is not known. */
export function actionNamed({ declared }: Workshop, name: string): ActionDescriptor | undefined {
  const dot = name.indexOf(".");
  const { actions = {} } = declared.connectors.get(name.slice(0, dot))?.descriptor ?? {};
  const action = name.slice(dot + 1);
  return Object.hasOwn(actions, action) ? actions[action] : undefined;
}

/** True for a step that may carry out an action that writes. */
export function writesByTool(shop: Workshop, step: StepDraft): boolean {
  return actionsOf(shop, step).some(({ descriptor }) => descriptor.effect !== "read");
}

/** True for a step whose result must not be taken from an earlier run, because it changes something. */
export function isWrite(shop: Workshop, step: StepDraft): boolean {
  return ["agent", "plan", "workflow"].includes(step.verb ?? "") || writesByTool(shop, step);
}

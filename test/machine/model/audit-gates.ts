import { digestJson } from "../../../src/base/digest.ts";
import { isJsonObject, type Json } from "../../../src/base/json.ts";
import type { Decider, DecisionRequest } from "../../../src/machine/decide.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import type { Gate, Instance } from "../../../src/machine/state.ts";

type Decision = Extract<RunEvent, { kind: "gate.voted" | "gate.decided" | "gate.changes-requested" }>;

const starter = "ada";

/** What somebody asked for last. */
export interface Asked {
  readonly request: DecisionRequest;
  readonly by: Decider;
}

/** What is wrong with a decision, by the rules of people alone; undefined when nothing is. */
export function checkDecision(instance: Instance, event: Decision, asked: Asked | undefined): string | undefined {
  const { gate, path } = instance;
  if (gate === undefined || asked === undefined) return `nobody asked for a decision of ${path}`;
  return (
    checkDecider(gate, event, asked) ??
    checkShown(gate, asked.request) ??
    (event.kind === "gate.decided" && event.vote.outcome === "accepted" ? checkAccepted(gate, event.output) : undefined)
  );
}

function checkDecider({ offer, votes }: Gate, { vote, path }: Decision, { by }: Asked): string | undefined {
  const whom = offer.by.join();
  if (vote.by !== by.id) return `${vote.by} is said to have decided, and ${by.id} did`;
  if (!mayDecide(by, offer.by)) return `${by.id} decided ${path}, which asks ${whom}`;
  if (vote.outcome === "accepted" && by.id === starter && !mayAcceptOwn(by, offer.by))
    return `${by.id} accepted their own run at ${path}, which asks ${whom}`;
  return votes.some((each) => each.by === by.id) ? `${by.id} decided ${path} twice` : undefined;
}

function checkShown({ offer: { question, show, editable, form } }: Gate, request: DecisionRequest): string | undefined {
  const hash = digestJson({ question, show, editable, ...(form !== undefined && { form }) });
  return request.hash === hash ? undefined : `${request.path} shows something else than what was decided`;
}

function checkAccepted({ offer, votes }: Gate, output: Json): string | undefined {
  const accepted = votes.filter(({ outcome }) => outcome === "accepted").length + 1;
  if (accepted < offer.quorum) return `accepted by ${accepted} of ${offer.quorum}`;
  // What is given there is the receipt of an operation.
  if (offer.kind !== undefined) return undefined;
  const fields = [...offer.editable, ...Object.keys(propertiesOf(offer.form))];
  return usesOnly(output, offer.show, fields) ? undefined : "it gives something that was neither shown nor asked for";
}

function mayDecide({ id, roles }: Decider, by: readonly string[]): boolean {
  if (roles.includes("*")) return true;
  return by.some((who) => who === id || roles.includes(who) || (who === "requester" && id === starter));
}

/** Whoever started the run accepts it only when the gate names them themselves; where one person has every role, there is no second one. */
function mayAcceptOwn({ id, roles }: Decider, by: readonly string[]): boolean {
  return roles.includes("*") || by.includes(id) || by.includes("requester");
}

function propertiesOf(form: Json | undefined): object {
  const properties = isJsonObject(form ?? null) ? (form as { readonly properties?: Json }).properties : undefined;
  return isJsonObject(properties ?? null) ? (properties as object) : {};
}

function usesOnly(output: Json, show: Json, fields: readonly string[]): boolean {
  if (!isJsonObject(output) || !isJsonObject(show)) return true;
  return Object.entries(output).every(([name, value]) => fields.includes(name) || value === show[name]);
}

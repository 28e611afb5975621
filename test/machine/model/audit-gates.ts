import { digestJson } from "../../../src/base/digest.ts";
import { isJsonObject, type Json } from "../../../src/base/json.ts";
import type { Decider, DecisionRequest } from "../../../src/machine/decide.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import type { Instance } from "../../../src/machine/state.ts";

type Decision = Extract<RunEvent, { kind: "gate.voted" | "gate.decided" | "gate.changes-requested" }>;

const starter = "ada";

/** What is wrong with a decision, by the rules of people alone; undefined when nothing is. */
export function checkDecision(
  { gate, path }: Instance,
  event: Decision,
  asked: { readonly request: DecisionRequest; readonly by: Decider } | undefined,
): string | undefined {
  if (gate === undefined || asked === undefined) return `nobody asked for a decision of ${path}`;
  const { by, request } = asked;
  const { offer } = gate;
  if (event.vote.by !== by.id) return `${event.vote.by} is said to have decided, and ${by.id} did`;
  if (!mayDecide(by, offer.by)) return `${by.id} decided ${path}, which asks ${offer.by.join()}`;
  if (event.vote.outcome === "accepted" && by.id === starter && !mayAcceptOwn(by, offer.by))
    return `${by.id} accepted their own run at ${path}, which asks ${offer.by.join()}`;
  if (gate.votes.some((vote) => vote.by === by.id)) return `${by.id} decided ${path} twice`;

  const { question, show, editable, form } = offer;
  const hash = digestJson({ question, show, editable, ...(form !== undefined && { form }) });
  if (request.hash !== undefined && request.hash !== hash) return `${path} shows something else than what was decided`;
  if (event.kind !== "gate.decided" || event.vote.outcome !== "accepted") return undefined;
  const accepted = gate.votes.filter(({ outcome }) => outcome === "accepted").length + 1;
  if (accepted < offer.quorum) return `${path} was accepted by ${accepted} of ${offer.quorum}`;
  return usesOnly(event.output, show, [...editable, ...Object.keys(propertiesOf(form))])
    ? undefined
    : `${path} gives something that was neither shown nor asked for`;
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

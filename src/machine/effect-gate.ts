import { digestJson } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { EffectClass } from "../language/connector.ts";
import type { GateOffer, Operation, PolicyMark, RunEvent, StepError, Target } from "./event.ts";
import { end, setStatus, setWaiting } from "./lifecycle.ts";
import { type Gate, type Instance, operationName, type RunState } from "./state.ts";

interface About {
  readonly operation: Operation;
  readonly key: string;
  readonly class: EffectClass;
}

/** Why an operation has to wait for people. */
export type Hold = About &
  (
    | {
        readonly kind: "effect-unknown";
        readonly begunAt: number;
        readonly target?: Target;
        readonly policy?: PolicyMark;
      }
    | {
        readonly kind: "effect-approval";
        readonly target: Target;
        readonly policy: PolicyMark;
        readonly reason: string;
        readonly asks: { readonly count: number; readonly roles: readonly string[] };
      }
  );

type Opening = Extract<RunEvent, { kind: "effect.unknown" | "effect.held" }>;

/** Whoever started a run may say what became of its operations, and so may everybody who has every role. */
const settlers: readonly string[] = ["requester"];

/** The event with which a gate opens in the place of a step whose operation has to wait. */
export function holdEvent({ path }: Instance, hold: Hold): Opening {
  const { operation } = hold;
  const gate = offerOf(path, hold);
  if (hold.kind === "effect-unknown") return { kind: "effect.unknown", v: 1, path, operation, gate };
  const { target, policy } = hold;
  return { kind: "effect.held", v: 1, path, operation, target, policy, gate };
}

/** What was, or would be, sent is shown by its digest: its arguments are kept nowhere but in the step's input. */
function offerOf(path: string, hold: Hold): GateOffer {
  const { kind, operation, key, target, policy } = hold;
  const { name, digest } = operation;
  const what = target?.name ?? name;
  const facts: JsonObject = {
    target: what,
    operation: operationName(operation),
    digest: digest ?? null,
    key,
    class: hold.class,
    ...(policy !== undefined && { policy: { rules: policy.rules, version: policy.version } }),
  };
  const offer =
    hold.kind === "effect-unknown"
      ? {
          question: `Was ${what} of step ${path} carried out? Nobody knows; look in the system that it calls.`,
          show: { ...facts, begun_at: new Date(hold.begunAt).toISOString() },
          editable: ["receipt"],
          by: settlers,
          quorum: 1,
        }
      : {
          question: `May step ${path} call ${what}? ${hold.reason}`,
          show: facts,
          editable: [],
          by: hold.asks.roles,
          quorum: hold.asks.count,
        };
  return {
    ...offer,
    hash: digestJson({ question: offer.question, show: offer.show, editable: offer.editable }),
    kind,
    operation,
  };
}

/** True when people have allowed this operation, with these arguments, under these rules. */
export function isGranted(
  { grants = [] }: Instance,
  { name, occurrence, digest }: Operation,
  version: string,
): boolean {
  return grants.some(
    ({ version: under, operation: allowed }) =>
      under === version && allowed.name === name && allowed.occurrence === occurrence && allowed.digest === digest,
  );
}

/** The attempt ends uncounted, and its step waits at a gate in its place. */
export function openEffectGate(state: RunState, instance: Instance, event: Opening, at: number): void {
  if (!state.calls.has(instance) || instance.cancelling) {
    const message = `Event ${event.kind} of ${instance.path} cannot follow: no attempt of its step is under way.`;
    throw new RunwrightError("machine.illegal", message);
  }
  instance.gate = { offer: event.gate, openedAt: at, votes: [], escalated: false, reminders: 0, state: "open" };
  setWaiting(state, instance, event.kind === "effect.unknown" ? "reconcile" : "gate", undefined);
  state.gates.add(instance);
}

type Decided = Extract<RunEvent, { kind: "gate.decided" }>;

/** What a decision of such a gate means: the attempt goes on with what is known now, or its step fails. */
// eslint-disable-next-line max-params -- an event with everything it changes
export function settleEffect(state: RunState, instance: Instance, gate: Gate, event: Decided, at: number): void {
  const { offer } = gate;
  if (event.vote.outcome === "rejected") {
    instance.error = refusal(instance, offer, event.vote.by);
    return end(state, instance, "failed", at);
  }
  if (offer.operation !== undefined) {
    if (offer.kind === "effect-approval") grant(instance, offer.operation, offer);
    else settle(instance, offer.operation, event);
  }
  state.gates.delete(instance);
  setStatus(state, instance, "ready");
  instance.continues = true;
  // What people took for it is not the step's own time.
  if (instance.firstStartedAt !== undefined) instance.firstStartedAt += at - gate.openedAt;
}

function grant(instance: Instance, operation: Operation, { show }: GateOffer): void {
  instance.grants = [...(instance.grants ?? []), { operation, version: versionIn(show) }];
}

/** The digest of the rules that were in force when it was asked: part of what was shown. */
function versionIn(show: Json): string {
  const { policy } = show as { readonly policy?: PolicyMark };
  return policy?.version ?? "";
}

function settle(instance: Instance, operation: Operation, { vote, output }: Decided): void {
  const name = operationName(operation);
  const before = instance.effects?.get(name);
  // Its answer came all the same, while people were asked: that is what is true.
  if (before === undefined || before.receipt !== undefined) return;
  instance.effects?.set(name, vote.outcome === "retry" ? { ...before, again: true } : { ...before, receipt: output });
}

function refusal({ path }: Instance, { kind, operation }: GateOffer, by: string): StepError {
  const name = operation?.name ?? "";
  return kind === "effect-unknown"
    ? {
        code: "effect.unknown",
        message: `Nobody knows whether '${name}' of step ${path} was carried out, and ${by} let the step fail.`,
      }
    : { code: "policy.denied", message: `${by} did not allow '${name}' of step ${path}.` };
}

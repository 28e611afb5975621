import { limits } from "../../src/base/limits.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { objectAt } from "../stand-ins/stand-in.ts";
import type { Desk } from "./desk.ts";
import type { Kill, Said } from "./life.ts";
import { type OperationName, operationNames } from "./points.ts";

/** An event of an operation, as the journal has it. */
export interface Stored {
  readonly at: number;
  readonly event: Extract<RunEvent, { kind: `effect.${string}` }>;
  readonly operation: OperationName;
}

/** What is wrong, by what was promised. */
export const promises = [
  /** Done more often than once. */
  "doubled",
  /** Not done, though the run has ended well. */
  "missing",
  /** Left again although it had its receipt. */
  "repeated",
  /** Left before its intent was durable. */
  "early",
  /** Had two keys. */
  "unstable",
  /** Looked for while it could still arrive. */
  "hasty",
  /** Nobody knew whether it was done, and nobody was asked. */
  "hidden",
  /** The run did not come to its end. */
  "stuck",
] as const;

export type PromiseName = (typeof promises)[number];

/** What was seen of one run. */
export interface Findings {
  readonly broken: Readonly<Record<PromiseName, readonly OperationName[]>>;
  /** Blind operations of which nobody knew, and gates that were opened for them. */
  readonly unknown: number;
  readonly asked: number;
  /** Calls that left, looks, and receipts of the idempotent write by what they say of what stood there before. */
  readonly left: number;
  readonly looks: number;
  readonly before: string;
}

/** Compares what a process said, what its journal holds and what was done at the desk. */
export interface Witness {
  readonly hear: (said: readonly Said[]) => void;
  /** After each life, with the kill that ended it. */
  readonly look: (stored: readonly Stored[], kill: Kill | undefined) => void;
  readonly conclude: (desk: Pick<Desk, "entries">) => Findings;
}

const writes = ["keyed", "readback", "conditional", "idempotent", "blind", "tool"] as const;

/** A witness of one run, which has seen nothing. */
export function createWitness(): Witness {
  const broken = Object.fromEntries(promises.map((name) => [name, []])) as unknown as Record<
    PromiseName,
    OperationName[]
  >;
  const received = new Set<OperationName>();
  const leaving: OperationName[] = [];
  const keys = new Map<OperationName, string>();
  const looks: { readonly operation: OperationName; readonly at: number }[] = [];
  let heard: readonly Said[] = [];
  let last: readonly Stored[] = [];
  let unknown = 0;
  let wasSettled = false;

  return {
    hear(said) {
      heard = said;
    },
    look(stored, kill) {
      last = stored;
      const intended = new Map(
        stored.flatMap((each) => (each.event.kind === "effect.intended" ? [[each.operation, each.event.key]] : [])),
      );
      for (const said of heard) {
        if (said.kind === "leaves") noteLeaving(said.operation, said.key, intended);
        if (said.kind === "looks") looks.push(said);
        if (said.kind === "settles" && said.outcome === "accepted") wasSettled = true;
      }
      for (const { operation, event } of stored) if (isReceipt(event)) received.add(operation);
      if (kill !== undefined && isUnknown(stored)) unknown += 1;
    },
    conclude(desk) {
      const asked = last.filter(({ event }) => event.kind === "effect.unknown").length;
      const ended = heard.at(-1);
      if (ended?.kind !== "ended" || ended.status !== "completed") broken.stuck.push("model-2");
      if (asked !== unknown) broken.hidden.push("blind");
      for (const look of looks) if (isHasty(look)) broken.hasty.push(look.operation);
      // What somebody saw at the desk is kept with their decision.
      if (wasSettled) received.add("blind");
      for (const operation of operationNames) if (!received.has(operation)) broken.missing.push(operation);
      countDone(desk);
      return { broken, unknown, asked, left: leaving.length, looks: looks.length, before: beforeOf(last) };
    },
  };

  function noteLeaving(operation: OperationName, key: string, intended: ReadonlyMap<OperationName, string>): void {
    leaving.push(operation);
    if ((keys.get(operation) ?? key) !== key) broken.unstable.push(operation);
    keys.set(operation, key);
    if (received.has(operation)) broken.repeated.push(operation);
    if (intended.get(operation) !== key) broken.early.push(operation);
  }

  function countDone(desk: Pick<Desk, "entries">): void {
    for (const operation of writes) {
      const done = timesDone(desk, operation);
      if (done > 1) broken.doubled.push(operation);
      if (done < 1) broken.missing.push(operation);
    }
  }

  /** Nothing of an attempt can arrive any more half a minute after its time. */
  function isHasty({ operation, at }: { readonly operation: OperationName; readonly at: number }): boolean {
    return last.some(
      (each) =>
        each.event.kind === "effect.intended" &&
        each.operation === operation &&
        each.at <= at &&
        at < (each.event.deadline ?? Infinity) + limits.stragglerMs,
    );
  }
}

function isReceipt({ kind }: Stored["event"]): boolean {
  return kind === "effect.received" || kind === "effect.reconciled";
}

/** Whether the blind operation was begun, its outcome is not known, and nobody has been asked about that yet. */
function isUnknown(stored: readonly Stored[]): boolean {
  const latest = stored.findLast(({ operation }) => operation === "blind");
  return latest?.event.kind === "effect.intended";
}

function timesDone({ entries }: Pick<Desk, "entries">, operation: (typeof writes)[number]): number {
  if (operation === "tool") return entries.filter(({ kind, item }) => kind === "keyed" && item === "ask").length;
  return entries.filter(({ kind, item }) => kind === operation && item !== "ask").length;
}

/** What the receipt of the idempotent write says of what stood there before. */
function beforeOf(stored: readonly Stored[]): string {
  const event = stored.find((each) => each.operation === "idempotent" && isReceipt(each.event))?.event;
  const receipt = event !== undefined && "receipt" in event ? objectAt(event.receipt, "receipt") : {};
  return JSON.stringify(objectAt(receipt, "before")["value"] ?? null);
}

import type { RunKey } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { Effect, EffectTarget } from "../../src/ports/action.ts";
import type { AuditEntry } from "../../src/ports/audit.ts";
import type { Append, AppendResult } from "../../src/ports/journal.ts";
import type { Policy, PolicyDecision, PolicyRequest } from "../../src/ports/policy.ts";
import type { Stage } from "./stage.ts";

export const desk = "workflow: w\nconnectors: { desk: zendesk@3.2.0 }\n";
export const write: string = `${desk}steps: [{ id: write, tool: desk.update_ticket, with: { id: "7" } }]\n`;
export const target: EffectTarget = { kind: "tool", name: "zendesk@3.2.0/update_ticket", arguments: { id: "7" } };
export const update: Effect = { name: "desk.update_ticket", class: "keyed", digest: "d".repeat(64), target };

export async function eventsOf(world: Stage, key: RunKey): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const segment of world.store.journal.read(key, 1))
    events.push(...(JSON.parse(segment.events) as readonly RunEvent[]));
  return events;
}

export async function storyOf(world: Stage, key: RunKey): Promise<readonly string[]> {
  return (await eventsOf(world, key)).map(({ kind }) => kind).filter((kind) => !kind.startsWith("run."));
}

export function policyOf(decide: (request: PolicyRequest) => Partial<PolicyDecision>): Policy {
  return {
    decide: (request) => ({ outcome: "allow", rules: ["r1"], version: "v1", reason: "so.", ...decide(request) }),
  };
}

export async function settled(world: Stage, doing: Promise<void>): Promise<void> {
  doing.catch(() => undefined);
  await world.settle();
  await doing;
  await world.settle();
}

export async function errorOf(world: Stage, key: RunKey): Promise<readonly (string | undefined)[]> {
  const { summary } = await world.row(key);
  return [summary.status, summary.error?.code];
}

/** Keeps what every commit told the books; an engine is to be opened after it. */
export function audited(world: Stage): AuditEntry[] {
  const entries: AuditEntry[] = [];
  const { journal } = world.store;
  const append = journal.append.bind(journal);
  const watched = async (batch: readonly Append[]): Promise<readonly AppendResult[]> => {
    const results = await append(batch);
    for (const [index, each] of batch.entries()) if (results[index] === "ok") entries.push(...(each.audit ?? []));
    return results;
  };
  Object.assign(journal, { append: watched });
  return entries;
}

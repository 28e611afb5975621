import type { RunKey } from "../../src/base/ids.ts";
import { equalJson } from "../../src/base/json.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { readEvents } from "../../src/ports/stored-event.ts";
import type { Store } from "../../src/ports/store.ts";

type Started = Extract<RunEvent, { kind: "run.created" }>;
type Finished = Extract<RunEvent, { kind: "run.finished" }>;

/** What a run says of itself and of the runs that its steps started. */
interface Member {
  readonly created: Started | undefined;
  readonly finished: Finished | undefined;
  /** Runs by the step that started them. */
  readonly children: ReadonlyMap<string, { readonly run: string; readonly detach: boolean }>;
  /** Steps that ended with an output of their own. */
  readonly outputs: ReadonlyMap<string, Extract<RunEvent, { kind: "step.succeeded" }>>;
}

/** Everything that is wrong between runs and those that their steps started, once all of them have ended. */
export async function auditFamilies(store: Store, keys: readonly RunKey[]): Promise<readonly string[]> {
  const members = new Map<string, Member>();
  for (const key of keys) members.set(key.run, await memberOf(store, key));
  const found: string[] = [];
  const owners = new Set<string>();
  for (const [run, { created }] of members) {
    const parent = created?.parent;
    if (parent === undefined) continue;
    const owner = `${parent.run} ${parent.path}`;
    if (owners.has(owner)) found.push(`${owner} has started more than one run`);
    owners.add(owner);
    if (members.get(parent.run)?.children.get(parent.path)?.run !== run)
      found.push(`${run} was started by ${owner}, which does not know of it`);
  }
  for (const [run, member] of members) found.push(...brokenChildren(run, member, members));
  return found;
}

function brokenChildren(run: string, member: Member, members: ReadonlyMap<string, Member>): readonly string[] {
  const found: string[] = [];
  for (const [path, { run: child, detach }] of member.children) {
    const other = members.get(child);
    const end = other?.finished;
    const succeeded = member.outputs.get(path);
    if (other === undefined) found.push(`${run} started ${child} at ${path}, and it is not there`);
    if (detach || succeeded === undefined) continue;
    if (end?.status !== "completed" || !equalJson(end.output, succeeded.output ?? null))
      found.push(`${path} of ${run} has another end than ${child}`);
  }
  return found;
}

async function memberOf(store: Store, key: RunKey): Promise<Member> {
  let created: Started | undefined;
  let finished: Finished | undefined;
  const children = new Map<string, { readonly run: string; readonly detach: boolean }>();
  const outputs = new Map<string, Extract<RunEvent, { kind: "step.succeeded" }>>();
  for await (const segment of store.journal.read(key, 1)) {
    for (const event of await readEvents(store.journal, key, segment)) {
      if (event.kind === "run.created") created = event;
      if (event.kind === "run.finished") finished = event;
      if (event.kind === "child.started") children.set(event.path, event);
      if (event.kind === "step.succeeded") outputs.set(event.path, event);
    }
  }
  return { created, finished, children, outputs };
}

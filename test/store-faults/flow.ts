import { isDeepStrictEqual } from "node:util";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteReader, openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import type { RunKey } from "../../src/base/ids.ts";
import type { Committed, Engine } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { Action } from "../../src/ports/action.ts";
import type { Segment } from "../../src/ports/journal.ts";
import { noHash, segmentHash } from "../../src/ports/segment-hash.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { ada, scope, versionOf } from "../engine/stage.ts";

/** What one flow went through. */
export interface FlowReport {
  /** Broken promises, each with a sentence. */
  readonly problems: readonly string[];
  /** How often the store had to be opened, faults at opening counted. */
  readonly opened: number;
  /** Codes that clients were told. */
  readonly told: readonly string[];
}

const workflow = `
workflow: faults
steps:
  - { id: first, function: work }
  - { id: each, for_each: "\${[1, 2]}", function: work }
  - { id: ask, approve: "Go on?", by: [local:ada] }
  - { id: last, function: work }
`;
const roundsMax = 60;
const retryMs = 1000;

/**
 * Carries one run to its end over the real store in `folder`, opening it again whenever the engine stops. Faults may come at any time until
 * `over` is called; then what was acknowledged is compared with what is there.
 */
export async function flow(folder: string, over: () => void): Promise<FlowReport> {
  const clock = createManualClock(1_700_000_000_000);
  const acked: Committed[] = [];
  const ended = new Set<string>();
  const problems: string[] = [];
  const told: string[] = [];
  let key: RunKey | undefined;
  let decided = false;
  let opened = 0;

  const action: Action = {
    run({ path }) {
      if (ended.has(path)) problems.push(`${path} was called again after its end was durable`);
      return Promise.resolve({ output: path });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  for (let life = 1; life <= 3; life += 1) {
    opened += 1;
    try {
      if (await live()) break;
    } catch (error) {
      told.push(`open: ${toRunwrightError(error).code}`);
    }
  }
  over();
  problems.push(...(await look(folder, { acked, key, decided })));
  return { problems, opened, told };

  /** One process; true when the run has ended. */
  async function live(): Promise<boolean> {
    await using opening = new AsyncDisposableStack();
    const holder = { pid: process.pid, host: "here", startedAt: 0 };
    const store = opening.use(await openSqliteStore({ folder, holder, synchronous: "full" }));
    const host = opening.use(createLocalHost(clock, () => undefined));
    const randomBytes = () => crypto.getRandomValues(new Uint8Array(10));
    const engine = opening.use(await openEngine({ store, host, action, clock, chance: () => 0.5, randomBytes }));
    let failed = false;
    engine.failed.catch(() => (failed = true));
    engine.subscribe((committed) => {
      acked.push(committed);
      for (const event of committed.events) if (event.kind === "step.succeeded") ended.add(event.path);
    });

    for (let round = 1; round <= roundsMax; round += 1) {
      const acting = act(engine).catch((error: unknown) => void told.push(toRunwrightError(error).code));
      await settle();
      // A clock that stands still would let whoever waits for a retry or a poll wait for ever.
      clock.runNext(retryMs);
      await settle();
      if (failed) return false;
      const row = key === undefined ? undefined : await engine.row(key).catch(() => undefined);
      if (row !== undefined && isTerminal(row.summary.status)) return (await acting, true);
    }
    problems.push(`the run did not end in ${roundsMax} rounds`);
    return true;
  }

  /** What a client does: starts, and decides, and asks again after an error. */
  async function act(engine: Engine): Promise<void> {
    if (key === undefined) {
      const version = versionOf(workflow);
      const request = { scope, principal: ada, version, input: {}, env: {}, dedupeKey: "once" };
      ({ key } = (await engine.start(request)).row);
    }
    const [gate] = (await engine.row(key)).summary.gates;
    if (decided || gate === undefined) return;
    await engine.decide(key, ada, { path: gate.path, outcome: "accepted" });
    decided = true;
  }

  async function settle(): Promise<void> {
    // Small writes are committed in a turn of their own, behind which the next round may begin.
    for (let idle = 0; idle < 3; idle += 1) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (clock.runSoon()) idle = 0;
    }
  }
}

interface Promised {
  readonly acked: readonly Committed[];
  readonly key: RunKey | undefined;
  readonly decided: boolean;
}

/** Compares what was acknowledged with what the folder holds. */
async function look(folder: string, { acked, key, decided }: Promised): Promise<readonly string[]> {
  using reader = openSqliteReader(folder);
  const rows = await reader.journal.list(scope, { limit: 10 });
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) return [`${rows.length} runs instead of one`];
  const segments: Segment[] = [];
  for await (const segment of reader.journal.read(row.key, 1)) segments.push(segment);
  const events = segments.flatMap((segment) => JSON.parse(segment.events) as RunEvent[]);

  const problems = [...chainProblems(segments), ...lostCommits(acked, events), ...doubled(events)];
  if (key !== undefined && row.key.run !== key.run) problems.push(`run ${key.run} is gone`);
  if (row.summary.status !== "completed") problems.push(`the run is ${row.summary.status}`);
  if (decided && !events.some(({ kind }) => kind === "gate.decided")) problems.push("the decision is gone");
  return problems;
}

function chainProblems(segments: readonly Segment[]): readonly string[] {
  const problems: string[] = [];
  let hash: string = noHash;
  let next = 1;
  for (const segment of segments) {
    if (segment.seq !== next) problems.push(`a gap before ${segment.seq}`);
    hash = segmentHash(hash, segment.seq, segment.events);
    if (hash !== segment.hash) problems.push(`the chain is broken at ${segment.seq}`);
    next = segment.seq + segment.count;
  }
  return problems;
}

function lostCommits(acked: readonly Committed[], events: readonly RunEvent[]): readonly string[] {
  return acked.flatMap(({ seq, events: told }) => {
    const found = events.slice(seq - 1, seq - 1 + told.length);
    return isDeepStrictEqual(found, JSON.parse(JSON.stringify(told))) ? [] : [`commit ${seq} is gone`];
  });
}

function doubled(events: readonly RunEvent[]): readonly string[] {
  return ["first", "each[0]", "each[1]", "last"].flatMap((path) => {
    const times = events.filter((event) => event.kind === "step.succeeded" && event.path === path).length;
    return times === 1 ? [] : [`${path} succeeded ${times} times`];
  });
}

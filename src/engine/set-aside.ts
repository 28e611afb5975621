import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { ParentRun, RunEvent } from "../machine/event.ts";
import { setAsideError } from "../machine/finish.ts";
import type { Append, Journal, Post, RunRow, RunSummary, Segment } from "../ports/journal.ts";
import type { DriverNews } from "./driver.ts";
import { endPost } from "./family.ts";
import { nextSegment, tailAfter } from "./segment.ts";

/** What became of a run that was set aside. */
export interface Aside {
  readonly news: DriverNews;
  /** What other runs are told of it. */
  readonly posts: readonly Post[];
}

/**
 * Ends a run that the engine never survived (semantics I16), and says what became of it; undefined where somebody else was faster.
 *
 * It is not rebuilt for that, since whatever it does to the engine may lie in its events: only its last segment is read, and the first one, for the
 * run that waits for it. Runs that it started go on.
 */
export async function setAside(journal: Journal, found: RunRow, nowMs: number): Promise<Aside | undefined> {
  const { key, tries: deaths } = found;
  const lease = await journal.takeOver(key);
  const row = await journal.row(key);
  if (row === undefined || row.summary.endedAt !== undefined) return undefined;

  const last = await segmentAt(journal, key, row.lastSeq);
  const at = Math.max(last.at, nowMs);
  const event: RunEvent = { kind: "run.set-aside", v: 1, deaths };
  const segment = nextSegment(tailAfter(last), [JSON.stringify(event)], at);
  const summary = summaryAside(row.summary, deaths, at);
  const { parent, startedBy: principal } = createdIn(await segmentAt(journal, key, 1));
  const end = { status: "failed", output: null, error: setAsideError(deaths) } as const;
  const posts = parent === undefined ? [] : [endPost(key, parent, { end, principal, at })];
  const append: Append = { lease, segment, summary, consumed: [], startsCalls: false, posts };
  const [result] = await journal.append([append]);
  if (result !== "ok") return undefined;
  return { news: { seq: segment.seq, at, events: [event], told: [], summary }, posts };
}

async function segmentAt(journal: Journal, key: RunKey, seq: number): Promise<Segment> {
  for await (const segment of journal.read(key, seq)) return segment;
  throw new RunwrightError("journal.damaged", `The journal of run ${key.run} has no event ${seq}.`);
}

function createdIn(first: Segment): { readonly parent?: ParentRun; readonly startedBy: string } {
  const [event] = JSON.parse(first.events) as readonly RunEvent[];
  if (event?.kind !== "run.created")
    throw new RunwrightError("journal.damaged", "The first event of a run is another.");
  return event;
}

/** Its steps stand as they stood. */
function summaryAside({ counts }: RunSummary, deaths: number, at: number): RunSummary {
  return { status: "failed", error: setAsideError(deaths), counts, gates: [], updatedAt: at, endedAt: at };
}

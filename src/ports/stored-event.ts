import { digestText } from "../base/digest.ts";
import { hasCode, RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { RunEvent } from "../machine/event.ts";
import type { Blob, Journal } from "./journal.ts";

/** An event as the journal keeps it, and the large values of it, which are kept beside the journal. */
export interface StoredEvent {
  readonly text: string;
  readonly blobs: readonly Blob[];
}

/** Digests of the values that are kept beside the journal, by field; in the event itself they stand as null. */
type Blobs = Readonly<Record<string, string>>;

/** Fields of the machine's own making, of which each part is a value of its own: what a gate shows may be some step's output. */
const records: ReadonlySet<string> = new Set(["gate", "vote"]);

/**
 * Puts an event into the form that is stored; `text` is its JSON.
 *
 * A value of more than `limits.inlineBytesMax` goes beside the journal. Which ones did stands in `blobs`, a field that no event has: whatever a
 * user's value looks like, it is never taken for a reference.
 */
export function storedEvent(event: RunEvent, text: string = JSON.stringify(event)): StoredEvent {
  if (text.length <= limits.inlineBytesMax) return { text, blobs: [] };

  const found = new Map<string, Blob>();
  const fields: Record<string, unknown> = { ...event };
  for (const [name, value] of Object.entries(event)) {
    fields[name] = records.has(name)
      ? Object.fromEntries(Object.entries(value).map(([part, each]) => [part, inline(`${name}.${part}`, each)]))
      : inline(name, value);
  }
  if (found.size === 0) return { text, blobs: [] };
  const blobs: Blobs = Object.fromEntries(Array.from(found, ([name, { digest }]) => [name, digest]));
  return { text: JSON.stringify({ ...fields, blobs }), blobs: [...found.values()] };

  function inline(name: string, value: unknown): unknown {
    if (value === null || (typeof value !== "object" && typeof value !== "string")) return value;
    const body = JSON.stringify(value);
    if (body.length <= limits.inlineBytesMax) return value;
    found.set(name, { digest: digestText(body), body });
    return null;
  }
}

/**
 * The events of a segment, with every value in its place: the one way in which they are read.
 *
 * Throws `journal.damaged` when a value that they name is not there, or is not the one that was stored.
 */
export async function readEvents(
  journal: Pick<Journal, "blobs">,
  key: RunKey,
  segment: { readonly events: string },
): Promise<readonly RunEvent[]> {
  const events = JSON.parse(segment.events) as readonly (RunEvent & { readonly blobs?: Blobs })[];
  const digests = new Set(events.flatMap(({ blobs }) => (blobs === undefined ? [] : Object.values(blobs))));
  if (digests.size === 0) return events;
  const values = await fetchValues(journal, key, [...digests]);
  return events.map((event) => (event.blobs === undefined ? event : filledIn(event, event.blobs, values)));
}

async function fetchValues(
  journal: Pick<Journal, "blobs">,
  key: RunKey,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Json>> {
  const bodies = await fetchBlobs(journal, key, digests);
  return new Map(Array.from(bodies, ([digest, body]) => [digest, JSON.parse(body) as Json]));
}

/** JSON texts by their digests. Throws `journal.damaged`, with the run and the digest, when one is missing or is another text. */
export async function fetchBlobs(
  journal: Pick<Journal, "blobs">,
  key: RunKey,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  try {
    const bodies = await journal.blobs(key, digests);
    for (const digest of digests) {
      if (digestText(bodies.get(digest) ?? "") !== digest)
        throw new RunwrightError("journal.damaged", `The value ${digest} is not what was stored. Restore a backup.`);
    }
    return bodies;
  } catch (error) {
    if (!hasCode(error, "journal.damaged")) throw error;
    throw new RunwrightError("journal.damaged", `Run ${key.run} cannot be read: ${error.message}`, { cause: error });
  }
}

/** The event as it happened. The order of its fields is that of the event, too. */
function filledIn(
  event: RunEvent & { readonly blobs?: Blobs },
  blobs: Blobs,
  values: ReadonlyMap<string, Json>,
): RunEvent {
  const { blobs: _blobs, ...fields } = event;
  const filled: Record<string, unknown> = fields;
  for (const [place, digest] of Object.entries(blobs)) {
    const [name = "", part] = place.split(".");
    const value = values.get(digest);
    filled[name] = part === undefined ? value : { ...(filled[name] as object), [part]: value };
  }
  return filled as unknown as RunEvent;
}

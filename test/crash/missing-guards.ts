import type { Journal, Segment } from "../../src/ports/journal.ts";

/** What a journal can do wrong, for controls that must be found out. */
export type MissingGuard =
  | "none"
  /** Some appends are acknowledged and never written. */
  | "forgets"
  /** Appends are acknowledged at once and written a moment later: calls leave before their start is durable. */
  | "writes-behind"
  /** After a restart the last segment of a run is overlooked, and what it tells is done again. */
  | "retries-blindly";

const forgetEvery = 5;
const behindMs = 300;

/** The journal, without one of its guards. */
export function journalWithout(guard: MissingGuard, journal: Journal): Journal {
  switch (guard) {
    case "none":
      return journal;
    case "forgets":
      return forgetful(journal);
    case "writes-behind":
      return behind(journal);
    case "retries-blindly":
      return blind(journal);
  }
}

function forgetful(journal: Journal): Journal {
  let appends = 0;
  return {
    ...journal,
    append(batch) {
      appends += 1;
      return appends % forgetEvery === 0 ? Promise.resolve(batch.map(() => "ok" as const)) : journal.append(batch);
    },
  };
}

function behind(journal: Journal): Journal {
  let written: Promise<unknown> = Promise.resolve();
  return {
    ...journal,
    append(batch) {
      const before = written;
      const wait = new Promise((resolve) => void setTimeout(resolve, behindMs));
      written = Promise.all([before, wait]).then(() => journal.append(batch));
      return Promise.resolve(batch.map(() => "ok" as const));
    },
  };
}

function blind(journal: Journal): Journal {
  const seen = new Set<string>();
  return {
    ...journal,
    read(key, fromSeq) {
      const first = !seen.has(key.run);
      seen.add(key.run);
      return first ? withoutLast(journal.read(key, fromSeq)) : journal.read(key, fromSeq);
    },
  };
}

async function* withoutLast(segments: AsyncIterable<Segment>): AsyncGenerator<Segment, void> {
  let held: Segment | undefined;
  for await (const segment of segments) {
    if (held !== undefined) yield held;
    held = segment;
  }
  // A run cannot be read without its beginning.
  if (held?.seq === 1) yield held;
}

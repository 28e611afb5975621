import { apply } from "../../src/machine/apply.ts";
import { machineNumber } from "../../src/machine/event.ts";
import { next } from "../../src/machine/next.ts";
import type { ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { Segment } from "../../src/ports/journal.ts";
import { stage, versionOf } from "../engine/stage.ts";
import { type Golden, replay } from "./golden.ts";
import type { Story } from "./stories.ts";

/** Lives a story through with a real engine, and gives its journal and what came of it. */
export async function live(story: Story): Promise<Golden> {
  const { about, text, input, more, changed, work, result, policy, live: goOn } = story;
  const carryOut = async (call: ActionCall): Promise<ActionResult> => ({
    output: (await work?.(call)) ?? { path: call.path },
  });
  const world = await stage(result ?? carryOut, undefined, undefined, policy === undefined ? {} : { policy });
  const compiled = versionOf(text);
  const version = changed?.(compiled) ?? compiled;
  const key = await world.start(text, input, { ...more, version });
  await world.settle();
  await goOn?.(world, key);

  const segments: Segment[] = [];
  for await (const segment of world.store.journal.read(key, 1)) segments.push(segment);
  const digests = new Set(segments.flatMap(({ events }) => events.match(/[0-9a-f]{64}/g) ?? []));
  const blobs: Record<string, string> = {};
  for (const digest of digests) {
    const found = await world.store.journal.blobs(key, [digest]).catch(() => new Map<string, string>());
    const body = found.get(digest);
    if (body !== undefined) blobs[digest] = body;
  }
  const golden = { about, machine: machineNumber, key, plan: version.plan, segments, blobs, steps: [], summary: null };
  return { ...golden, ...(await replay(golden, { apply, next })) };
}

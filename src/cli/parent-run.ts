import type { History } from "../app/runs.ts";

/** More runs than can stand above one another. */
const depthMax = 1000;

/** The run that runs this one as a step, where there is one. */
export async function parentOf(source: Pick<History, "history">, run: string): Promise<string | undefined> {
  for await (const { events } of source.history(run, 1)) {
    const [first] = events;
    return first?.kind === "run.created" ? first.parent?.run : undefined;
  }
  return undefined;
}

/** The run at the top, which no other runs. */
export async function topOf(source: Pick<History, "history">, run: string): Promise<string> {
  let top = run;
  for (let depth = 0; depth < depthMax; depth += 1) {
    const parent = await parentOf(source, top);
    if (parent === undefined) break;
    top = parent;
  }
  return top;
}

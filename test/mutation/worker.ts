// A process that runs files of tests against one mutant after the other. Each mutant has its own copies of all modules of the project, by a
// mark behind their addresses; packages are loaded once.
import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { pathToFileURL } from "node:url";
import { collected } from "./collector.ts";
import type { Covered, Outcome, Request } from "./messages.ts";

const root = process.argv[2] ?? "";
const rootUrl = pathToFileURL(`${root}/`).href;
const collectorUrl = new URL("collector.ts", import.meta.url).href;
const sources = new Map<string, string>();
/** Path and text of the file that is not as it was. */
let changed: { readonly file: string; readonly source: string } | undefined;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const mark = /\?mutant=\d+$/.exec(context.parentURL ?? "")?.[0] ?? /\?mutant=\d+$/.exec(specifier)?.[0];
    if (mark === undefined) return nextResolve(specifier, context);
    if (specifier === "node:test") return { url: collectorUrl, shortCircuit: true };
    const found = nextResolve(specifier, context);
    const isOwn = found.url.startsWith(rootUrl) && found.url.endsWith(".ts");
    return isOwn ? { ...found, url: found.url + mark } : found;
  },
  load(url, context, nextLoad) {
    const [address = "", mark] = url.split("?");
    if (mark?.startsWith("mutant=") !== true || !address.endsWith(".ts")) return nextLoad(url, context);
    const file = address.slice(rootUrl.length);
    const source = file === changed?.file ? stripTypeScriptTypes(changed.source) : stripped(file);
    return { format: "module", source, shortCircuit: true };
  },
});

process.on("message", (request: Request) => {
  void answer(request).then((outcome) => process.send?.(outcome));
});
process.on("unhandledRejection", () => undefined);

function stripped(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const made = stripTypeScriptTypes(readFileSync(`${root}/${file}`, "utf8"));
  sources.set(file, made);
  return made;
}

async function answer({ id, change, tests, cover = false, skip = [] }: Request): Promise<Outcome> {
  changed = change;
  const beganMs = performance.now();
  const session = cover ? startCoverage() : undefined;
  const failed = await failures({ id, tests, skip, all: cover });
  const covered = session === undefined ? undefined : await coverageOf(session);
  return { id, ms: performance.now() - beganMs, failed, ...(covered !== undefined && { covered }) };
}

/** The tests that fail: the first, or all of them. */
async function failures({
  id,
  tests,
  skip,
  all,
}: Required<Pick<Request, "id" | "tests" | "skip">> & { readonly all: boolean }): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const file of tests) {
    collected.length = 0;
    try {
      await import(`${rootUrl}${file}?mutant=${id}`);
    } catch {
      return [...failed, `${file}: it does not load`];
    }
    for (const { name, run } of collected) {
      const title = `${file}: ${name}`;
      if (skip.includes(title)) continue;
      try {
        await run({ diagnostic: () => undefined });
      } catch {
        failed.push(title);
        if (!all) return failed;
      }
    }
  }
  return failed;
}

function startCoverage(): Session {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return session;
}

function coverageOf(session: Session): Promise<Covered> {
  return new Promise((resolve, reject) => {
    session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      session.disconnect();
      if (error !== null) return reject(error);
      const own = result.filter(({ url }) => url.startsWith(rootUrl));
      resolve(
        own.map(({ url, functions }) => ({
          file: url.slice(rootUrl.length).split("?")[0] ?? "",
          ranges: functions.flatMap(({ ranges }) =>
            ranges.map(({ startOffset, endOffset, count }) => [startOffset, endOffset, count > 0] as const),
          ),
        })),
      );
    });
  });
}

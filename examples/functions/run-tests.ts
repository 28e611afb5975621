import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

interface Context {
  readonly input: { readonly branch: string };
  readonly signal: AbortSignal;
}

type Check = (branch: string) => unknown;

const folder = path.resolve("tests");
const filesMax = 50;
const testTimeMsMax = 10_000;

/**
 * Calls the tests of the project, modules in `tests/` whose default export throws when something is wrong, one after the other.
 * Functions may not start programs; a project that tests with one gives that work to an agent.
 */
export default async function run(ctx: Context): Promise<{ output: { passed: boolean; failures: string[] } }> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => /\.(?:ts|mjs)$/.test(file)).toSorted();
  if (files.length === 0) return { output: { passed: false, failures: ["There is no test in tests/."] } };
  if (files.length > filesMax) throw new Error(`tests/ has ${files.length} tests; at most ${filesMax} are run.`);

  const failures: string[] = [];
  for (const file of files) {
    ctx.signal.throwIfAborted();
    const problem = await problemOf(file, ctx.input.branch);
    if (problem !== undefined) failures.push(`${file}: ${problem}`);
  }
  return { output: { passed: failures.length === 0, failures } };
}

/** What one test says is wrong; undefined when it passes. */
async function problemOf(file: string, branch: string): Promise<string | undefined> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${testTimeMsMax / 1000} s`)), testTimeMsMax);
  try {
    const place = path.join(folder, file);
    // A process is kept for several calls: a test that has changed meanwhile is another module.
    const url = `${pathToFileURL(place).href}?changed=${(await stat(place)).mtimeMs}`;
    const { default: check } = (await import(url)) as { readonly default: Check };
    await Promise.race([check(branch), tooLong]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

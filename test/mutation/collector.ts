/** A test as a file states it. */
export interface Collected {
  readonly name: string;
  readonly run: (context: Context) => unknown;
}

/** What a test is given. */
interface Context {
  readonly diagnostic: (message: string) => void;
}

/** The tests of the file that was loaded last; stands in for `node:test` where files of tests are run again and again in one process. */
export const collected: Collected[] = [];

type Run = Collected["run"];
interface Options {
  readonly skip?: boolean | string;
}

/** Notes a test. */
export function test(name: string, options: Options | Run, run?: Run): void {
  if (typeof options === "function") collected.push({ name, run: options });
  else if (run !== undefined && (options.skip === undefined || options.skip === false)) collected.push({ name, run });
}

/** Notes the tests of a group. */
export function describe(name: string, run: () => void): void {
  const from = collected.length;
  run();
  const own = collected.splice(from);
  collected.push(...own.map((each) => ({ ...each, name: `${name}: ${each.name}` })));
}

import type { Config } from "../app/config.ts";
import type { RunReader } from "../app/runs.ts";
import { RunwrightError } from "../base/error.ts";
import { openReader } from "./open-reader.ts";

/** The full id of a run that is named by it, by the beginning of it that fits no other, or by `latest`. */
export async function findRun(runs: Pick<RunReader, "list">, name: string): Promise<string> {
  if (name === "latest") {
    const [newest] = await runs.list({ limit: 1 });
    if (newest === undefined) throw new RunwrightError("run.not-found", "There is no run yet.");
    return newest.key.run;
  }

  // Ids sort as texts, and `~` sorts after every character of an id: the last ones before `<name>~` are those that begin with the name.
  const found = await runs.list({ before: `${name}~`, limit: 2 });
  const [first, second] = found.map(({ key }) => key.run).filter((run) => run.startsWith(name));
  if (first === undefined) throw new RunwrightError("run.not-found", `There is no run ${name}.`);
  if (first === name || second === name) return name;
  if (second !== undefined) {
    throw new RunwrightError(
      "usage.invalid",
      `${name} fits several runs, for example ${first} and ${second}: write more of the id.`,
    );
  }
  return first;
}

/** The same, read from the data folder beside whoever holds it: a wrong name disturbs nobody. */
export async function findRunOf(config: Config, name: string): Promise<string> {
  await using reader = openReader(config);
  return await findRun(reader, name);
}

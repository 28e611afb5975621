import type { ExitCode } from "./exit.ts";
import type { GlobalOptions, Session } from "./session.ts";

/** Carries a command out and keeps its exit code. */
export type Carry = (
  work: (session: Session) => Promise<ExitCode> | ExitCode,
  options?: Pick<GlobalOptions, "jsonl">,
) => Promise<void>;

export const versionArgument = "a workflow file, or a published version: `triage@3`, or `triage` for the latest";
export const runArgument = "a run id, the beginning of one, or `latest`";

/** The values of an option that may be repeated. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

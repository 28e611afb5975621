import { RunwrightError } from "../../base/error.ts";
import type { ChildState, CurrentCall } from "./child-state.ts";

/** How a process came to its end. */
export interface ProcessEnd {
  /** `ended with exit code 1`. */
  readonly how: string;
  /** What it printed to stderr last. */
  readonly lastWords: string;
  readonly root: string;
}

/** The error of a call whose process has ended before it answered. */
export function errorOfEnd(current: CurrentCall, { killedFor }: ChildState, end: ProcessEnd): RunwrightError {
  if (current.dying !== undefined) return withPlace(current.dying, end);
  const outOfMemory = /heap out of memory|Array buffer allocation failed/.test(end.lastWords);
  const what = killedFor === undefined ? `${end.how} during the call` : `was ended: ${killedFor}`;
  const message = `The process of ${current.hooks.name} ${what}.${outOfMemory ? " It ran out of memory." : ""}`;
  return new RunwrightError("function.crashed", message);
}

/** Node prints the place of a syntax error only when the error ends the process: first line, `file:///…/hello.mjs:3`. */
function withPlace(error: RunwrightError, { lastWords, root }: ProcessEnd): RunwrightError {
  const place = /^(?:file:\/\/)?(\/\S+):(\d+)$/m.exec(lastWords);
  if (place?.[1] === undefined) return error;
  const file = decodeURI(place[1]).replace(`${root.replaceAll("\\", "/")}/`, "");
  return new RunwrightError(error.code, `${error.message.replace(/\.$/, "")} (${file}:${place[2]}).`);
}

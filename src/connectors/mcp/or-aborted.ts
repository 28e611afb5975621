import { RunwrightError } from "../../base/error.ts";

/** What others wait for too: whoever is aborted leaves, and the work goes on for the others. */
export async function orAborted<T>(shared: Promise<T>, what: string, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => aborted.reject(new RunwrightError("call.aborted", `The call of ${what} was aborted.`));
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([shared, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

import type { Client } from "@modelcontextprotocol/client";
import { RunwrightError } from "../../base/error.ts";
import type { McpLimits } from "./limits.ts";
import { orAborted } from "./or-aborted.ts";
import { factsOf, type ToolFacts } from "./tools.ts";

/** The tools of one server, as it describes them now. */
export interface ToolList {
  /** Asked again only after the server said that they changed, or after a while. */
  current(what: string, signal: AbortSignal): Promise<readonly ToolFacts[]>;
  /** The server said that they changed. */
  forget(): void;
}

/** Nothing known yet. `failure` says what an error means for those who wait. */
export function createToolList(
  client: Client,
  limits: McpLimits,
  failure: (error: unknown, what: string) => RunwrightError,
): ToolList {
  let listed: { readonly tools: Promise<readonly ToolFacts[]>; readonly atMs: number } | undefined;

  return {
    current(what, signal) {
      if (listed === undefined || performance.now() - listed.atMs > limits.listAgeMsMax) listed = asked(what);
      return orAborted(listed.tools, what, signal);
    },
    forget() {
      listed = undefined;
    },
  };

  function asked(what: string): NonNullable<typeof listed> {
    const one = { tools: ask(`The list of tools of ${what}`), atMs: performance.now() };
    one.tools.catch(() => {
      if (listed === one) listed = undefined;
    });
    return one;
  }

  /** Asks on behalf of all that wait for it: no signal of theirs ends it. */
  async function ask(what: string): Promise<readonly ToolFacts[]> {
    try {
      const { tools } = await client.listTools(undefined, { timeout: limits.openMsMax, cacheMode: "refresh" });
      if (tools.length <= limits.toolsMax) return factsOf(tools);
    } catch (error) {
      throw failure(error, what);
    }
    throw new RunwrightError(
      "tool.bad-answer",
      `${what} is longer than ${limits.toolsMax}, which is the most that is read.`,
    );
  }
}

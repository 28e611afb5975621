import type * as Module from "@modelcontextprotocol/client";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { RunwrightError } from "../../base/error.ts";
import type { ProcessGroup } from "../../processes/process-group.ts";
import type { McpLimits } from "./limits.ts";

/** The pipes of a server, and what it said when it ended. */
export interface PipeTransport extends Transport {
  /** Why nothing more comes; undefined while it serves. */
  readonly ending: () => RunwrightError | undefined;
}

type Sdk = typeof Module;

/**
 * Messages over the pipes of a program, one JSON text a line.
 *
 * The client's own would give the program variables that nobody named, and end it without what it started.
 */
export function createPipeTransport(sdk: Sdk, start: () => ProcessGroup, limits: McpLimits): PipeTransport {
  const buffer = new sdk.ReadBuffer({ maxBufferSize: limits.answerBytesMax });
  let group: ProcessGroup | undefined;
  let lastWords = "";
  let ending: RunwrightError | undefined;

  const transport: PipeTransport = {
    ending: () => ending,
    async start() {
      group = start();
      const { ended, stdout, stderr } = group;
      stdout.on("data", heard);
      stderr.on("data", (chunk: Buffer) => {
        lastWords = (lastWords + chunk.toString("utf8")).slice(-limits.lastWordsChars);
      });
      void ended.then(({ words }) => end(new RunwrightError("tool.unavailable", `The server ${words}${tail()}.`)));
      return Promise.resolve();
    },
    send(message) {
      if (ending !== undefined) return Promise.reject(ending);
      return new Promise((resolve, reject) => {
        group?.stdin.write(sdk.serializeMessage(message), (error) => {
          if (error) reject(new RunwrightError("tool.unavailable", "The server reads no more."));
          else resolve();
        });
      });
    },
    async close() {
      end(new RunwrightError("tool.unavailable", "The connection to the server was closed."));
      await group?.stop(limits.stopMs);
    },
  };
  return transport;

  function heard(chunk: Buffer): void {
    if (ending !== undefined) return;
    try {
      buffer.append(chunk);
    } catch {
      end(
        new RunwrightError(
          "tool.bad-answer",
          `The server answered with more than ${limits.answerBytesMax} bytes at once.`,
        ),
      );
      group?.kill();
      return;
    }
    for (let message = next(); message !== null; message = next()) transport.onmessage?.(message);
  }

  function next(): JSONRPCMessage | null {
    for (;;) {
      try {
        return buffer.readMessage();
      } catch (error) {
        // A line that is no message: what servers print by mistake. The next line may be one.
        transport.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  function end(why: RunwrightError): void {
    if (ending !== undefined) return;
    ending = why;
    buffer.clear();
    transport.onclose?.();
  }

  function tail(): string {
    const said = lastWords.trim().split("\n").slice(-3).join(" | ");
    return said === "" ? "" : `, after saying: ${said}`;
  }
}

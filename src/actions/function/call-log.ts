import { StringDecoder } from "node:string_decoder";
import type { LogLevel } from "../../ports/logs.ts";
import type { FunctionLimits } from "./limits.ts";

/** The log of one call: what the module logged and printed, within bounds. */
export interface CallLog {
  line(level: LogLevel, text: string): void;
  /** Printed bytes, of any size and cut anywhere. */
  printed(level: "stdout" | "stderr", chunk: Buffer): void;
  /** Writes out lines without an end. */
  end(): void;
}

/** Passes lines on until the limits are reached, then says once that more was left out. `flood` is called when far too much was printed. */
export function createCallLog(
  limits: FunctionLimits,
  emit: (level: LogLevel, text: string) => void,
  flood: () => void,
): CallLog {
  const streams = new Map<"stdout" | "stderr", { readonly decoder: StringDecoder; rest: string }>();
  let linesLeft = limits.logLinesMax;
  let bytesLeft = limits.logBytesMax;
  let printedBytes = 0;
  let full = false;

  return {
    line,
    printed(level, chunk) {
      printedBytes += chunk.length;
      if (printedBytes > limits.printedBytesMax) return flood();
      if (full) return;

      const stream = streams.get(level) ?? { decoder: new StringDecoder(), rest: "" };
      streams.set(level, stream);
      const lines = (stream.rest + stream.decoder.write(chunk)).split("\n");
      stream.rest = lines.pop() ?? "";
      for (const text of lines) line(level, text);
      if (stream.rest.length < limits.logLineBytesMax) return;
      line(level, stream.rest);
      stream.rest = "";
    },
    end() {
      for (const [level, { rest, decoder }] of streams) {
        const text = rest + decoder.end();
        if (text !== "") line(level, text);
      }
    },
  };

  function line(level: LogLevel, text: string): void {
    if (full) return;
    linesLeft -= 1;
    bytesLeft -= Buffer.byteLength(text);
    if (linesLeft >= 0 && bytesLeft >= 0) return emit(level, text);

    full = true;
    emit(
      "warn",
      `More was logged or printed than the ${limits.logLinesMax} lines and ${limits.logBytesMax} bytes that are kept of a call.`,
    );
  }
}

import { createReadStream } from "node:fs";
import { messageOf, RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";

/** The lines of a file, however long the file is. Throws `usage.invalid` for a file that cannot be read, and for a line beyond every bound. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, "utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
      if (rest.length > limits.auditLineCharsMax)
        throw new RunwrightError(
          "usage.invalid",
          `${file} has a line of more than ${limits.auditLineCharsMax} characters.`,
        );
    }
  } catch (error) {
    if (error instanceof RunwrightError) throw error;
    throw new RunwrightError("usage.invalid", `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  if (rest !== "") yield rest;
}

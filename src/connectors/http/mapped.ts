import { hasCode, messageOf, RunwrightError } from "../../base/error.ts";

/** Works out what is made of an answer: where that fails, the answer is not what it was taken for. */
export function mapped<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!hasCode(error, "expression.failed") && !hasCode(error, "expression.too-expensive")) throw error;
    throw new RunwrightError("tool.bad-answer", `The answer is not what the descriptor expects. ${messageOf(error)}`);
  }
}

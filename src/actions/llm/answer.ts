import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Schema } from "../../language/plan.ts";
import { validateValue } from "../../language/schema/validate.ts";
import type { ModelReply } from "../../ports/model.ts";

/** What a step makes of an answer, or why it is none. */
export type Answer = { readonly output: Json } | { readonly problem: string };

const problemsShownMax = 5;

/** An answer as the step's output: its text, or with a schema the value that the text holds. */
export function answerOf(reply: ModelReply, schema: Schema | undefined): Answer {
  if (schema === undefined) return { output: reply.text };
  const value = jsonIn(reply.text);
  if (value === undefined) return { problem: "The answer is not JSON." };
  const problems = validateValue(schema, value);
  if (problems.length === 0) return { output: value };
  const listed = problems
    .slice(0, problemsShownMax)
    .map(({ path, message }) => `${path === "" ? "it" : path} ${message}`);
  return { problem: `The answer does not fit its schema: ${listed.join("; ")}.` };
}

/** What a model is told when its answer is none: one more turn, and no third. */
export function repairOrder(problem: string, schema: Schema): string {
  return `${problem} Answer again, with one JSON value that fits this JSON Schema and nothing else:\n${JSON.stringify(schema)}`;
}

/** Throws for an answer that was cut short or withheld: another turn would not help. */
export function assertWhole(reply: ModelReply, step: string): void {
  if (reply.end === "length")
    throw new RunwrightError(
      "model.incomplete",
      `The answer of ${reply.served} to step ${step} was cut off after ${reply.usage.tokensOut} tokens. Raise max_tokens, or ask for less.`,
    );
  if (reply.end === "filter")
    throw new RunwrightError("model.refused", `The provider withheld the answer of ${reply.served} to step ${step}.`);
}

/** Models that were asked for JSON put it between fences all the same. */
function jsonIn(text: string): Json | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text);
  try {
    return JSON.parse(fenced?.[1] ?? text) as Json;
  } catch {
    return undefined;
  }
}

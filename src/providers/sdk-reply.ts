import type { LanguageModelMiddleware } from "ai";
import type { Json } from "../base/json.ts";
import type { ModelReply, ModelToolCall } from "../ports/model.ts";
import type { Translated } from "./sdk-request.ts";

/** What came from the model, before the SDK makes something of it. */
export type Generated = Awaited<ReturnType<NonNullable<LanguageModelMiddleware["wrapGenerate"]>>>;

/** A reply without its price. */
export type Unpriced = Omit<ModelReply, "usage" | "latencyMs"> & {
  readonly usage: Omit<ModelReply["usage"], "costUsd">;
};

/**
 * Reads what came from the model.
 *
 * An answer of which the tokens are known is always a reply and never an error, also when its text is no JSON or asks for tools that nobody
 * offered: so no token that was paid for is lost, and whoever called decides what becomes of it.
 */
export function replyOf(generated: Generated, { names, answer }: Translated, model: string): Unpriced {
  const { content, finishReason, response, structuredOutputText, usage } = generated;
  const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
  const calls = content.flatMap((part): readonly ModelToolCall[] =>
    part.type !== "tool-call" || part.providerExecuted === true
      ? []
      : [{ id: part.toolCallId, name: names.fromWire(part.toolName), input: inputOf(part.input) }],
  );
  const warnings = generated.warnings.map(noteOf);
  return {
    text: answer === undefined ? text : answer.unwrap(structuredOutputText ?? text),
    calls,
    // Some servers say `stop` or a word of their own although they ask for tools.
    end: calls.length > 0 && finishReason.unified !== "length" ? "tools" : ends[finishReason.unified],
    served: response?.modelId ?? model,
    usage: usageOf(usage),
    ...(warnings.length > 0 && { warnings }),
  };
}

function usageOf({ inputTokens, outputTokens }: Generated["usage"]): Unpriced["usage"] {
  return {
    calls: 1,
    tokensIn: inputTokens.total ?? 0,
    tokensCached: inputTokens.cacheRead ?? 0,
    tokensOut: outputTokens.total ?? 0,
    tokensReasoning: outputTokens.reasoning ?? 0,
  };
}

const ends: Readonly<Record<Generated["finishReason"]["unified"], ModelReply["end"]>> = {
  stop: "stop",
  length: "length",
  "content-filter": "filter",
  "tool-calls": "tools",
  error: "other",
  interrupted: "other",
  other: "other",
};

/** Arguments that are no JSON stay the text that they are: no schema of arguments takes it, and the model is told. */
function inputOf(text: string): Json {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function noteOf(warning: Generated["warnings"][number]): string {
  switch (warning.type) {
    case "unsupported":
    case "compatibility":
      return `${warning.type}: ${warning.feature}${warning.details === undefined ? "" : `: ${warning.details}`}`;
    case "deprecated":
      return `deprecated: ${warning.setting}: ${warning.message}`;
    case "other":
      return warning.message;
  }
}

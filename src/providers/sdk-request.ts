import type * as Sdk from "ai";
import type { Json } from "../base/json.ts";
import { defined } from "../language/compile/optional.ts";
import type { ModelMessage, ModelRequest } from "../ports/model.ts";
import { type AnswerSchema, answerSchema } from "./answer-schema.ts";
import { providerLimits } from "./limits.ts";
import type { SdkKind } from "./load-model.ts";
import { namesFor, type ToolNames } from "./tool-names.ts";

type SdkMessage = Sdk.ModelMessage;

/** What `generateText` is given for a request, beside model, signal and address. */
export type SdkRequest = Pick<
  Parameters<typeof Sdk.generateText>[0] & { readonly messages: SdkMessage[] },
  "messages" | "instructions" | "tools" | "output" | "temperature" | "maxOutputTokens" | "providerOptions"
>;

/** A request in the SDK's words, and what is needed to read its answer. */
export interface Translated {
  readonly request: SdkRequest;
  readonly names: ToolNames;
  readonly answer: AnswerSchema | undefined;
}

/** Puts a request into the SDK's words. Tools get no `execute`: the SDK carries nothing out. */
export function translate(sdk: typeof Sdk, kind: SdkKind, model: string, request: ModelRequest): Translated {
  const { tools = [], tokensMax: maxOutputTokens = providerLimits.answerTokens, temperature } = request;
  const names = namesFor(request);
  const answer = request.output === undefined ? undefined : answerSchema(request.output);
  const inWords = answer !== undefined && tools.length > 0 && takesNoSchemaWithTools(kind, model);
  const instructions = inWords ? `${request.system ?? ""}\n\n${askedInWords(answer)}`.trim() : request.system;
  return {
    names,
    answer,
    request: {
      messages: request.messages.map((message) => sdkMessage(message, names)),
      maxOutputTokens,
      ...defined({ temperature, instructions }),
      ...(tools.length > 0 && { tools: sdkTools(sdk, tools, names) }),
      ...(answer !== undefined && !inWords && { output: outputOf(sdk, answer) }),
      providerOptions: optionsOf(kind, answer),
    },
  };
}

function outputOf(sdk: typeof Sdk, { schema }: AnswerSchema): NonNullable<SdkRequest["output"]> {
  return sdk.Output.object({ schema: sdk.jsonSchema(schema as object) });
}

/** Gemini before 3 refuses a request with both. */
function takesNoSchemaWithTools(kind: SdkKind, model: string): boolean {
  return kind === "google" && /gemini-[12]\b/.test(model);
}

function askedInWords({ schema }: AnswerSchema): string {
  return `When you need no more tools, answer with nothing but JSON of this schema: ${JSON.stringify(schema)}`;
}

/**
 * Settings that only some providers have. `store: false`: the journal keeps what was said, and nothing is left with the provider beyond what it
 * needs itself. A schema that cannot be kept to the letter is a guide; sent as strict, it would be refused.
 */
function optionsOf(kind: SdkKind, answer: AnswerSchema | undefined): NonNullable<SdkRequest["providerOptions"]> {
  const strict = answer === undefined ? {} : { strictJsonSchema: answer.strict };
  switch (kind) {
    case "openai":
      return { openai: { store: false, ...strict } };
    case "azure":
      return { openai: { store: false, ...strict }, azure: { store: false, ...strict } };
    case "openai-compatible":
      return { compatible: strict };
    case "anthropic":
    case "google":
    case "xai":
      return {};
  }
}

function sdkTools(sdk: typeof Sdk, tools: NonNullable<ModelRequest["tools"]>, names: ToolNames): Sdk.ToolSet {
  const made = tools.map(({ name, description, input }) => {
    const tool = sdk.tool({ description, inputSchema: sdk.jsonSchema(input as object) });
    return [names.toWire(name), tool] as const;
  });
  return Object.fromEntries(made) as Sdk.ToolSet;
}

function sdkMessage(message: ModelMessage, names: ToolNames): SdkMessage {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.content };
    case "assistant": {
      const calls = (message.calls ?? []).map(({ id, name, input }) => ({
        type: "tool-call" as const,
        toolCallId: id,
        toolName: names.toWire(name),
        input,
      }));
      if (calls.length === 0) return { role: "assistant", content: message.text };
      const text = message.text === "" ? [] : [{ type: "text" as const, text: message.text }];
      return { role: "assistant", content: [...text, ...calls] };
    }
    case "tool":
      return {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: message.id,
            toolName: names.toWire(message.name),
            output: { type: message.failed === true ? "error-json" : "json", value: mutable(message.output) },
          },
        ],
      };
  }
}

type Mutable = null | string | number | boolean | Mutable[] | { [key: string]: Mutable };

/** The SDK's type of JSON knows no `readonly`, but it changes nothing. */
function mutable(value: Json): Mutable {
  return value as Mutable;
}

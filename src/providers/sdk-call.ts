import { hasCode, messageOf, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import type { ModelRequest } from "../ports/model.ts";
import { loadModel, loadSdk, type SdkKind } from "./load-model.ts";
import { type Party, placeOf } from "./party.ts";
import { failedAnswer, shortWords } from "./refusals.ts";
import { type Generated, replyOf, type Unpriced } from "./sdk-reply.ts";
import { translate } from "./sdk-request.ts";
import type { Wire } from "./wire.ts";

/** One call of a model through the SDK: one request on the wire, whatever comes of it. */
export async function callSdk(
  {
    party,
    kind,
    model,
    wire,
  }: { readonly party: Party; readonly kind: SdkKind; readonly model: string; readonly wire: Wire },
  request: ModelRequest,
  signal: AbortSignal,
): Promise<Unpriced> {
  const sdk = await loadSdk(kind);
  const key = await keyOf(party);
  const bare = await loadModel(kind, { party, model, key, fetch: wire.fetchFor(party) });
  const translated = translate(sdk, kind, model, request);
  let generated: Generated | undefined;
  const watched = sdk.wrapLanguageModel({
    model: bare,
    middleware: {
      specificationVersion: "v4",
      async wrapGenerate({ doGenerate }) {
        generated = await doGenerate();
        // The SDK would write warnings to the console; they belong into the reply.
        return { ...generated, warnings: [] };
      },
    },
  });
  try {
    await sdk.generateText({
      ...translated.request,
      model: watched,
      maxRetries: 0,
      abortSignal: signal,
      telemetry: { recordInputs: false, recordOutputs: false },
    });
  } catch (error) {
    // What the SDK finds wrong with an answer, such as text that is no JSON, is for the caller to judge and to repair.
    if (generated === undefined) throw signal.aborted ? error : sdkError(party, error);
  }
  if (generated === undefined) throw new RunwrightError("internal", "The SDK gave no answer and no error.");
  const reply = replyOf(generated, translated, model);
  if (isNothing(reply))
    throw new RunwrightError("model.bad-answer", `Provider '${party.name}' gave an answer with nothing in it.`);
  return reply;
}

/** JSON of another interface reads as an answer without text, without calls, that used up nothing. */
function isNothing({ text, calls, end, usage }: Unpriced): boolean {
  return text === "" && calls.length === 0 && end === "other" && usage.tokensIn === 0;
}

/** The key, handed out at the moment of the call. Throws `secret.*` with where it is configured. */
async function keyOf(party: Party): Promise<string | undefined> {
  const { key, kind } = party.settings;
  if (key === undefined) {
    if (kind === "openai-compatible") return undefined;
    throw new RunwrightError("secret.missing", `Provider '${party.name}' has no key. Write ${placeOf(party, "key")}.`);
  }
  try {
    const value = await party.vault.resolve(key);
    if (value === "") throw new RunwrightError("secret.missing", `${key} is empty.`);
    return value;
  } catch (error) {
    if (!hasCode(error, "secret.missing") && !hasCode(error, "secret.refused")) throw error;
    const hint = key.startsWith("env:") ? `Set ${key.slice(4)}, or name another place` : "Name another place";
    const message = `Provider '${party.name}' has no key: ${error.message} ${hint} in ${placeOf(party, "key")}.`;
    throw new RunwrightError(error.code, message, { cause: error });
  }
}

function sdkError(party: Party, error: unknown): RunwrightError {
  if (error instanceof RunwrightError) return error;
  const { cause } = error as { readonly cause?: unknown };
  if (cause instanceof RunwrightError) return cause;
  const said = shortWords(party, messageOf(error));
  const name = error instanceof Error ? error.name : "";
  if (name === "AI_APICallError") {
    const { responseBody } = error as { readonly responseBody?: string };
    const body = responseBody === undefined ? undefined : bodyOf(responseBody);
    if (body !== undefined) return failedAnswer(party, body);
    return new RunwrightError("model.bad-answer", `Provider '${party.name}' answered in another form: ${said}.`);
  }
  if (/^AI_(?:TypeValidation|JSONParse|InvalidResponseData|EmptyResponseBody|NoContentGenerated)Error$/.test(name))
    return new RunwrightError("model.bad-answer", `Provider '${party.name}' answered in another form: ${said}.`);
  if (/^AI_(?:Unsupported|Invalid|NoSuchModel|MissingToolResults|Load)/.test(name))
    return new RunwrightError("model.refused", `Provider '${party.name}' cannot be asked this: ${said}.`);
  return toRunwrightError(error);
}

/** The answer, when it is one that holds an error. */
function bodyOf(text: string): Json | undefined {
  try {
    const body = JSON.parse(text) as { readonly error?: unknown } | null;
    return body?.error === undefined || body.error === null ? undefined : (body as Json);
  } catch {
    return undefined;
  }
}

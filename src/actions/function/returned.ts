import { isJsonObject, jsonProblem } from "../../base/json.ts";
import type { Failure } from "./protocol.ts";

/** What the module of a step may return. */
export const stepFields = ["output", "vars", "artifacts"] as const;

/** What the module of a connector may return. */
export const toolFields = ["output", "receipt"] as const;

/** Which module returned something, for messages, and what it may return. */
export interface Returner {
  readonly name: string;
  readonly fields: typeof stepFields | typeof toolFields;
}

/** What a module returned: the JSON text of a `Returned`, or why it is none. */
export function checkReturned(
  value: unknown,
  { name, fields }: Returner,
  bytesMax: number,
): { readonly text: string } | Failure {
  const problem = shapeProblem(value, fields);
  if (problem !== undefined) return { code: "function.output-invalid", message: `${name} returned ${problem}.` };

  const given = (value ?? {}) as Record<string, unknown>;
  const text = JSON.stringify({ ...given, output: given["output"] ?? null });
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) {
    return {
      code: "step.value-too-large",
      message: `${name} returned ${bytes} bytes of JSON; at most ${bytesMax} can be kept.`,
    };
  }
  return { text };
}

function shapeProblem(value: unknown, fields: Returner["fields"]): string | undefined {
  if (value === undefined) return undefined;
  const expected = `expected nothing, or an object with only ${fields.slice(0, -1).join(", ")} and ${fields.at(-1)}`;
  if (!isJsonObject(value)) return `${kindOf(value)}; ${expected}: return { output: … }`;

  const stray = Object.keys(value).find((key) => !fields.some((field) => field === key));
  if (stray !== undefined) return `an object with the field '${stray}'; ${expected}: return { output: … }`;

  const given = value as Record<string, unknown>;
  for (const field of fields) {
    const problem = given[field] === undefined ? undefined : jsonProblem(given[field]);
    if (problem !== undefined) return `what JSON cannot hold: ${field}${problem.slice(1)}`;
  }
  if (given["vars"] !== undefined && !isJsonObject(given["vars"]))
    return `vars that are ${kindOf(given["vars"])}; expected an object`;
  if (given["receipt"] !== undefined && !isJsonObject(given["receipt"]))
    return `a receipt that is ${kindOf(given["receipt"])}; expected an object`;
  return artifactsProblem(given["artifacts"]);
}

function artifactsProblem(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) return `artifacts that are ${kindOf(value)}; expected an object of file paths by name`;

  const odd = Object.keys(value).find((key) => typeof value[key] !== "string");
  return odd === undefined ? undefined : `the artifact '${odd}' as ${kindOf(value[odd])}; expected the path of a file`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

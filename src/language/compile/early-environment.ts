import type { Complaint, Environment } from "../expression/checker.ts";
import { objectOf, type Type, types, typeOfSchema, unionOf } from "../expression/type.ts";
import type { EarlyPlace, Place, Workshop } from "./workshop.ts";

/** The place, when it is one that is read before any step runs. */
export function earlyPlace({ at }: Place): EarlyPlace | undefined {
  switch (at) {
    case "outside":
    case "inside":
    case "after":
    case "event":
    case "undo":
      return undefined;
    default:
      return at;
  }
}

/** What can be seen in a place before any step runs. */
export function earlyEnvironment(shop: Workshop, at: EarlyPlace): Environment {
  return {
    names: new Map(Object.entries(namesOf(shop, at))),
    step: () => undefined,
    stepIds: [],
    explain: (name, field) => explainName(shop, { name, field, at }),
  };
}

/** The environment variables that a file declares. */
export function envType({ env }: Workshop): Type {
  return objectOf(Object.fromEntries(env.map((name) => [name, types.text])), { optional: env });
}

/** `run`, and what is told of a run that has ended. */
export const runType: Type = objectOf({
  id: types.text,
  workflow: types.text,
  version: types.text,
  started_at: types.text,
  starter: types.text,
});

/** Why something failed; null when it did not. */
export const errorType: Type = unionOf([
  objectOf({ code: types.text, message: types.text, attempts: types.integer }),
  types.null,
]);

function namesOf(shop: Workshop, at: EarlyPlace): Readonly<Record<string, Type>> {
  const env = envType(shop);
  switch (at) {
    case "auth":
      return { secrets: secretsType(shop) };
    case "settings":
      return { secrets: secretsType(shop), env };
    case "concurrency":
      return { inputs: typeOfSchema(shop.inputs), env };
    case "webhook":
      return { trigger: objectOf({ body: types.any, headers: types.object }), env };
    case "schedule":
      return { trigger: objectOf({ due: types.text }), env };
    case "event trigger":
      return { trigger: objectOf({ type: types.text, data: types.any }), env };
    case "workflow trigger": {
      const status: Type = { kind: "text", enum: ["completed", "failed", "cancelled"] };
      return { trigger: objectOf({ run: runType, status, error: errorType }), env };
    }
  }
}

/** Texts by name; when the list itself is misspelt, nothing is known. */
function secretsType({ declared, file }: Workshop): Type {
  return objectOf(new Map(Array.from(declared.secrets, (name) => [name, types.text] as const)), {
    open: file.meant.has("secrets"),
  });
}

/** What is said of the names that only some places know, wherever else they stand. */
export function explainName(
  shop: Workshop,
  { name, field, at }: { readonly name: string; readonly field: string | undefined; readonly at: Place["at"] },
): Complaint | undefined {
  if (field !== undefined) return name === "secrets" ? undeclared(shop, field) : undefined;
  switch (name) {
    case "secrets":
      return {
        code: "E070",
        message: "a secret may not stand here: its value would be stored and shown",
        hint: "secrets are read in the auth of a trigger and in the settings of a connector",
      };
    case "trigger":
      return {
        code: "E301",
        message: "'trigger' is known in triggers only",
        hint: "let the trigger fill an input, and read that: on: {webhook: {inputs: {name: …}}}",
      };
    case "inputs":
    case "vars":
      return triggerPlaces.has(at)
        ? { code: "E301", message: `'${name}' are not known yet: the trigger fills them`, hint: "read trigger" }
        : undefined;
    default:
      return undefined;
  }
}

const triggerPlaces: ReadonlySet<Place["at"]> = new Set(["webhook", "schedule", "event trigger", "workflow trigger"]);

function undeclared({ declared, problems }: Workshop, secret: string): Complaint {
  const meant = problems.closest(secret, declared.secrets);
  return {
    code: "E080",
    message: `secret '${secret}' is not declared`,
    hint: meant === undefined ? `add it to the file: secrets: [${secret}]` : `did you mean '${meant}'?`,
  };
}

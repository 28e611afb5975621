import { readKeys, type Written } from "../check/keys.ts";
import { choiceIn, mapIn, reportShape, scalarIn } from "../check/values.ts";
import { scanText } from "../expression/scan.ts";
import { fieldNamed } from "../fields/field.ts";
import { webhookFields } from "../fields/trigger-fields.ts";
import type { Template, TriggerPlan } from "../plan.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import { reportLiteral } from "./literal-secret.ts";
import { whenWritten } from "./optional.ts";
import { templatePart } from "./parts.ts";
import type { WrittenTrigger } from "./trigger-inputs.ts";
import type { Workshop } from "./workshop.ts";

type Auth = (TriggerPlan & { readonly kind: "webhook" })["auth"];

const nobody = { hint: "add auth: {hmac: …}" } as const;

/** How callers of a webhook prove who they are. E066, E070. */
export function authOf(shop: Workshop, { at, written }: WrittenTrigger): Auth | undefined {
  const { problems } = shop;
  const entry = written.get("auth");
  if (entry === undefined) {
    if (!written.meant.has("auth")) problems.report("E066", at, "webhook has no auth", nobody);
    return undefined;
  }
  const map = mapIn(problems, entry, 'a map: {hmac: "${secrets.NAME}"} or {token: "${secrets.NAME}"}');
  if (map === undefined) return undefined;

  const fields = readKeys(map, fieldNamed(webhookFields, "auth")?.fields ?? [], "in auth", problems);
  checkKind(entry, fields, problems);
  const hmac = fields.get("hmac");
  const scheme = whenWritten(fields.get("scheme"), (found) =>
    choiceIn(problems, found, ["standard", "github"] as const),
  );
  const secret = whenWritten(hmac ?? fields.get("token"), (found) => secretOf(shop, found));
  if (secret === undefined) return undefined;
  return { scheme: hmac === undefined ? "token" : (scheme ?? "standard"), secret };
}

/** One way to prove it, and nothing that belongs to the other. */
function checkKind(auth: SourceEntry, fields: Written, problems: Problems): void {
  const token = fields.get("token");
  const scheme = fields.get("scheme");
  const isMeant = fields.meant.has("hmac") || fields.meant.has("token");
  if (fields.has("hmac")) {
    if (token !== undefined)
      problems.report("E015", token.keyRange, "auth is hmac or token, but here both are written", {
        hint: "keep one of them; two ways in need two webhooks",
      });
  } else if (token === undefined) {
    if (!isMeant) problems.report("E066", auth.keyRange, "webhook has no auth", nobody);
  } else if (scheme !== undefined) {
    problems.report("E015", scheme.keyRange, "scheme means nothing without hmac", { hint: "remove it" });
  }
}

/** The one secret that a field is; E070 where its value itself seems to stand there. */
function secretOf(shop: Workshop, entry: SourceEntry): Template | undefined {
  const scalar = scalarIn(shop.problems, entry, "one ${secrets.NAME}");
  if (scalar === undefined) return undefined;
  if (isOneSecret(scalar))
    return templatePart(shop, { place: { step: undefined, at: "auth" }, field: `auth, ${entry.key}` }, scalar).template;
  if (scanText(scalar.text).parts.some(({ kind }) => kind === "expression") || scalar.text.includes("${"))
    return reportShape(shop.problems, entry, "exactly one ${secrets.NAME}");
  reportLiteral(shop, entry.key, scalar);
  return undefined;
}

function isOneSecret({ text }: SourceScalar): boolean {
  const { parts } = scanText(text.trim());
  const [part] = parts;
  return parts.length === 1 && part?.kind === "expression" && /^secrets\s*\.\s*\w+$/.test(part.text);
}

import { short } from "../check/short.ts";
import { choiceIn, scalarIn } from "../check/values.ts";
import type { TriggerPlan } from "../plan.ts";
import { defined, whenWritten } from "./optional.ts";
import { expressionPart } from "./parts.ts";
import { inputsOf, type WrittenTrigger } from "./trigger-inputs.ts";
import { authOf } from "./webhook-auth.ts";
import type { Workshop } from "./workshop.ts";

type Webhook = TriggerPlan & { readonly kind: "webhook" };

const place = { step: undefined, at: "webhook" } as const;
const pathCharsMax = 200;

/** `on.webhook`; `lines` holds the line of each path that was read before. */
export function webhookPlan(shop: Workshop, trigger: WrittenTrigger, lines: Map<string, number>): Webhook | undefined {
  const { written } = trigger;
  const path = pathOf(shop, trigger, lines);
  const auth = authOf(shop, trigger);
  const dedupe = whenWritten(written.get("dedupe"), (entry) =>
    expressionPart(shop, { place, field: "webhook, dedupe" }, entry, "text"),
  );
  const respond = whenWritten(written.get("respond"), (entry) =>
    choiceIn(shop.problems, entry, ["accepted", "output"] as const),
  );
  const inputs = inputsOf(shop, trigger, place);
  if (path === undefined || auth === undefined) return undefined;
  return defined({
    kind: "webhook" as const,
    path,
    auth,
    dedupe: dedupe?.expression,
    inputs,
    respond: respond ?? ("accepted" as const),
  });
}

function pathOf(shop: Workshop, { at, written }: WrittenTrigger, lines: Map<string, number>): string | undefined {
  const { problems } = shop;
  const entry = written.get("path");
  if (entry === undefined) {
    if (!written.meant.has("path"))
      problems.report("E015", at, "webhook has no path", { hint: "add path: /support-mail" });
    return undefined;
  }
  const scalar = scalarIn(problems, entry, "a path such as /support-mail");
  if (scalar === undefined) return undefined;

  const path = scalar.text;
  const problem = pathProblem(path);
  if (problem !== undefined) {
    const better = `/${path}`;
    const isCertain = pathProblem(better) === undefined;
    problems.report("E015", scalar.range, `path ${problem}, but this is '${short(path)}'`, {
      hint: isCertain ? `write ${better}` : "for example /support-mail",
      fix: isCertain ? { range: scalar.range, text: better } : undefined,
    });
    return undefined;
  }
  const first = lines.get(path);
  if (first !== undefined)
    problems.report("E015", scalar.range, `path '${short(path)}' is used twice`, { hint: `first at line ${first}` });
  else lines.set(path, problems.lineOf(scalar.range.start));
  return path;
}

function pathProblem(path: string): string | undefined {
  if (path.length > pathCharsMax) return `has at most ${pathCharsMax} characters`;
  if (!path.startsWith("/")) return "begins with /";
  const parts = path.slice(1).split("/");
  // A part of dots alone would be taken for a way up, or away, by what stands between the caller and here.
  return parts.every((part) => /^[\w~.-]+$/.test(part) && !/^\.+$/.test(part))
    ? undefined
    : "has parts of letters, digits, '-', '_', '.' and '~'";
}

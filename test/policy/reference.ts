// What rules mean, said in the plainest way: no index, no compiling, nothing shared with the product.
import type { PolicyRequest } from "../../src/ports/policy.ts";
import type { PolicyRule } from "../../src/policy/rule.ts";

/** What a condition is in a small world: the reference knows their meaning by name. */
export const conditions: Readonly<Record<string, (request: PolicyRequest) => boolean | "fails">> = {
  'arguments.a == "x"': (request) => (request.arguments as { a?: unknown } | undefined)?.a === "x",
  "arguments.n > 1": (request) => {
    const { n } = (request.arguments ?? {}) as { n?: unknown };
    return typeof n === "number" ? n > 1 : "fails";
  },
  'principal == "local:ada"': (request) => request.principal === "local:ada",
};

/** Outcome and rules that a request must get. */
export function expected(rules: readonly PolicyRule[], request: PolicyRequest): readonly string[] {
  const about = rules.filter((rule) => isAbout(rule, request));
  const results = about.map((rule) => ({
    rule,
    holds: rule.if === undefined ? true : (conditions[rule.if]?.(request) ?? "fails"),
  }));
  const of = (effect: string): readonly string[] =>
    results.filter((each) => each.holds === true && each.rule.effect === effect).map((each) => each.rule.id);
  const failed = results.filter((each) => each.holds === "fails").map((each) => each.rule.id);
  if (failed.length > 0 || of("deny").length > 0) return ["deny", ...of("deny"), ...failed];
  if (of("needs_approval").length > 0) return ["needs_approval", ...of("needs_approval")];
  if (of("allow").length > 0) return ["allow", ...of("allow")];
  return ["deny"];
}

function isAbout({ effect, when = {} }: PolicyRule, request: PolicyRequest): boolean {
  for (const [field, wanted] of Object.entries(when) as [string, unknown][]) {
    if (!fits(field, wanted, request, effect)) return false;
  }
  return true;
}

function fits(field: string, wanted: unknown, request: PolicyRequest, effect: string): boolean {
  if (field === "draft") return (request.draft ?? false) === wanted;
  if (field === "by_model") return (request.byModel ?? false) === wanted;
  const values = wanted as readonly string[];
  if (field === "kind") return values.includes(request.kind);
  if (field === "class") return fitsClass(values, request, effect);
  if (field === "role") {
    if (request.roles === undefined) return effect !== "allow";
    return request.roles.includes("*") || request.roles.some((role) => values.includes(role));
  }
  const text = request[field as "target"];
  return values.some((value) =>
    new RegExp(`^${value.replace(/[.+?^$()|[\]{}\\/]/g, "\\$&").replaceAll("*", "[^]*")}$`).test(text),
  );
}

function fitsClass(
  values: readonly string[],
  { effect: done, irreversible, kind }: PolicyRequest,
  effect: string,
): boolean {
  const quiet = ["model", "secret", "approval"].includes(kind);
  const isRead = done === "read" || (done === undefined && quiet);
  if (isRead) return values.includes("read");
  if (irreversible !== true) return values.includes("write");
  return values.includes("irreversible") || (effect !== "allow" && values.includes("write"));
}

import { short } from "../language/check/short.ts";
import { booleanIn, choiceIn, namesIn, scalarIn } from "../language/check/values.ts";
import { defined, whenWritten } from "../language/compile/optional.ts";
import type { Problems } from "../language/problems.ts";
import { offsetsOf } from "../language/source/offsets.ts";
import { entryOf, kindOf, type SourceEntry, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import { compileCondition } from "../policy/condition.ts";
import {
  type PolicyRule,
  policyLimits,
  requestClasses,
  requestKinds,
  ruleEffects,
  type RuleScope,
  textFields,
} from "../policy/rule.ts";
import { reportUnknownKeys } from "./checked-file.ts";

/** A rule, and the line that it stands on: `policies/desk.yaml:3`. */
export interface PlacedRule {
  readonly rule: PolicyRule;
  readonly from: string;
}

/** What a file of rules says, or `policy:` of the configuration itself. */
export interface WrittenPolicy {
  readonly rules: readonly PlacedRule[];
  /** The rules of the product hold too. */
  readonly extendsDefault: boolean;
  /** A write that no person sees is an error of its file. */
  readonly deniesUnreviewed: boolean;
}

/** Where a policy is read. */
export interface PolicyPlace {
  readonly file: string;
  readonly text: string;
  /** The roles that the configuration names. */
  readonly roles: readonly string[];
}

/** Fields of a policy. */
const policyKeys = ["extends", "unreviewed_writes", "rules"];
const ruleKeys = ["id", "effect", "approvals", "when", "if"];
const scopeKeys = ["kind", ...textFields, "class", "role", "draft", "by_model"];
const idPattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** Reads a policy: every mistake with its place, as in a workflow. */
export function readPolicy(map: SourceMap, place: PolicyPlace, problems: Problems): WrittenPolicy {
  reportUnknownKeys(map, policyKeys, "in a policy", problems);
  const base = whenWritten(entryOf(map, "extends"), (entry) => choiceIn(problems, entry, ["default"]));
  const unreviewed = whenWritten(entryOf(map, "unreviewed_writes"), (entry) =>
    choiceIn(problems, entry, ["warn", "deny"]),
  );
  const rules = entryOf(map, "rules")?.value;
  if (rules !== undefined && rules.kind !== "list")
    problems.report("E015", rules.range, `'rules' is a list of rules, not ${kindOf(rules)}`, {
      hint: "write rules: [{ id: reads, effect: allow, when: { class: read } }]",
    });
  return {
    rules: rules?.kind === "list" ? readRules(rules.items, place, problems) : [],
    extendsDefault: base !== undefined,
    deniesUnreviewed: unreviewed === "deny",
  };
}

function readRules(items: readonly SourceNode[], place: PolicyPlace, problems: Problems): readonly PlacedRule[] {
  const seen = new Set<string>();
  return items.slice(0, policyLimits.rulesMax + 1).flatMap((item, at) => {
    if (at === policyLimits.rulesMax) {
      problems.report("E015", item.range, `a policy has at most ${policyLimits.rulesMax} rules`);
      return [];
    }
    if (item.kind !== "map") {
      problems.report("E015", item.range, `a rule is a map, not ${kindOf(item)}`, {
        hint: "write { id: reads, effect: allow, when: { class: read } }",
      });
      return [];
    }
    const rule = readRule(item, place, problems);
    if (rule === undefined) return [];
    if (seen.has(rule.id))
      problems.report("E024", entryOf(item, "id")?.keyRange ?? item.range, `the rule '${rule.id}' is there twice`, {
        hint: "name one of them differently",
      });
    seen.add(rule.id);
    return [{ rule, from: `${place.file}:${problems.lineOf(item.range.start)}` }];
  });
}

function readRule(map: SourceMap, place: PolicyPlace, problems: Problems): PolicyRule | undefined {
  reportUnknownKeys(map, ruleKeys, "in a rule", problems);
  const id = readId(map, problems);
  const effectEntry = entryOf(map, "effect");
  if (effectEntry === undefined)
    problems.report("E015", map.range, "the rule does not say its effect", {
      hint: "add effect: allow, deny or needs_approval",
    });
  const effect = whenWritten(effectEntry, (entry) => choiceIn(problems, entry, ruleEffects));
  const approvals = readApprovals(map, effect, place, problems);
  const when = whenWritten(entryOf(map, "when"), (entry) => readScope(entry, place, problems));
  const condition = whenWritten(entryOf(map, "if"), (entry) => readCondition(entry, place, problems));
  return id === undefined || effect === undefined
    ? undefined
    : { id, effect, ...defined({ approvals, when, if: condition }) };
}

function readId(map: SourceMap, problems: Problems): string | undefined {
  const entry = entryOf(map, "id");
  if (entry === undefined) {
    problems.report("E015", map.range, "the rule has no id", { hint: "add id: …; decisions and tests name it" });
    return undefined;
  }
  const scalar = scalarIn(problems, entry, "the name of a rule");
  if (scalar === undefined || idPattern.test(scalar.text)) return scalar?.text;
  problems.report("E012", scalar.range, `'${short(scalar.text)}' is not the id of a rule`, {
    hint: "use a-z, 0-9, '.', '_' and '-', at most 64 of them, with a letter or digit at both ends",
  });
  return undefined;
}

function readApprovals(
  map: SourceMap,
  effect: PolicyRule["effect"] | undefined,
  place: PolicyPlace,
  problems: Problems,
): PolicyRule["approvals"] {
  const entry = entryOf(map, "approvals");
  const hint = "write approvals: { count: 1, roles: [requester] }";
  if (entry === undefined) {
    if (effect === "needs_approval")
      problems.report("E015", map.range, "needs_approval does not say whose approval", { hint });
    return undefined;
  }
  if (effect !== undefined && effect !== "needs_approval")
    problems.report("E015", entry.keyRange, `'approvals' belongs to needs_approval, not to ${effect}`);
  if (entry.value.kind !== "map") {
    problems.report("E015", entry.value.range, `'approvals' is a map, not ${kindOf(entry.value)}`, { hint });
    return undefined;
  }
  reportUnknownKeys(entry.value, ["count", "roles"], "in approvals", problems);
  const roles = whenWritten(entryOf(entry.value, "roles"), (each) =>
    readRoles(each, place.roles.length === 0 ? [] : ["requester", ...place.roles], problems),
  );
  if (roles === undefined || roles.length === 0)
    problems.report("E051", entry.keyRange, "'approvals' does not say of which roles", { hint });
  return { count: readCount(entry.value, problems), roles: roles ?? [] };
}

function readCount(map: SourceMap, problems: Problems): number {
  const entry = entryOf(map, "count");
  if (entry === undefined) return 1;
  const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= policyLimits.approvalsMax)
    return value;
  problems.report("E015", entry.value.range, `'count' is a whole number from 1 to ${policyLimits.approvalsMax}`);
  return 1;
}

/** A misspelt role in a rule that restricts somebody would restrict nobody. Where the configuration names no roles, any is taken. */
function readRoles(entry: SourceEntry, known: readonly string[], problems: Problems): readonly string[] {
  const written = namesIn(problems, entry, "a role or a list of roles") ?? [];
  for (const { name, node } of written) {
    if (known.length === 0 || known.includes(name)) continue;
    const meant = problems.closest(name, known);
    problems.report("E051", node.range, `there is no role '${short(name)}'`, {
      hint: meant === undefined ? "add it under roles: in runwright.config.yaml" : `did you mean '${meant}'?`,
    });
  }
  return written.map(({ name }) => name);
}

function readScope(entry: SourceEntry, place: PolicyPlace, problems: Problems): RuleScope | undefined {
  const { value } = entry;
  if (value.kind !== "map") {
    problems.report("E015", value.range, `'when' is a map of what a request must be, not ${kindOf(value)}`, {
      hint: "write when: { kind: tool, class: read }",
    });
    return undefined;
  }
  reportUnknownKeys(value, scopeKeys, "under when", problems);
  const field = <T>(key: string, read: (written: SourceEntry) => T): T | undefined =>
    whenWritten(entryOf(value, key), read);
  const texts = textFields.map((key) => [key, field(key, (each) => readTexts(each, problems))] as const);
  return defined({
    kind: field("kind", (each) => readWords(each, requestKinds, problems)),
    ...Object.fromEntries(texts),
    class: field("class", (each) => readWords(each, requestClasses, problems)),
    role: field("role", (each) => readRoles(each, place.roles, problems)),
    draft: field("draft", (each) => booleanIn(problems, each)),
    by_model: field("by_model", (each) => booleanIn(problems, each)),
  });
}

/** An empty list would be a field that nothing fits: it is never meant. */
function readTexts(entry: SourceEntry, problems: Problems): readonly string[] {
  const written = namesIn(problems, entry, "a text or a list of texts, in which * stands for anything");
  if (written?.length === 0)
    problems.report("E015", entry.value.range, `'${entry.key}' is empty: no request would fit`);
  const tooMany = written?.[policyLimits.valuesMax];
  if (tooMany !== undefined)
    problems.report("E015", tooMany.node.range, `'${entry.key}' has at most ${policyLimits.valuesMax} values`);
  return (written ?? []).map(({ name, node }) => {
    if (name.length > policyLimits.textCharsMax)
      problems.report("E015", node.range, `a value has at most ${policyLimits.textCharsMax} characters`);
    return name;
  });
}

function readWords<T extends string>(entry: SourceEntry, words: readonly T[], problems: Problems): readonly T[] {
  const nodes = entry.value.kind === "list" ? entry.value.items : [entry.value];
  if (nodes.length === 0) problems.report("E015", entry.value.range, `'${entry.key}' is empty: no request would fit`);
  return nodes.flatMap((value) => choiceIn(problems, { ...entry, value }, words) ?? []);
}

function readCondition(entry: SourceEntry, { text }: PolicyPlace, problems: Problems): string | undefined {
  const scalar = scalarIn(problems, entry, "an expression that is true or false");
  if (scalar === undefined) return undefined;
  const place = offsetsOf(text, scalar);
  for (const { code, message, hint, start, end } of compileCondition(scalar.text).problems) {
    const from = place(start);
    const range = { start: from, end: end > start ? place(end - 1, "end") : from };
    problems.report(code, range, message, { hint });
  }
  return scalar.text;
}

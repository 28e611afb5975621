import path from "node:path";
import type { Json } from "../base/json.ts";
import { booleanIn, choiceIn, namesIn, textIn } from "../language/check/values.ts";
import { defined, whenWritten } from "../language/compile/optional.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceEntry, type SourceMap, toJson } from "../language/source/tree.ts";
import {
  type RequestClass,
  type RequestKind,
  requestClasses,
  requestKinds,
  type RuleEffect,
  ruleEffects,
} from "../policy/rule.ts";
import type { PolicyDecision, PolicyRequest } from "../ports/policy.ts";
import { readChecked, reportUnknownKeys } from "./checked-file.ts";
import type { Config } from "./config.ts";
import { localScope } from "./principal.ts";
import { openPolicy, policyTestFiles, textOf } from "./project-policy.ts";

export { requestClasses, requestKinds } from "../policy/rule.ts";

/** A request as people write one; what they leave out has a value that no rule names. */
export interface WrittenRequest {
  readonly kind: RequestKind;
  readonly target: string;
  readonly class?: RequestClass;
  readonly tenant?: string;
  readonly workspace?: string;
  readonly workflow?: string;
  readonly principal?: string;
  /** Left out: those that the configuration gives the principal. */
  readonly role?: readonly string[];
  readonly draft?: boolean;
  readonly by_model?: boolean;
  readonly arguments?: Json;
}

/** A case: a request with what is to be decided about it. */
interface PolicyCase {
  readonly name: string;
  readonly from: string;
  readonly request: WrittenRequest;
  readonly expect: RuleEffect;
  /** The ids of exactly the rules that are to lead to it. */
  readonly rules?: readonly string[];
}

/** What came of a case. */
export interface CaseResult extends PolicyCase {
  readonly ok: boolean;
  readonly decision: PolicyDecision;
}

/** What the rules in force say of one request. Nothing is called. */
export function simulate(config: Config, request: WrittenRequest): PolicyDecision {
  return openPolicy(config).decide(requestOf(config, request));
}

/** Holds the rules in force against every case of `policies/*.test.yaml`. Throws `config.invalid` for a file that cannot be read. */
export function runCases(config: Config): readonly CaseResult[] {
  const policy = openPolicy(config);
  return policyTestFiles(config)
    .flatMap((file) => readCases(config, file))
    .map((each) => {
      const decision = policy.decide(requestOf(config, each.request));
      return { ...each, decision, ok: decision.outcome === each.expect && hasRules(each, decision) };
    });
}

function hasRules({ rules }: PolicyCase, decision: PolicyDecision): boolean {
  return rules === undefined || rules.toSorted().join("\n") === decision.rules.toSorted().join("\n");
}

/** Somebody of whom nothing is known but what the request says: who types the command must not change what comes out. */
const somebody = "local:somebody";

function requestOf(config: Config, written: WrittenRequest): PolicyRequest {
  const { class: own, role, by_model: byModel, draft, principal = somebody, ...others } = written;
  const given = Object.entries(config.roles).flatMap(([name, people]) => (people.includes(principal) ? [name] : []));
  return {
    ...localScope,
    workflow: "somewhere",
    ...others,
    principal,
    roles: role ?? given,
    version: "none",
    path: "step",
    ...(own !== undefined && { effect: own === "read" ? "read" : "keyed" }),
    ...(own === "irreversible" && { irreversible: true }),
    ...(draft === true && { draft }),
    ...(byModel === true && { byModel }),
  };
}

function readCases(config: Config, file: string): readonly PolicyCase[] {
  const source = { file, text: textOf(path.resolve(config.root, file), file) };
  return readChecked(source, "a file of cases", (root, problems) => {
    reportUnknownKeys(root, ["cases"], "in a file of cases", problems);
    const list = entryOf(root, "cases")?.value;
    if (list?.kind !== "list") {
      problems.report("E015", list?.range ?? root.range, "a file of cases has a list of them under 'cases'", {
        hint: "write cases: [{ kind: tool, target: zendesk@3.2.0/get_ticket, class: read, expect: allow }]",
      });
      return [];
    }
    return list.items.flatMap((item) => {
      if (item.kind === "map") return readCase(item, file, problems) ?? [];
      problems.report("E015", item.range, `a case is a map, not ${kindOf(item)}`);
      return [];
    });
  });
}

const caseKeys = [
  "name",
  "expect",
  "rules",
  "kind",
  "target",
  "class",
  "tenant",
  "workspace",
  "workflow",
  "principal",
  "role",
  "draft",
  "by_model",
  "arguments",
];

function readCase(map: SourceMap, file: string, problems: Problems): PolicyCase | undefined {
  reportUnknownKeys(map, caseKeys, "in a case", problems);
  const field = <T>(key: string, read: (entry: SourceEntry) => T | undefined): T | undefined =>
    whenWritten(entryOf(map, key), read);
  const text = (key: string): string | undefined => field(key, (entry) => textIn(problems, entry));
  const names = (key: string): readonly string[] | undefined =>
    field(key, (entry) => namesIn(problems, entry, "a name or a list of names")?.map(({ name }) => name));
  const flag = (key: string): boolean | undefined => field(key, (entry) => booleanIn(problems, entry));

  const kind = field("kind", (entry) => choiceIn(problems, entry, requestKinds));
  const target = text("target");
  const expect = field("expect", (entry) => choiceIn(problems, entry, ruleEffects));
  for (const key of ["kind", "target", "expect"])
    if (entryOf(map, key) === undefined)
      problems.report("E015", map.range, `the case has no '${key}'`, {
        hint: "a case has kind, target and expect: allow, deny or needs_approval",
      });
  if (kind === undefined || target === undefined || expect === undefined) return undefined;

  const request = defined({
    kind,
    target,
    class: field("class", (entry) => choiceIn(problems, entry, requestClasses)),
    tenant: text("tenant"),
    workspace: text("workspace"),
    workflow: text("workflow"),
    principal: text("principal"),
    role: names("role"),
    draft: flag("draft"),
    by_model: flag("by_model"),
    arguments: field("arguments", ({ value }) => toJson(value)),
  });
  const from = `${file}:${problems.lineOf(map.range.start)}`;
  const rules = names("rules");
  return { name: text("name") ?? `${kind} ${target}`, from, request, expect, ...(rules !== undefined && { rules }) };
}

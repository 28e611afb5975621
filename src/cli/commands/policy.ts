import {
  type CaseResult,
  requestClasses,
  requestKinds,
  runCases,
  simulate,
  type WrittenRequest,
} from "../../app/policy-cases.ts";
import type { PlacedRule } from "../../app/policy-config.ts";
import { loadPolicy, type ProjectPolicy } from "../../app/project-policy.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { PolicyDecision } from "../../ports/policy.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import type { Output, Tone } from "../output.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { fit, widthOf } from "../width.ts";

/** Options of `policy test`: one request; without any the cases of the project. */
export interface PolicyTestOptions {
  readonly kind?: string;
  readonly target?: string;
  readonly class?: string;
  readonly tenant?: string;
  readonly workspace?: string;
  readonly workflow?: string;
  readonly principal?: string;
  readonly role: readonly string[];
  readonly draft?: boolean;
  readonly byModel?: boolean;
  readonly arguments?: string;
}

/** Says which rules are in force, and where each of them stands. */
export async function policyShowCommand(session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const policy = loadPolicy(config);
  const { output } = session;
  if (session.json) {
    const rules = policy.rules.map(({ rule, from }) => ({ ...rule, from }));
    output.json({ origin: policy.origin, unreviewed_writes: unreviewed(policy), rules } as unknown as Json);
    return exitCodes.ok;
  }
  const rows = policy.rules.map(({ rule, from }) => [rule.id, effectOf(rule), aboutOf(rule), from]);
  output.note(`${policy.origin}; unreviewed writes: ${unreviewed(policy)}; what no rule allows is denied`);
  writeTable(output, [["RULE", "EFFECT", "ABOUT", "FROM"], ...rows]);
  return exitCodes.ok;
}

/** Holds the rules against the cases of the project, or against one request. Nothing is called. */
export async function policyTestCommand(options: PolicyTestOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const request = requestIn(options);
  if (request !== undefined) return sayDecision(simulate(config, request), session);

  const results = runCases(config);
  if (results.length === 0)
    throw new RunwrightError(
      "usage.invalid",
      "There are no cases in policies/*.test.yaml; write some, or give one request with --kind and --target.",
    );
  return sayResults(results, session);
}

function requestIn(options: PolicyTestOptions): WrittenRequest | undefined {
  const { kind, target, class: own, role, byModel, draft, arguments: text, ...others } = options;
  const given = [kind, target, own, byModel, draft, text, ...role, ...Object.values(others)];
  if (given.every((each) => each === undefined)) return undefined;
  if (kind === undefined || target === undefined)
    throw new RunwrightError(
      "usage.invalid",
      "One request needs --kind and --target; without any option the cases are run.",
    );
  return {
    ...others,
    kind: oneOf(kind, requestKinds, "--kind"),
    target,
    ...(own !== undefined && { class: oneOf(own, requestClasses, "--class") }),
    ...(role.length > 0 && { role }),
    ...(draft === true && { draft }),
    ...(byModel === true && { by_model: byModel }),
    ...(text !== undefined && { arguments: argumentsIn(text) }),
  };
}

function oneOf<T extends string>(text: string, words: readonly T[], option: string): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new RunwrightError("usage.invalid", `${option} is one of ${words.join(", ")}, not '${text}'.`);
}

function argumentsIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RunwrightError("usage.invalid", `--arguments takes JSON, as {"id": "7"}: ${why}.`);
  }
}

const exitOfOutcome: Readonly<Record<PolicyDecision["outcome"], ExitCode>> = {
  allow: exitCodes.ok,
  needs_approval: exitCodes.stoppedAtGate,
  deny: exitCodes.unauthorised,
};

const toneOfOutcome: Readonly<Record<PolicyDecision["outcome"], Tone>> = {
  allow: "good",
  needs_approval: "attention",
  deny: "bad",
};

function sayDecision(decision: PolicyDecision, { output, json }: Session): ExitCode {
  const { outcome, rules, reason, approvals, version } = decision;
  if (json) output.json(decision as unknown as Json);
  else {
    const rows: readonly (readonly [string, string])[] = [
      ["rules", rules.join(", ") || "none"],
      ...(approvals === undefined
        ? []
        : [["approvals", `${approvals.count} of ${approvals.roles.join(" or ")}`] as const]),
      ["reason", reason],
      ["version", version],
    ];
    output.data(output.dataTone(toneOfOutcome[outcome], outcome));
    for (const [name, text] of rows) output.data(`  ${name.padEnd(9)}  ${safeLine(text)}`);
  }
  return exitOfOutcome[outcome];
}

function sayResults(results: readonly CaseResult[], { output, json }: Session): ExitCode {
  const wrong = results.filter(({ ok }) => !ok);
  if (json) output.json({ ok: wrong.length === 0, cases: results } as unknown as Json);
  else {
    const word = (ok: boolean): string => (ok ? "ok" : "bad");
    const rows = results.map(({ ok, name, from, decision }) => [word(ok), decision.outcome, name, from]);
    writeTable(output, rows);
    for (const { name, from, expect, rules, decision } of wrong) {
      const by = rules === undefined ? "" : ` by ${rules.join(", ") || "no rule"}`;
      output.data(
        safeLine(
          `${from}  '${name}' is ${decision.outcome} by ${decision.rules.join(", ") || "no rule"}, not ${expect}${by}`,
        ),
      );
      output.data(`  = ${safeLine(decision.reason)}`);
    }
    const many = `${results.length} ${results.length === 1 ? "case" : "cases"}`;
    output.note(`${many}: ${wrong.length === 0 ? "as expected" : `${wrong.length} not as expected`}`);
  }
  return wrong.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function unreviewed({ deniesUnreviewed }: ProjectPolicy): string {
  return deniesUnreviewed ? "deny" : "warn";
}

function effectOf({ effect, approvals }: PlacedRule["rule"]): string {
  return approvals === undefined ? effect : `${effect} (${approvals.count} of ${approvals.roles.join(" or ")})`;
}

/** `tool, class write, target zendesk@*, if arguments.id != ""`. */
function aboutOf({ when = {}, if: condition }: PlacedRule["rule"]): string {
  const parts = Object.entries(when).map(([key, value]) => {
    const text = Array.isArray(value) ? value.join(" or ") : String(value);
    return key === "kind" ? text : `${key} ${text}`;
  });
  if (condition !== undefined) parts.push(`if ${condition}`);
  return parts.join(", ") || "everything";
}

const cellsMax = 60;

function writeTable(output: Output, rows: readonly (readonly string[])[]): void {
  const safe = rows.map((row) => row.map((cell) => safeLine(cell)));
  const widths = (safe[0] ?? []).map((_cell, at) =>
    safe.reduce((most, row) => Math.max(most, Math.min(cellsMax, widthOf(row[at] ?? ""))), 0),
  );
  for (const row of safe) {
    // The last column is not cut: it says where a thing stands.
    const cells = row.map((cell, at) => (at === row.length - 1 ? cell : fit(cell, widths[at] ?? 0)));
    output.data(cells.join("  ").trimEnd());
  }
}

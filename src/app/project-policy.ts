import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { slashedPath } from "../base/paths.ts";
import { defaultRules } from "../policy/default-rules.ts";
import { createPolicy } from "../policy/policy.ts";
import { textPattern } from "../policy/text-pattern.ts";
import type { Policy } from "../ports/policy.ts";
import { readChecked } from "./checked-file.ts";
import type { Config } from "./config.ts";
import { type PlacedRule, readPolicy, type WrittenPolicy } from "./policy-config.ts";
import { localPrincipal } from "./principal.ts";

/** The rules in force in a project. */
export interface ProjectPolicy {
  readonly rules: readonly PlacedRule[];
  readonly deniesUnreviewed: boolean;
  /** Where they come from, in a few words. */
  readonly origin: string;
}

/** Files of rules that are read where the configuration names none. */
const usualFiles = ["policies/*.yaml", "policies/*.yml"];
const filesMax = 100;

/**
 * Reads the rules in force. Throws `config.invalid` with every mistake of a file, and for a name that no file has: rules that are meant and
 * not found must not be taken for none.
 */
export function loadPolicy(config: Config): ProjectPolicy {
  const { policy: setting } = config;
  if (setting?.kind === "inline") return joined([setting.policy], "runwright.config.yaml");
  const files = policyFiles(config, setting?.names ?? usualFiles);
  const missing = setting?.names.find((name) => !files.some((file) => textPattern(name)(file)));
  if (missing !== undefined)
    throw new RunwrightError(
      "config.invalid",
      `There is no file ${missing}, which runwright.config.yaml names as policy.`,
    );
  if (files.length === 0)
    return {
      rules: defaultRules.map((rule) => ({ rule, from: "built in" })),
      deniesUnreviewed: false,
      origin: "built in: there is no file in policies/",
    };
  return joined(
    files.map((file) => readFile(config, file)),
    files.join(", "),
  );
}

/** The policy of a project. Roles are those of its configuration; who works at this machine has them all. */
export function openPolicy(config: Config): Policy {
  const { id, roles } = localPrincipal();
  const own = Object.entries(config.roles);
  return createPolicy(
    loadPolicy(config).rules.map(({ rule }) => rule),
    (principal) =>
      principal === id ? roles : own.flatMap(([role, people]) => (people.includes(principal) ? [role] : [])),
  );
}

/** Files of cases: beside the rules, and no rules themselves. */
export function policyTestFiles(config: Config): readonly string[] {
  return matchingFiles(config.root, ["policies/*.test.yaml", "policies/*.test.yml"]);
}

function policyFiles({ root }: Config, names: readonly string[]): readonly string[] {
  return matchingFiles(root, names).filter((file) => !/\.test\.ya?ml$/.test(file));
}

function matchingFiles(root: string, names: readonly string[]): readonly string[] {
  const found = names.flatMap((name) => {
    const folder = path.posix.dirname(name);
    const fits = textPattern(path.posix.basename(name));
    return filesIn(path.resolve(root, folder))
      .filter(fits)
      .map((file) => (folder === "." ? file : `${folder}/${file}`));
  });
  if (found.length > filesMax)
    throw new RunwrightError("config.invalid", `A policy has ${found.length} files; at most ${filesMax} are read.`);
  return [...new Set(found)].toSorted();
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    // No folder, no rules; one that is there and cannot be read may hold some.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new RunwrightError("config.invalid", `The folder ${folder} cannot be read.`, { cause: error });
  }
}

function readFile(config: Config, name: string): WrittenPolicy {
  const place = path.resolve(config.root, name);
  const file = slashedPath(config.root, place, path);
  const source = { file, text: textOf(place, file) };
  const roles = Object.keys(config.roles);
  return readChecked(source, "a policy", (map, problems) => readPolicy(map, { ...source, roles }, problems));
}

/** The text of a file of rules or cases. Throws `config.invalid`. */
export function textOf(place: string, file: string): string {
  try {
    const { size } = statSync(place);
    if (size <= limits.sourceBytesMax) return readFileSync(place, "utf8");
  } catch (error) {
    throw new RunwrightError("config.invalid", `${file} cannot be read.`, { cause: error });
  }
  throw new RunwrightError("config.invalid", `${file} has more than ${limits.sourceBytesMax / 1024} KiB.`);
}

/** One strict file is enough; that the rules of the product hold too is said by any of them. */
function joined(parts: readonly WrittenPolicy[], origin: string): ProjectPolicy {
  const own = parts.flatMap(({ rules }) => rules);
  const base = parts.some((each) => each.extendsDefault)
    ? defaultRules.map((rule) => ({ rule, from: "built in" }))
    : [];
  const rules = [...base, ...own];
  const known = new Map<string, string>();
  for (const { rule, from } of rules) {
    const other = known.get(rule.id);
    if (other !== undefined)
      throw new RunwrightError(
        "config.invalid",
        `The rule '${rule.id}' is in ${other} and in ${from}; name one of them differently.`,
      );
    known.set(rule.id, from);
  }
  return { rules, deniesUnreviewed: parts.some((each) => each.deniesUnreviewed), origin };
}

import { readKeys } from "../check/keys.ts";
import { choiceIn, mapIn, reportShape } from "../check/values.ts";
import type { Field } from "../fields/field.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceNode } from "../source/tree.ts";
import { entryAt, renamed, textOf } from "./nodes.ts";

const now = { supported: true } as const;
const providerFields: readonly Field[] = [
  { name: "provider", kind: "name", ...now, doc: "Alias of the agent; required." },
  { name: "role", kind: "name", ...now, doc: "Its role, which is that of the stage." },
];
const picks = { all: "all", race: "first", majority: "majority" } as const;

/** How the fields of a stage with several agents are named in a step: `agent` with a list, and `pick`. */
export function candidatesOf(fields: readonly SourceEntry[], problems: Problems): readonly SourceEntry[] {
  const providers = fields.find(({ key }) => key === "providers");
  const strategy = fields.find(({ key }) => key === "parallel_strategy");
  if (providers === undefined) {
    if (strategy !== undefined)
      problems.report("E015", strategy.keyRange, "'parallel_strategy' means nothing without providers", {
        hint: "add providers: a list of {provider, role}, or remove it",
      });
    return [];
  }
  checkMode(fields, problems);
  const { value } = providers;
  if (value.kind !== "list" || value.items.length === 0)
    return reportShape(problems, providers, "a list of {provider, role}") ?? [];

  const candidates = value.items.map((item) => candidateIn(item, providers, problems));
  const words = strategy === undefined ? "all" : choiceIn(problems, strategy, ["all", "race", "majority"] as const);
  const agents = candidates.flatMap((each) => each.provider?.value ?? []);
  return [
    { key: "agent", keyRange: providers.keyRange, value: { ...value, items: agents } },
    entryAt("pick", picks[words ?? "all"], strategy?.value.range ?? providers.keyRange),
    ...(fields.some(({ key }) => key === "role") ? [] : roleOf(candidates, problems)),
  ];
}

interface Candidate {
  readonly provider: SourceEntry | undefined;
  readonly role: SourceEntry | undefined;
}

function candidateIn(item: SourceNode, providers: SourceEntry, problems: Problems): Candidate {
  const shown = { key: "a provider", keyRange: providers.keyRange, value: item };
  const map = mapIn(problems, shown, "a map such as {provider: claude-code, role: coder}");
  const written = map === undefined ? undefined : readKeys(map, providerFields, "in a provider", problems);
  const provider = written?.get("provider");
  if (written !== undefined && provider === undefined && !written.meant.has("provider"))
    problems.report("E015", item.range, "this provider has no name", { hint: "add provider: <alias of an agent>" });
  return { provider, role: written?.get("role") };
}

/** All candidates do the same, so that their results can be chosen from. */
function roleOf(candidates: readonly Candidate[], problems: Problems): readonly SourceEntry[] {
  const roles = candidates.flatMap(({ role }) => role ?? []);
  const [first] = roles;
  if (first === undefined) return [];
  const other = roles.find(({ value }) => textOf(value) !== textOf(first.value));
  if (other !== undefined)
    problems.report("E015", other.value.range, "the providers of a stage have one role", {
      hint: "make a stage of each role",
    });
  return [renamed("role", first)];
}

function checkMode(fields: readonly SourceEntry[], problems: Problems): void {
  const mode = fields.find(({ key }) => key === "mode");
  if (mode === undefined || textOf(mode.value) !== "sequential") return;
  problems.report("E015", mode.value.range, "several providers of a stage work side by side", {
    hint: "write mode: parallel, or make each a stage of its own",
  });
}

import { short } from "../check/short.ts";
import { namesIn, type WrittenName } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { World } from "../world.ts";
import type { Workshop } from "./workshop.ts";

/** Where people are named who decide or answer. */
export interface Asked {
  /** What names them, as messages call it: `gate 'review'`. */
  readonly who: string;
  readonly by: SourceEntry | undefined;
  /** A misspelt key was taken for `by`: nothing is said about its absence. */
  readonly meant: boolean;
  /** Where to point when nobody is named. */
  readonly range: Range;
  /** What they can do. */
  readonly can?: string;
}

/** Roles or users, each once. E051 when there are none, E052 for a name that is neither. */
export function acceptorsIn({ problems, world }: Workshop, asked: Asked): readonly string[] {
  const { who, by, meant: isMeant, range, can = "accept" } = asked;
  const names = by === undefined ? [] : namesIn(problems, by, "a list of roles or users");
  if (names === undefined) return [];
  if (names.length === 0 && !isMeant) {
    problems.report("E051", by?.value.range ?? range, `${who} names nobody who can ${can}`, {
      hint: `add by: [role or user]; known: ${rolesOf(world).join(", ")}`,
    });
  }
  for (const name of names) checkAcceptor({ problems, world }, who, name);
  return [...new Set(names.map(({ name }) => name))];
}

/** E052 for a name that is neither a role nor a user. */
function checkAcceptor(
  { problems, world }: Pick<Workshop, "problems" | "world">,
  who: string,
  { name, node }: WrittenName,
): void {
  const known = rolesOf(world);
  // Users are written with their realm or as an address; without a configuration there are no roles to compare with.
  if (world.roles.length === 0 || known.includes(name) || /[:@]/.test(name)) return;
  const meant = problems.closest(name, known);
  problems.report("E052", node.range, `${who} names '${short(name)}', which is neither a role nor a user`, {
    hint:
      meant === undefined
        ? `known: ${known.join(", ")}; users are written as local:ada or ada@example.com`
        : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: node.range, text: meant },
  });
}

function rolesOf({ roles }: World): readonly string[] {
  return [...roles, "requester"];
}

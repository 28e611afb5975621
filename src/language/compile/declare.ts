import type { Written } from "../check/keys.ts";
import { short } from "../check/short.ts";
import { namesIn } from "../check/values.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry } from "../source/tree.ts";
import type { World } from "../world.ts";
import { connectorsIn, descriptorOf } from "./declare-connectors.ts";
import { documentsIn } from "./declare-documents.ts";
import { entitiesIn } from "./declare-entities.ts";
import { agentsIn, modelsIn } from "./declare-pins.ts";
import type { Declared, DeclaredPin } from "./declared.ts";

/** Reads what a file declares. */
export function declaredIn(file: Written, world: World, problems: Problems): Declared {
  const documents = documentsIn(file.get("documents"), problems);
  return {
    models: withPins(modelsIn(file.get("models"), problems), world.pins.models, (pin) => pin),
    connectors: withPins(connectorsIn(file.get("connectors"), world, problems), world.pins.connectors, (pin) => ({
      ...pin,
      descriptor: descriptorOf(pin.pin, world),
      with: undefined,
    })),
    agents: withPins(agentsIn(file.get("agents"), world, problems), world.pins.agents, (pin) => ({
      ...pin,
      model: undefined,
    })),
    documents,
    entities: entitiesIn(file.get("entities"), documents, problems),
    secrets: secretsIn(file.get("secrets"), problems),
  };
}

/** What the workspace pins is there too, under aliases that the file does not use itself. */
function withPins<T extends DeclaredPin>(
  own: ReadonlyMap<string, T>,
  pins: Readonly<Record<string, string>>,
  make: (pin: DeclaredPin) => T,
): ReadonlyMap<string, T> {
  const shared = Object.entries(pins).map(([alias, pin]) => [alias, make({ pin, entry: undefined })] as const);
  return new Map([...shared, ...own]);
}

/** `secrets`: their names. Values are never in a file. */
function secretsIn(entry: SourceEntry | undefined, problems: Problems): ReadonlySet<string> {
  const names = entry === undefined ? [] : (namesIn(problems, entry, "a list of names of secrets") ?? []);
  for (const { name, node } of names) {
    if (secretPattern.test(name)) continue;
    problems.report("E015", node.range, `'${short(name)}' is not the name of a secret`, {
      hint: "use letters, digits and '_', at most 64; values of secrets are kept outside the file",
    });
  }
  return new Set(names.map(({ name }) => name));
}

const secretPattern = /^[A-Za-z_]\w{0,63}$/;

import { short, someOf } from "../check/short.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import { connectorFields } from "../fields/file-fields.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import type { World } from "../world.ts";
import { aliasesIn, partsOfPin, type PinForm, usedIn } from "./declare-pins.ts";
import type { DeclaredConnector } from "./declared.ts";

/** `connectors`. E042, E043. */
export function connectorsIn(
  entry: SourceEntry | undefined,
  world: World,
  problems: Problems,
): ReadonlyMap<string, DeclaredConnector> {
  // The world reads its connectors when it is first asked for them.
  if (entry === undefined) return new Map();
  const installed = versionsByName(world.connectors);
  return new Map(
    aliasesIn(entry, "connector", problems).map((each) => {
      const form: PinForm = { fields: connectorFields, noun: "connector", sample: "zendesk@3.2.0" };
      const { pin, fields } = usedIn(each, form, problems);
      if (pin !== undefined) checkPin(pin, `connector '${short(each.key)}'`, installed, problems);
      const text = pin?.text ?? "";
      return [each.key, { pin: text, entry: each, descriptor: descriptorOf(text, world), with: fields?.get("with") }];
    }),
  );
}

/** The descriptor of a pinned connector: `zendesk@3.2.0`. Without a version, which is reported, the newest serves to check the steps with. */
export function descriptorOf(pin: string, { connectors }: World): ConnectorDescriptor | undefined {
  const { name, version } = partsOfPin(pin);
  const all = connectors.filter((each) => each.name === name);
  return version === undefined
    ? all.toSorted((left, right) => newestFirst(left.version, right.version))[0]
    : all.find((each) => each.version === version);
}

type Installed = ReadonlyMap<string, readonly string[]>;

/** Installed versions of each connector, the newest first. */
function versionsByName(connectors: readonly ConnectorDescriptor[]): Installed {
  const byName = Map.groupBy(connectors, ({ name }) => name);
  return new Map(
    Array.from(byName, ([name, all]) => [name, all.map(({ version }) => version).toSorted(newestFirst)] as const),
  );
}

function newestFirst(left: string, right: string): number {
  return right.localeCompare(left, "en", { numeric: true });
}

function checkPin({ text, range }: SourceScalar, called: string, installed: Installed, problems: Problems): void {
  const { name, version } = partsOfPin(text);
  const versions = installed.get(name);
  if (versions === undefined) {
    const meant = problems.closest(name, installed.keys());
    problems.report("E042", range, `unknown connector '${short(name)}'`, {
      hint: meant === undefined ? installedHint(installed.keys()) : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range, text: version === undefined ? meant : `${meant}@${version}` },
    });
  } else if (version === undefined) {
    const better = `${name}@${versions[0] ?? ""}`;
    problems.report("E043", range, `${called} has no version`, {
      hint: `pin it: ${better}`,
      fix: { range, text: better },
    });
  } else if (!versions.includes(version)) {
    problems.report("E043", range, `${called} names ${short(name)} ${short(version)}, which is not installed`, {
      hint: installedHint(versions.map((each) => `${name}@${each}`)),
    });
  }
}

function installedHint(names: Iterable<string>): string {
  const listed = someOf(names);
  return listed === "" ? "no connector is installed" : `installed: ${listed}`;
}

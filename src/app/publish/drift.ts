import type { ModuleLocks, ModuleName } from "../../actions/function/module-lock.ts";
import { hasCode, messageOf, RunwrightError } from "../../base/error.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { LockedModule, Version } from "../../ports/catalog.ts";
import { descriptorDigest, moduleKey, moduleNamed } from "./lock.ts";

/** What a published version is held against. */
export interface Surroundings {
  readonly modules: ModuleLocks;
  /** The folder in which its modules lie. */
  readonly root: string;
  readonly connectors: () => readonly ConnectorDescriptor[];
}

/** Throws `version.drift`, naming the file, when something that a version was published with is another now. A draft is what it is. */
export function assertUnchanged(version: Version, { modules, root, connectors }: Surroundings): void {
  const { lock } = version;
  if (lock === undefined) return;
  for (const key of Object.keys(lock.modules)) assertModule(version, { root, ...moduleNamed(key) }, modules);
  for (const pin of Object.keys(lock.connectors)) assertConnector(version, pin, connectors());
}

/** The same for one module that is about to be called. */
export function assertModule(version: Version, module: ModuleName, modules: ModuleLocks): void {
  const { lock } = version;
  if (lock === undefined) return;
  const key = moduleKey(module);
  const locked = lock.modules[key];
  if (locked === undefined) throw drift(version, `${key} is not one of the modules`);
  const changed = changeOf(locked, () => modules.lockOf(module));
  if (changed !== undefined) throw drift(version, changed);
}

/** The same for one connector. */
function assertConnector(version: Version, pin: string, connectors: readonly ConnectorDescriptor[]): void {
  const { lock } = version;
  if (lock === undefined) return;
  const changed = orGone(`The connector ${pin}`, () =>
    descriptorDigest(pin, connectors) === lock.connectors[pin] ? undefined : `The descriptor of ${pin} is not the one`,
  );
  if (changed !== undefined) throw drift(version, changed);
}

/** In what a module differs, as the beginning of a sentence. */
function changeOf(locked: LockedModule, read: () => LockedModule): string | undefined {
  return orGone(locked.file, () => {
    const { file, digest, imports = {} } = read();
    if (file !== locked.file) return `${file}, which is taken instead of ${locked.file}, is not the module`;
    if (digest !== locked.digest) return `${file} is not the file`;
    const before = locked.imports ?? {};
    const names = new Set([...Object.keys(before), ...Object.keys(imports)]);
    const other = [...names].find((name) => before[name] !== imports[name]);
    return other === undefined ? undefined : `${other}, which ${file} imports, is not the file`;
  });
}

function orGone(what: string, look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    const isGone = hasCode(error, "function.not-found") || hasCode(error, "connector.invalid");
    if (isGone || hasCode(error, "function.invalid"))
      return `${what} cannot be used (${messageOf(error)}) and is not the one`;
    throw error;
  }
}

function drift(version: Version, changed: string): RunwrightError {
  const { workflow, number, published } = version;
  const name = number === undefined ? workflow : `${workflow}@${number}`;
  const when = published === undefined ? "" : ` on ${timeOf(published.at)} by ${published.by}`;
  return new RunwrightError(
    "version.drift",
    `${changed} that ${name} was published with${when}. Put it back, or publish ${version.file} again.`,
  );
}

/** `2026-11-21 13:45 UTC` */
function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

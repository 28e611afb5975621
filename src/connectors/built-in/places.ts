import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import { safePlace } from "../../base/paths.ts";

/** Where a file lies: folders below the root, and its name. */
export interface Place {
  /** As people read it: `reports/a.md`. */
  readonly text: string;
  readonly folders: readonly string[];
  readonly name: string;
}

// What Runwright itself reads from a project and acts on: a step that writes there would change what may be done.
const ownFolders: ReadonlySet<string> = new Set([
  "assignments",
  "connectors",
  "functions",
  "node_modules",
  "policies",
  "scripts",
  "workflows",
]);

/** A path of a step as a place below a root. Throws `tool.input-invalid` for every path that may mean something else somewhere. */
export function placeOf(written: string): Place {
  const names = namesOf(written);
  if ("problem" in names)
    throw new RunwrightError("tool.input-invalid", `The path '${written.slice(0, 100)}' ${names.problem}.`);
  return { text: names.join("/"), folders: names.slice(0, -1), name: names.at(-1) ?? "" };
}

/** A folder that a setting names: where the way to it begins, and the names on that way, none of which may be a link. */
export interface Root {
  readonly base: string;
  readonly names: readonly string[];
}

/** The folder that a setting names: one of the project, or one of those that the configuration lists. Throws `connector.not-configured`. */
export function rootOf(project: string, written: string, allowed: readonly string[], writes: boolean): Root {
  if (path.isAbsolute(written) && allowed.some((folder) => path.resolve(folder) === path.resolve(written)))
    return { base: path.resolve(written), names: [] };
  const names = namesOf(written);
  if ("problem" in names)
    throw notConfigured(
      written,
      `${names.problem}; name a folder of the project, or list it under connectors: { files: { roots: … } }`,
    );
  if (writes && ownFolders.has(names[0] ?? ""))
    throw notConfigured(written, "holds what Runwright acts on; steps do not write there");
  return { base: project, names };
}

function namesOf(written: string): readonly string[] | { readonly problem: string } {
  if (path.isAbsolute(written)) return { problem: "is absolute" };
  const checked = safePlace("/", written, path.posix);
  if ("problem" in checked) return checked;
  const names = checked.place.split("/");
  const hidden = names.find((name) => name.startsWith("."));
  return hidden === undefined ? names : { problem: `holds '${hidden}': names that begin with a dot are left alone` };
}

function notConfigured(written: string, why: string): RunwrightError {
  return new RunwrightError("connector.not-configured", `The folder '${written.slice(0, 100)}' ${why}.`);
}

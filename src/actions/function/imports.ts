import { statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** What a module names, and where it would lie. */
export interface Named {
  /** The files that are there. */
  readonly files: readonly string[];
  /** Every folder that was looked into: a file that comes or goes there may be another answer. */
  readonly folders: readonly string[];
  /** How many names were looked for. */
  readonly names: number;
}

/** Endings of what an `import` can load. */
const loaded = /\.(?:[cm]?[jt]s|json|node|wasm)$/;
const read = /\.[cm]?[jt]s$/;
/** Endings and names that `require` adds. */
const added = ["", ".js", ".json", ".node", ".cjs", ".ts", "/index.js", "/index.json"] as const;

/**
 * A name in quotes that leads to another file: `./lib/a.mjs`, `../b.ts`, or one of the `imports` of package.json, such as `#lib`. Bounded, so
 * that no text takes long.
 */
const quoted = /(["'`])(\.{1,2}\/[^"'`\n\\]{1,300}|#[\w@/.-]{1,200})\1/g;

/** True for a file whose text may name others. */
export function namesOthers(file: string): boolean {
  return read.test(file);
}

/**
 * The files that the text of a module names in quotes.
 *
 * The text is read and never run, and taken for no more than text: a name in a comment counts too, which does no harm, and no way of importing
 * is missed but one whose name is put together at run time. Packages are not followed: a lock file of their own says what they are. Undefined
 * when there are more names than may be looked for.
 */
export function namedFiles(file: string, text: string, namesMax: number): Named | undefined {
  const names = new Set<string>();
  for (const [, , name = ""] of text.matchAll(quoted)) if (names.add(name).size > namesMax) return undefined;
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const name of names) {
    const candidates = name.startsWith("#") ? inside(file, name) : beside(file, name);
    for (const candidate of candidates) folders.add(path.dirname(candidate));
    const found = candidates.find((candidate) => loaded.test(candidate) && isFile(candidate));
    if (found !== undefined) files.add(found);
  }
  return { files: [...files], folders: [...folders], names: names.size };
}

/** Where a relative name may lead. A name may carry a query, which tells two copies of one module apart. */
function beside(file: string, name: string): readonly string[] {
  const place = path.resolve(path.dirname(file), decoded(name.replace(/[?#].*$/, "")));
  return added.map((ending) => `${place}${ending}`);
}

/** Where a name leads that the project's package.json gives to one of its files. */
function inside(file: string, name: string): readonly string[] {
  try {
    const found = createRequire(file).resolve(name);
    return path.isAbsolute(found) ? [found] : [];
  } catch {
    // A colour, or whatever else begins with that sign.
    return [];
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function isFile(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true;
}

import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A file of the project: its path from the root, with `/` on every system, and its text. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Where the project lies. */
export const root: string = path.resolve(import.meta.dirname, "..", "..");

const madeByTools: ReadonlySet<string> = new Set(["node_modules", ".git", ".runwright", "dist"]);

/** Every text file that matches, without what tools made. */
export function sourcesOf(...patterns: readonly string[]): readonly Source[] {
  const names = globSync([...patterns], {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => madeByTools.has(entry.name),
  });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file: path.relative(root, file).replaceAll(path.sep, "/"), text: readFileSync(file, "utf8") }))
    .filter(({ text }) => !text.includes("\0"))
    .toSorted((a, b) => a.file.localeCompare(b.file));
}

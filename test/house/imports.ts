import path from "node:path";
import type { Room } from "./rooms.ts";
import type { Source } from "./sources.ts";

const statement = /(?:^|[;}])\s*(?:import|export)\b(?:[^"'`;=()]*?\bfrom)?\s*["']([^"']+)["']/gm;
const dynamic = /\b(?:import|require|getBuiltinModule)\(\s*["'`]([^"'`]+)["'`]/g;
const beside = /\bnew URL\(\s*["'`](\.[^"'`]+)["'`]\s*,\s*import\.meta\.url/g;

/** What a file imports: files of ours as paths from the root, everything else by its name. */
export function importsOf({ file, text }: Source): readonly string[] {
  const code = text.replaceAll(/^\s*(?:\/\/.*|\/\*[\s\S]*?\*\/)/gm, "");
  const names = [statement, dynamic, beside].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] ?? ""),
  );
  const files = names.filter((name) => !name.endsWith("/"));
  return files.map((name) => (name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name));
}

/** The room that a file stands in, if any: of a room and a room inside it, the inner one. */
export function roomOf(rooms: readonly Room[], file: string): Room | undefined {
  const inside = rooms.filter(({ name }) => file === `src/${name}` || file.startsWith(`src/${name}/`));
  return inside.toSorted((a, b) => b.name.length - a.name.length)[0];
}

/** Files that stand in no room. */
export function homeless(rooms: readonly Room[], sources: readonly Source[]): readonly string[] {
  return sources.map(({ file }) => file).filter((file) => roomOf(rooms, file) === undefined);
}

/** Imports that the table does not allow, as `file -> what it imports`. */
export function forbiddenImports(rooms: readonly Room[], sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const home = roomOf(rooms, source.file);
    return importsOf(source)
      .filter((to) => !mayImport(home, to))
      .map((to) => `${source.file} -> ${to}`);
  });

  function mayImport(home: Room | undefined, to: string): boolean {
    if (home === undefined || to.endsWith(".test.ts")) return false;
    const target = roomOf(rooms, to);
    if (target !== undefined) return target === home || home.rooms.includes(target.name);
    return home.outside.includes(to) || home.outside.includes(packageOf(to));
  }
}

/** Rows of the table that name a room which is not below them. */
export function upwardRows(rooms: readonly Room[]): readonly string[] {
  return rooms.flatMap(({ name, rooms: allowed }, floor) => {
    const below = new Set(rooms.slice(0, floor).map((room) => room.name));
    return allowed.filter((other) => !below.has(other)).map((other) => `${name} -> ${other}`);
  });
}

/** Files that import themselves through others, each cycle once, as the path it takes. */
export function cycles(sources: readonly Source[]): readonly string[] {
  const graph = new Map(sources.map((source) => [source.file, importsOf(source)]));
  const done = new Set<string>();
  const found: string[] = [];
  for (const file of graph.keys()) visit(file, []);
  return found;

  function visit(file: string, trail: readonly string[]): void {
    const start = trail.indexOf(file);
    if (start !== -1) found.push([...trail.slice(start), file].join(" -> "));
    if (start !== -1 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  }
}

/** `@scope/name/part` and `name/part` belong to their package; a Node module stands for itself. */
function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

// What the project promises about its files beside the imports: sizes, purity, the records in docs/, and what no file may name.
import type { Source } from "./sources.ts";

/** The groups of package.json that name packages. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
}

/** No source file is longer. One that wants to be is two things. */
export const linesMax = 400;

/** Files that are too long, with their length. */
export function tooLong(sources: readonly Source[]): readonly string[] {
  return sources
    .map(({ file, text }) => ({ file, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ file, lines }) => `${file}: ${lines} lines`);
}

/** Places that read the clock through `Date` without an argument, which the linter cannot tell from `new Date(ms)`. */
export function clockReads(sources: readonly Source[]): readonly string[] {
  return linesThat(sources, (line) => /\bnew Date\b(?!\s*\(\s*[^\s)])|(?<!new )\bDate\(/.test(line));
}

/** Everything wrong with the lines of docs/requirements.md: `- R000 <what> | <test file> | <test name>`. */
export function brokenRequirements(list: string, textOf: TextOf): readonly string[] {
  return linesOf(list).flatMap((line) => {
    const [, , file, name] = /^- (R\d{3}) [^|]+ \| ([^|]+) \| (.+)$/.exec(line) ?? [];
    if (file === undefined || name === undefined) return [`${line}: not of the form "- R000 what | file | test"`];
    return missingTests(line, file, [name], textOf);
  });
}

/** Everything wrong with the lines of docs/invariants.md: `- I0 <what> | <test file> | <test name> | <control> | <figure>`. */
export function brokenInvariants(list: string, textOf: TextOf): readonly string[] {
  return linesOf(list).flatMap((line) => {
    const [, file, name, control] = /^- [IM]\d+ [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+$/.exec(line) ?? [];
    if (file === undefined || name === undefined || control === undefined)
      return [`${line}: not of the form "- I0 what | file | test | control | figure"`];
    return missingTests(line, file, control.trim() === "none" ? [name] : [name, control], textOf);
  });
}

type TextOf = (file: string) => string | undefined;

function linesOf(list: string): readonly string[] {
  return list.split("\n").filter((line) => line.startsWith("- "));
}

function missingTests(line: string, file: string, names: readonly string[], textOf: TextOf): readonly string[] {
  const text = textOf(file.trim());
  if (text === undefined) return [`${line}: no such file`];
  return names.every((name) => namesTest(text, name.trim())) ? [] : [`${line}: no test of that name in the file`];
}

/** Packages of the manifests that docs/dependencies.md has no line for, and lines for packages that are gone. */
export function unrecordedPackages(list: string, manifests: readonly Manifest[]): readonly string[] {
  const used = new Set(manifests.flatMap((manifest) => Object.keys(packagesOf(manifest))));
  const recorded = new Set([...list.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? ""));
  return [
    ...[...used].filter((name) => !recorded.has(name)).map((name) => `${name} has no line`),
    ...[...recorded].filter((name) => !used.has(name)).map((name) => `${name} has a line but is not used`),
  ];
}

/** Packages whose version is not one exact version. A peer is a range, because the user picks it. */
export function loosePins(manifest: Manifest): readonly string[] {
  const { peerDependencies: _, ...pinned } = manifest;
  return Object.entries(packagesOf(pinned))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} ${version}`);
}

/** The part of package-lock.json that the rules read. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * What is wrong with the lockfile. It must know every package of every platform by digest, or `npm ci` fails on some machine (on each, where
 * the registry has no such version), and it must not say where a package was downloaded from.
 */
export function lockfileProblems({ packages }: Lockfile): readonly string[] {
  return Object.entries(packages).flatMap(([place, { resolved, integrity, link, optionalDependencies = {} }]) => [
    ...Object.keys(optionalDependencies)
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${place}/node_modules/${name}`] === undefined,
      )
      .map((name) => `${name} of ${place} is missing`),
    ...(resolved !== undefined && link !== true ? [`${place} says where it came from`] : []),
    ...(integrity === undefined && link !== true && place.includes("node_modules/") ? [`${place} has no digest`] : []),
  ]);
}

const registryHosts = [
  /\bregistry\.[\w-]+\.(?:org|com|io|net|dev)\b/i,
  /\bnpm\.pkg\.\w+\.com\b/i,
  /\b(?:jsr|ghcr|quay|crates|docker)\.io\b/i,
  /\b(?:pypi|pythonhosted|packagist)\.org\b/i,
  /\bproxy\.golang\.org\b/i,
];

/** Lines that name the host of a package registry: which one to use is the machine's business. */
export function registryLines(sources: readonly Source[]): readonly string[] {
  return linesThat(sources, (line) => registryHosts.some((host) => host.test(line)));
}

/** Lines that contain one of these texts, such as a folder of the machine at hand. */
export function linesWith(sources: readonly Source[], texts: readonly string[]): readonly string[] {
  return linesThat(sources, (line) => texts.some((text) => line.includes(text)));
}

function linesThat(sources: readonly Source[], test: (line: string) => boolean): readonly string[] {
  return sources.flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, at) => (test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
}

function packagesOf(manifest: Manifest): Readonly<Record<string, string>> {
  return {
    ...manifest.peerDependencies,
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  };
}

function namesTest(text: string, name: string): boolean {
  return ['"', "'", "`"].some((quote) => text.includes(`(${quote}${name}${quote}`));
}

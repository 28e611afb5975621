// The tools behind `npm run check` really bite: each is shown a small project with our settings that breaks its rules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { root } from "./house/sources.ts";

const settings = [".oxlintrc.json", ".oxfmtrc.json", "tsconfig.json", "package.json", "knip.json"];

/** What a tool says about a project of these files, and how it ends. */
function check(
  tool: readonly string[],
  files: Readonly<Record<string, string>>,
): { readonly code: number | null; readonly said: string } {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "check-"));
  for (const file of settings) copyFileSync(path.join(root, file), path.join(folder.path, file));
  symlinkSync(path.join(root, "node_modules"), path.join(folder.path, "node_modules"), "junction");
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
    writeFileSync(path.join(folder.path, file), text);
  }
  const [name = "", ...options] = tool;
  const command = path.join(root, "node_modules", ".bin", name);
  const { status, stdout, stderr } = spawnSync(command, options, {
    cwd: folder.path,
    encoding: "utf8",
    timeout: 60_000,
    shell: process.platform === "win32",
  });
  // Under CI the tools colour what they say, also into a pipe.
  return { code: status, said: stripVTControlCharacters(stdout + stderr) };
}

/** The numbers of the lines that the linter complains about. */
function linesOf(said: string): readonly number[] {
  const lines = [...said.matchAll(/\[[^\]]+\.ts:(\d+):\d+\]/g)].map((match) => Number(match[1]));
  return [...new Set(lines)].toSorted((a, b) => a - b);
}

const impure = [
  "export const a: number = Date.now();",
  "export const b: number = Math.random();",
  "export const c: number = performance.now();",
  "export const d: string = crypto.randomUUID();",
  "export const e: unknown = setTimeout(() => undefined, 1);",
  "export const f: unknown = setInterval(() => undefined, 1);",
  "export const g: unknown = setImmediate(() => undefined);",
  'export const h: unknown = fetch("http://localhost");',
  "export const i: unknown = process.env;",
  "export const j: unknown = globalThis;",
  'export { readFileSync } from "node:fs";',
  'export { setTimeout } from "node:timers/promises";',
  'export { connect } from "net";',
  'export { randomUUID } from "node:crypto";',
];

test("the linter refuses the clock, chance, timers, the network, the process and input or output in the core", () => {
  for (const room of ["base", "language", "machine", "ports", "engine"]) {
    const { code, said } = check(["oxlint", "src"], { [`src/${room}/impure.ts`]: `${impure.join("\n")}\n` });
    assert.equal(code, 1, room);
    assert.deepEqual(
      linesOf(said),
      Array.from(impure.keys(), (at) => at + 1),
      said,
    );
  }
});

test("the linter lets the core digest, queue a microtask and read a given date, and an adapter do what it is for", () => {
  const pure = [
    'import { createHash } from "node:crypto";',
    'export const a: string = createHash("sha256").update("a").digest("hex");',
    "export const b: (ms: number) => string = (ms) => new Date(ms).toISOString();",
    "queueMicrotask(() => undefined);",
  ];
  const { code, said } = check(["oxlint", "src"], {
    "src/machine/pure.ts": `${pure.join("\n")}\n`,
    "src/adapters/sqlite/impure.ts": `${impure.join("\n")}\n`,
  });
  assert.deepEqual({ code, lines: linesOf(said) }, { code: 0, lines: [] }, said);
});

test("the linter knows types: a promise nobody waits for and a case nobody handles are refused", () => {
  const text = [
    "export async function a(): Promise<void> {}",
    "a();",
    'export function b(kind: "x" | "y"): void {',
    "  switch (kind) {",
    '    case "x":',
    "  }",
    "}",
    "export const c: any = 1;",
    "export default c;",
    'console.log("left behind");',
    'export const d: unknown = eval("1");',
    'export const e: unknown = new Function("return 1");',
  ];
  const { code, said } = check(["oxlint", "src"], { "src/app/a.ts": `${text.join("\n")}\n` });
  assert.deepEqual({ code, lines: linesOf(said) }, { code: 1, lines: [2, 4, 8, 9, 10, 11, 12] }, said);
});

test("the linter refuses to return a promise from a scope that disposes what the promise still needs", () => {
  const text = [
    "export async function a(open: () => AsyncDisposable, use: () => Promise<number>): Promise<number> {",
    "  await using _held = open();",
    "  return use();",
    "}",
    "export async function b(open: () => AsyncDisposable, use: () => Promise<number>): Promise<number> {",
    "  await using _held = open();",
    "  return await use();",
    "}",
  ];
  const { code, said } = check(["oxlint", "src"], { "src/app/a.ts": `${text.join("\n")}\n` });
  assert.deepEqual({ code, lines: linesOf(said) }, { code: 1, lines: [3] }, said);
});

test("the compiler refuses a wrong type, a missing check for undefined and syntax that Node cannot strip", () => {
  const text = [
    'export const a: number = "1";',
    "export const b: string = ([] as string[])[0];",
    "export enum C {}",
    "export const d = Math.max(1);",
    'import { e } from "./e.js";',
  ];
  const { code, said } = check(["tsc"], { "src/app/a.ts": text.join("\n") });
  assert.notEqual(code, 0);
  const lines = [...said.matchAll(/a\.ts\((\d+),/g)].map((match) => Number(match[1]));
  assert.deepEqual([...new Set(lines)], [1, 2, 3, 4, 5], said);
});

test("the formatter refuses a file that it would write differently", () => {
  assert.equal(check(["oxfmt", "--check", "src"], { "src/app/a.ts": "export const a=1\n" }).code, 1);
  assert.equal(check(["oxfmt", "--check", "src"], { "src/app/a.ts": "export const a = 1;\n" }).code, 0);
});

test("dead code is refused: an export and a file that nobody uses, a package that is not declared", () => {
  const { code, said } = check(["knip", "--no-progress"], {
    "src/cli/main.ts": 'import { used } from "../app/a.ts";\nimport "left-pad";\nused();\n',
    "src/app/a.ts": "export function used(): void {}\nexport function unused(): void {}\n",
    "src/app/lonely.ts": "export function lonely(): void {}\n",
  });
  assert.equal(code, 1);
  for (const name of ["unused", "src/app/lonely.ts", "left-pad"]) assert.ok(said.includes(name), `${name} in ${said}`);
});

// The house is built as its plan says. The plan is test/house/rooms.ts; each rule is also shown a sample that breaks it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { cycles, forbiddenImports, homeless, importsOf, upwardRows } from "./house/imports.ts";
import {
  brokenInvariants,
  brokenRequirements,
  clockReads,
  linesMax,
  linesWith,
  lockfileProblems,
  loosePins,
  type Lockfile,
  registryLines,
  tooLong,
  unrecordedPackages,
  type Manifest,
} from "./house/promises.ts";
import { rooms, type Room } from "./house/rooms.ts";
import { root, sourcesOf, type Source } from "./house/sources.ts";

const code = sourcesOf("{src,test,tools,bench,examples}/**/*.{ts,cjs,mjs,js}");
const shipped = code.filter(({ file }) => file.startsWith("src/") && !file.endsWith(".test.ts"));
const pure = shipped.filter(({ file }) => /^src\/(?:base|language|machine|ports|engine)\//.test(file));
const all = [...sourcesOf("**/*"), ...sourcesOf(".*"), ...sourcesOf(".ci/**/*")];

const sampleRooms: readonly Room[] = [
  { name: "low", rooms: [], outside: ["node:crypto"] },
  { name: "high", rooms: ["low"], outside: ["@scope/pkg", "node:fs"] },
];

const source = (file: string, text: string): Source => ({ file, text });
const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");
const manifestOf = (file: string): Manifest => JSON.parse(textOf(file)) as Manifest;
const manifests = sourcesOf("package.json", "{tools,bench}/*/package.json").map(({ file }) => manifestOf(file));

test("there are sources to look at", () => {
  assert.ok(shipped.length > 0, "without sources every rule below would pass by accident");
});

test("every source file lives in a room", () => {
  assert.deepEqual(homeless(rooms, shipped), []);
});

test("control: a file without a room is found", () => {
  assert.deepEqual(homeless(sampleRooms, [source("src/utils/text.ts", ""), source("src/low/a.ts", "")]), [
    "src/utils/text.ts",
  ]);
});

test("a room imports only what the table allows", () => {
  assert.deepEqual(forbiddenImports(rooms, shipped), []);
});

test("control: every kind of forbidden import is found", () => {
  const bad = source(
    "src/low/a.ts",
    [
      'import { b } from "../high/b.ts";',
      'import type { C } from "node:fs";',
      "import {\n  d,\n} from '@scope/pkg/part';",
      'export * from "../../test/e.ts";',
      'import "pg";',
      'export type F = import("yaml").Document;',
      'const g = await import("./g.test.ts");',
      'const h = new URL("../high/h.ts", import.meta.url);',
      'import { fine } from "node:crypto";',
      'import { own } from "./own.ts";',
      '/**\n * import { not } from "in-a-comment";\n */',
      '// import { neither } from "here";',
    ].join("\n"),
  );
  assert.deepEqual(
    forbiddenImports(sampleRooms, [bad]).map((line) => line.replace("src/low/a.ts -> ", "")),
    ["src/high/b.ts", "node:fs", "@scope/pkg/part", "test/e.ts", "pg", "yaml", "src/low/g.test.ts", "src/high/h.ts"],
  );
  const good = source("src/high/b.ts", 'import "../low/a.ts";\nimport { x } from "@scope/pkg/part";');
  assert.deepEqual(forbiddenImports(sampleRooms, [good]), []);
});

test("control: an import after other code on its line, or without spaces, is seen", () => {
  const text = 'const a = 1; import b from "b"\nexport{c}from"c";\nexport const d = "from", e = "e";';
  assert.deepEqual(importsOf(source("src/low/a.ts", text)), ["b", "c"]);
});

test("each room stands above the rooms it imports", () => {
  assert.deepEqual(upwardRows(rooms), []);
});

test("control: a row that looks upward is found", () => {
  const upward = [{ name: "low", rooms: ["high"], outside: [] }, ...sampleRooms.slice(1)];
  assert.deepEqual(upwardRows(upward), ["low -> high"]);
});

test("no file imports itself through others", () => {
  assert.deepEqual(cycles(code), []);
});

test("control: a cycle is found", () => {
  const a = source("src/low/a.ts", 'import "./b.ts";');
  const b = source("src/low/b.ts", 'import type { A } from "./a.ts";');
  assert.deepEqual(cycles([a, b]), ["src/low/a.ts -> src/low/b.ts -> src/low/a.ts"]);
});

test(`no source file is longer than ${linesMax} lines`, () => {
  assert.deepEqual(tooLong(code), []);
});

test("control: a file that is too long is found", () => {
  const long = source("src/low/a.ts", "x\n".repeat(linesMax + 1));
  assert.deepEqual(tooLong([long, source("src/low/b.ts", "x\n".repeat(linesMax))]), ["src/low/a.ts: 401 lines"]);
});

test("the core never asks what time it is", () => {
  assert.deepEqual(clockReads(pure), []);
});

test("control: every way to ask the time through Date is found", () => {
  const text = ["new Date()", "new Date( )", "new Date;", "Date()", "new Date(ms)", "new Date(\n", "Date.parse(text)"];
  assert.deepEqual(
    clockReads([source("a", text.join("\n"))]).map((line) => line.split(": ")[1]),
    ["new Date()", "new Date( )", "new Date;", "Date()", "new Date("],
  );
});

test("each requirement that docs/requirements.md calls met has its test", () => {
  const read = (file: string) => (existsSync(path.join(root, file)) ? textOf(file) : undefined);
  assert.deepEqual(brokenRequirements(textOf("docs/requirements.md"), read), []);
});

test("control: a requirement without its file or test is found", () => {
  const read = (file: string) => (file === "a.test.ts" ? 'test("it holds", () => {});' : undefined);
  const lines = ["- R001 holds | a.test.ts | it holds", "- R002 x | b.test.ts | y", "- R003 x | a.test.ts | y", "- R4"];
  assert.deepEqual(
    brokenRequirements(lines.join("\n"), read).map((line) => line.split(": ")[1]),
    ["no such file", "no test of that name in the file", 'not of the form "- R000 what | file | test"'],
  );
});

test("each promise that docs/invariants.md names has its test and its control", () => {
  const read = (file: string) => (existsSync(path.join(root, file)) ? textOf(file) : undefined);
  const list = textOf("docs/invariants.md");
  assert.deepEqual(brokenInvariants(list, read), []);
  assert.ok(list.includes("\n- I1 ") && list.includes("\n- M1 "), "the list is empty");
});

test("control: a promise without its file, test or control is found", () => {
  const read = (file: string) => (file === "a.test.ts" ? 'test("it holds", () => {}); test("it bites")' : undefined);
  const lines = [
    "- I1 holds | a.test.ts | it holds | it bites | 0 of 5",
    "- M1 holds | a.test.ts | it holds | none | 0 of 5",
    "- I2 x | b.test.ts | it holds | it bites | 1",
    "- I3 x | a.test.ts | it holds | y | 1",
    "- I4 x | a.test.ts | y | it bites | 1",
    "- I5 x | a.test.ts | it holds | it bites",
  ];
  assert.deepEqual(
    brokenInvariants(lines.join("\n"), read).map((line) => line.split(": ")[1]),
    [
      "no such file",
      "no test of that name in the file",
      "no test of that name in the file",
      'not of the form "- I0 what | file | test | control | figure"',
    ],
  );
});

test("docs/dependencies.md has a line for each dependency and no other", () => {
  assert.deepEqual(unrecordedPackages(textOf("docs/dependencies.md"), manifests), []);
});

test("control: a dependency without a line, and a line without a dependency, are found", () => {
  const list = "| `a` | x |\n| `c` | x |\n";
  const manifest = { dependencies: { a: "1.0.0" }, peerDependencies: { b: "^1.0.0" } };
  assert.deepEqual(unrecordedPackages(list, [manifest]), ["b has no line", "c has a line but is not used"]);
});

test("every dependency is pinned to one version", () => {
  assert.deepEqual(manifests.flatMap(loosePins), []);
});

test("control: a range is found", () => {
  const manifest = { devDependencies: { a: "^1.0.0", b: "1.0.0" }, optionalDependencies: { c: "latest" } };
  assert.deepEqual(loosePins(manifest), ["c latest", "a ^1.0.0"]);
});

test("the lockfile is complete for every platform and names no place of download", () => {
  for (const file of ["package-lock.json", "bench/peers/package-lock.json"])
    assert.deepEqual(lockfileProblems(JSON.parse(textOf(file)) as Lockfile), [], file);
});

test("the engines that the bench compares with are no part of this package", () => {
  const { workspaces = [] } = manifestOf("package.json");
  assert.deepEqual(
    workspaces.filter((place) => path.matchesGlob("bench/peers", place)),
    [],
  );
});

test("control: a missing platform, a missing digest and a place of download are found", () => {
  const packages = {
    "": {},
    "tools/a": { optionalDependencies: { b: "1.0.0", c: "1.0.0" } },
    "node_modules/a": { resolved: "tools/a", link: true },
    "node_modules/b": { resolved: "somewhere" },
  };
  assert.deepEqual(lockfileProblems({ packages }), [
    "c of tools/a is missing",
    "node_modules/b says where it came from",
    "node_modules/b has no digest",
  ]);
});

test("no file names the host of a package registry", () => {
  assert.deepEqual(registryLines(all), []);
});

test("control: the host of a registry is found", () => {
  const host = ["registry", "example", "org"].join(".");
  assert.equal(registryLines([source(".npmrc", `a=1\n//${host}/:b=c`)]).length, 1);
  assert.equal(registryLines([source("a.md", "The registry. For example, org")]).length, 0);
});

test("no file names a folder of the machine at hand", () => {
  const folders = [root, homedir()].map((folder) => folder + path.sep).filter((folder) => folder.length > 3);
  assert.deepEqual(linesWith(all, folders), []);
});

test("control: a folder of this machine is found", () => {
  assert.deepEqual(linesWith([source("a.md", `see ${root}/src`)], [root]), [`a.md:1: see ${root}/src`]);
});

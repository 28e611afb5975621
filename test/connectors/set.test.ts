// All kinds of connectors of a project, as its configuration and its files have them.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { configFileName, loadConfig } from "../../src/app/config.ts";
import { createConnectorSet } from "../../src/app/connector-set.ts";
import { hasCode } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { builtInConnectors } from "../../src/connectors/built-in.ts";
import { readDescriptor } from "../../src/connectors/read-descriptor.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { moduleOf, openProject } from "../functions/project.ts";
import { root } from "../house/sources.ts";
import { bentServer, callOf, isAlive, mapOf, until } from "../mcp/stage.ts";

const long = { timeout: 120_000 };
const cli = path.join(root, "src/cli/main.ts");

function inspect(cwd: string, ...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "connectors", "inspect", ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], BENT_TOKEN: "s3cret-value" },
  });
  return { status, said: `${stdout}${stderr}` };
}

function fileOf(folder: string, pin: string): ConnectorDescriptor {
  const file = path.join(folder, "connectors", `${pin}.json`);
  return readDescriptor({ file, text: readFileSync(file, "utf8") });
}

const bent = bentServer()["args"] as readonly string[];

test("a connector's file is written from its running server, and tells when the server is another one", long, () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const written = inspect(folder.path, "bent@1.0.0", "--write", "--", "node", ...bent);
  assert.equal(written.status, 0, written.said);
  const { actions, mcp } = fileOf(folder.path, "bent@1.0.0");
  assert.deepEqual([actions["note"]?.effect, actions["say"]?.effect, mcp?.command], ["blind", "read", "node"]);
  assert.equal(inspect(folder.path, "bent@1.0.0").status, 0);

  const file = path.join(folder.path, "connectors", "bent@1.0.0.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('bent-server.ts"', 'bent-server.ts", "2"'));
  const drifted = inspect(folder.path, "connectors/bent@1.0.0.json");
  assert.ok(drifted.status === 1 && drifted.said.includes("These are not the tools"), drifted.said);
  const json = spawnSync(process.execPath, [cli, "--json", "connectors", "inspect", "bent@1.0.0"], {
    cwd: folder.path,
    encoding: "utf8",
  });
  assert.deepEqual([(JSON.parse(json.stdout) as JsonObject)["drifted"], json.status], [true, 1]);
  assert.equal(inspect(folder.path, "bent@1.0.0", "--write").status, 0);
  assert.equal(inspect(folder.path, "bent@1.0.0").status, 0);
});

test("what a person wrote in a connector's file stays, and its settings are given on the command line", long, () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  mkdirSync(path.join(folder.path, "connectors"));
  const template = {
    name: "bent",
    version: "1.0.0",
    title: "Ours",
    kind: "mcp",
    settings: { type: "object", properties: { token: { type: "string", format: "password" } }, required: ["token"] },
    mcp: { ...bentServer(), env: { TOKEN: "${settings.token}" } },
    actions: { note: { effect: "keyed", targets: ["file"], mcp: { key: "text" } }, gone: {} },
  };
  const file = path.join(folder.path, "connectors", "bent@1.0.0.json");
  writeFileSync(file, JSON.stringify(template));
  const written = inspect(folder.path, "connectors/bent@1.0.0.json", "--write", "--with", "token=env:BENT_TOKEN");
  assert.equal(written.status, 0, written.said);
  assert.match(written.said, /has no tool 'gone'/);
  const { title, settings, actions } = fileOf(folder.path, "bent@1.0.0");
  assert.deepEqual([title, settings, Object.keys(actions)], ["Ours", template.settings, ["note"]]);
  assert.deepEqual([actions["note"]?.effect, actions["note"]?.mcp], ["keyed", { key: "text" }]);
  assert.ok(!readFileSync(file, "utf8").includes("s3cret"));
});

const refused: readonly (readonly [args: readonly string[], words: RegExp])[] = [
  [["bent@1.0.0"], /There is no file .*connectors inspect bent@1.0.0 --write -- node server.mjs/],
  [["bent", "--", "node"], /named as name@version, not 'bent'/],
  [["bent@1.0.0", "--url", "http://127.0.0.1:1/mcp", "--", "node"], /a command or a --url/],
  [["bent@1.0.0", "--url", "http://127.0.0.1:1/mcp"], /tool\.unavailable/],
  [["bent@1.0.0", "--with", "token=env:NOT_THERE", "--", "node"], /The variable NOT_THERE is not set/],
];

for (const [args, words] of refused) {
  test(`connectors inspect ${args.join(" ")} says what is wrong`, long, () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
    const { status, said } = inspect(folder.path, ...args);
    assert.notEqual(status, 0);
    assert.match(said, words);
  });
}

test("a call goes to the kind that its connector is of", long, async () => {
  await using project = openProject({ "connectors/desk/close.mjs": moduleOf("return { output: 'closed' };") });
  writeFileSync(
    path.join(project.root, configFileName),
    `connectors:\n  shell: { enabled: true, commands: [${process.execPath}] }\n`,
  );
  assert.equal(inspect(project.root, "bent@1.0.0", "--write", "--", "node", ...bent).status, 0);
  await using set = createConnectorSet(await loadConfig(project.root, {}), {
    version: "0.0.0-test",
    modules: project.action,
    fetch,
    addressOf: (host) => Promise.resolve(host),
  });
  const call = (descriptor: ConnectorDescriptor, action: string, input: JsonObject, settings: JsonObject = {}) =>
    set.call(descriptor, callOf(descriptor, action, input), { settings, signal: new AbortController().signal });
  const named = (name: string) => builtInConnectors.find((each) => each.name === name)!;
  const close = {
    title: "Closes",
    effect: "keyed",
    input: { type: "object" },
    function: { module: "connectors/desk/close.mjs" },
  } as const;
  const desk: ConnectorDescriptor = {
    name: "desk",
    version: "1.0.0",
    title: "Desk",
    kind: "function",
    actions: { close },
  };

  assert.equal((await call(fileOf(project.root, "bent@1.0.0"), "say", { text: "hello" })).output, "hello");
  assert.equal((await call(desk, "close", {})).output, "closed");
  assert.equal(
    mapOf((await call(named("shell"), "run", { command: process.execPath, args: ["-e", "0"] })).output)["exit_code"],
    0,
  );
  await call(named("files"), "write_text", { path: "a.md", text: "a" }, { root: "data" });
  assert.ok(existsSync(path.join(project.root, "data", "a.md")));
  await assert.rejects(call({ ...desk, kind: "http" }, "close", {}), (error) =>
    hasCode(error, "connector.not-configured"),
  );
  await assert.rejects(call(named("zendesk"), "get_ticket", { id: "1" }), (error) =>
    hasCode(error, "connector.not-configured"),
  );
});

test(
  "a server dies with the program that started it, even when that one is killed",
  { ...long, skip: process.platform !== "linux" },
  async () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
    const file = path.join(realpathSync(folder.path), "pids");
    const program = path.join(root, "test/connectors/holder.ts");
    const child = spawn(process.execPath, [program, file], { stdio: "inherit" });
    await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
    const pids = readFileSync(file, "utf8").trim().split(" ").map(Number);
    assert.equal(pids.length, 2);
    assert.ok(pids.every(isAlive));
    child.kill("SIGKILL");
    await until(() => !pids.some(isAlive));
  },
);

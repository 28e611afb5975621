import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { configFileName, loadConfig } from "./config.ts";

test("without a file everything has its default, and the project is where one stands", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  const config = await loadConfig(folder.path, {});
  assert.equal(config.root, folder.path);
  assert.equal(config.data, path.join(folder.path, ".runwright"));
  assert.deepEqual(config.origins, { data: "default", roles: "default" });
});

test("a file holds for its folder and all below it", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  const deep = path.join(folder.path, "a", "b");
  mkdirSync(deep, { recursive: true });
  write(folder.path, "data: state\nroles: { reviewers: [local:ada, local:eve] }\n");
  const config = await loadConfig(deep, {});
  assert.equal(config.root, folder.path);
  assert.equal(config.data, path.join(folder.path, "state"));
  assert.deepEqual(config.roles, { reviewers: ["local:ada", "local:eve"] });
  assert.deepEqual(config.origins, { data: configFileName, roles: configFileName });
});

test("the environment goes before the file", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  write(folder.path, "data: state\n");
  const config = await loadConfig(folder.path, { RUNWRIGHT_DATA: "elsewhere" });
  assert.equal(config.data, path.join(folder.path, "elsewhere"));
  assert.equal(config.origins.data, "RUNWRIGHT_DATA");
  assert.equal(
    (await loadConfig(folder.path, { RUNWRIGHT_DATA: "" })).origins.data,
    configFileName,
    "empty is not set",
  );
});

test("a file says where connectors may go beyond the public internet, and what is no host is told", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  assert.deepEqual((await loadConfig(folder.path, {})).connectors.allowHosts, []);
  write(folder.path, "connectors: { allow_hosts: [tickets.corp.example, '*.lab.example', 10.1.0.0/16, '::1'] }\n");
  const hosts = ["tickets.corp.example", "*.lab.example", "10.1.0.0/16", "::1"];
  assert.deepEqual((await loadConfig(folder.path, {})).connectors.allowHosts, hosts);
  write(folder.path, "connectors:\n  allow_host: []\n  allow_hosts: [http://a.example, 10.0.0.0/40, [x]]\n");
  await assert.rejects(loadConfig(folder.path, {}), (error) => {
    assert.ok(hasCode(error, "config.invalid"));
    assert.match(error.message, /:2:3 +unknown key 'allow_host' in connectors[^]*did you mean 'allow_hosts'\?/);
    assert.match(error.message, /:3:17 +a host is a name, an address or a network, not 'http:\/\/a\.example'/);
    assert.match(error.message, /not '10\.0\.0\.0\/40'[^]*not a list/);
    return true;
  });
});

test("a file of comments says nothing", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  write(folder.path, "# data: .runwright/\n");
  assert.equal((await loadConfig(folder.path, {})).origins.data, "default");
});

test("all problems of a file are told at once, each with its place and what to do", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  write(folder.path, "dta: x\ndata: [x]\nroles:\n  a: ada\n  b: [{ x: 1 }]\n");
  await assert.rejects(loadConfig(folder.path, {}), (error) => {
    assert.ok(hasCode(error, "config.invalid"));
    assert.match(error.message, /runwright\.config\.yaml:1:1 +unknown key 'dta'[^]*did you mean 'data'\?/);
    assert.match(error.message, /:2:7 +'data' is the name of a folder, not a list/);
    assert.match(error.message, /:4:6 +role 'a' is a list of people, not text/);
    assert.match(error.message, /:5:7 +role 'b' is a list of people, not a map/);
    return true;
  });
});

test("a file that is no YAML is refused with the place", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  write(folder.path, 'data: "x\n');
  await assert.rejects(loadConfig(folder.path, {}), (error) => hasCode(error, "config.invalid"));
});

function write(folder: string, text: string): void {
  writeFileSync(path.join(folder, configFileName), text);
}

test("what connectors may do on this machine is named, and nothing of it is there by itself", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  assert.deepEqual((await loadConfig(folder.path, {})).connectors, {
    shellCommands: [],
    fileRoots: [],
    allowHosts: [],
  });
  write(folder.path, "connectors:\n  shell: { commands: [git] }\n  files: { roots: [/srv/inbox] }\n");
  assert.deepEqual((await loadConfig(folder.path, {})).connectors, {
    shellCommands: [],
    fileRoots: ["/srv/inbox"],
    allowHosts: [],
  });
  write(folder.path, "connectors: { shell: { enabled: true, commands: [git] } }\n");
  assert.deepEqual((await loadConfig(folder.path, {})).connectors.shellCommands, ["git"]);
});

test("problems of the connectors' configuration are told with what to do", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  write(
    folder.path,
    "connectors:\n  shel: {}\n  shell: { enabled: sure, commands: git }\n  files: { roots: [inbox, [x]] }\n",
  );
  await assert.rejects(loadConfig(folder.path, {}), (error) => {
    assert.ok(hasCode(error, "config.invalid"));
    assert.match(error.message, /:2:3 +unknown key 'shel' in connectors[^]*did you mean 'shell'\?/);
    assert.match(error.message, /'enabled' is true or false, not text/);
    assert.match(error.message, /'commands' is a list of programs, not text/);
    assert.match(error.message, /'roots' is a list of absolute folders, not 'inbox'/);
    assert.match(error.message, /'roots' is a list of absolute folders, not a list/);
    return true;
  });
  write(folder.path, "connectors: { shell: { enabled: true } }\n");
  await assert.rejects(loadConfig(folder.path, {}), /names no program that may be started/);
});

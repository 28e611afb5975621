import assert from "node:assert/strict";
import { existsSync, mkdtempDisposableSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type ErrorCode, errorTable, hasCode, RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { RunRow } from "../../ports/journal.ts";
import type { Runs, RunView } from "../runs.ts";
import { controlAddress, tokenFile } from "./address.ts";
import { createControlClient } from "./client.ts";
import { controlRoutes } from "./routes.ts";
import { openControlServer } from "./server.ts";

const row = { key: { tenant: "local", workspace: "default", run: "r1" }, workflow: "hello" } as unknown as RunRow;
const view = { row, input: {}, output: null, gates: [], instances: [] } as unknown as RunView;

interface World extends AsyncDisposable {
  readonly address: string;
  readonly client: Runs;
  /** What reached the runs, in order. */
  readonly calls: unknown[];
}

async function openWorld(overrides: Partial<Runs> = {}): Promise<World> {
  const folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-control-"));
  const calls: unknown[] = [];
  const note =
    (name: string) =>
    async (...given: unknown[]): Promise<void> =>
      void calls.push([name, ...given]);
  const runs: Runs = {
    list: async (query) => {
      calls.push(["list", query]);
      return [row];
    },
    row: async () => row,
    view: async () => view,
    start: async (started) => {
      calls.push(["start", started]);
      return row;
    },
    decide: note("decide"),
    cancel: note("cancel"),
    pause: note("pause"),
    report: note("report"),
    rerun: async (...given) => {
      calls.push(["rerun", ...given]);
      return row;
    },
    publish: async (file) => {
      calls.push(["publish", file]);
      return { workflow: "audit", number: 3, digest: file.digest ?? "", by: "local:ada", at: 5 };
    },
    inputsOf: async () => ({ input: { n: 1 }, schema: { type: "object" } }),
    resume: note("resume"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...overrides,
  };
  const address = controlAddress(folder.path, { XDG_RUNTIME_DIR: folder.path });
  const server = await openControlServer(address, controlRoutes(runs, 42));
  return {
    address,
    client: createControlClient(address),
    calls,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      assert.equal(existsSync(address), false, "the holder puts its socket away");
      assert.equal(existsSync(tokenFile(address)), false);
      folder.remove();
    },
  };
}

/** A request that says what the client never would. */
function send(
  world: World,
  options: { readonly path: string; readonly method?: string; readonly token?: string; readonly body?: string },
): Promise<{ status: number; type: string; body: unknown }> {
  const token = options.token ?? readFileSync(tokenFile(world.address), "utf8");
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: world.address, path: options.path, method: options.method ?? "GET", headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "",
            body: JSON.parse(text) as unknown,
          }),
        );
      },
    );
    sent.on("error", reject).end(options.body);
  });
}

test("every call of the client reaches the runs as it was made", async () => {
  await using world = await openWorld();
  const { client, calls } = world;
  assert.deepEqual(await client.list({ status: "running", limit: 7 }), [row]);
  assert.deepEqual(await client.row("r1"), row);
  assert.deepEqual(await client.view("r1"), view);
  assert.deepEqual(
    await client.start({ file: "/x/a.yml", input: { a: 1 }, env: { HOME: "/h", NONE: undefined } }),
    row,
  );
  assert.deepEqual(await client.start({ workflow: "audit", number: 3, input: {}, env: {} }), row);
  assert.equal((await client.publish({ file: "/x/a.yml", digest: "d" })).number, 3);
  const decision = { path: "a[x/y%20z]/gate", outcome: "accepted", comment: "ok", edits: { n: 1 }, hash: "h" } as const;
  await client.decide("r1", decision);
  await client.cancel("r1", "enough");
  await client.pause("r1");
  await client.report("r1", { type: "paid", data: { cents: 5 } });
  await client.resume("r1");
  assert.deepEqual(await client.rerun("r1", { n: 2 }), row);
  assert.deepEqual(await client.rerun("r1", {}, { kind: "step", id: "a" }), row);
  assert.deepEqual(await client.rerun("r1", {}, { kind: "failed" }), row);
  assert.deepEqual(await client.inputsOf("r1"), { input: { n: 1 }, schema: { type: "object" } });
  assert.deepEqual(calls, [
    ["list", { status: "running", limit: 7 }],
    ["start", { file: "/x/a.yml", input: { a: 1 }, env: { HOME: "/h" } }],
    ["start", { workflow: "audit", number: 3, input: {}, env: {} }],
    ["publish", { file: "/x/a.yml", digest: "d" }],
    ["decide", "r1", decision],
    ["cancel", "r1", "enough"],
    ["pause", "r1"],
    ["report", "r1", { type: "paid", data: { cents: 5 } }],
    ["resume", "r1"],
    ["rerun", "r1", { n: 2 }, undefined],
    ["rerun", "r1", {}, { kind: "step", id: "a" }],
    ["rerun", "r1", {}, { kind: "failed" }],
  ]);
  assert.deepEqual((await send(world, { path: "/api/v1/health" })).body, { pid: 42 });
});

test("every error code arrives as it was thrown, with its status", async () => {
  let code: ErrorCode = "internal";
  await using world = await openWorld({ resume: () => Promise.reject(new RunwrightError(code, `It was ${code}.`)) });
  for (code of Object.keys(errorTable) as readonly ErrorCode[]) {
    await assert.rejects(
      world.client.resume("r1"),
      (error) => hasCode(error, code) && error.message === `It was ${code}.`,
    );
    const { status, type } = await send(world, { path: "/api/v1/runs/r1/resume", method: "POST" });
    assert.equal(status, errorTable[code].status);
    assert.equal(type, "application/problem+json");
  }
});

test("nothing is answered without the token, which only this user can read", async () => {
  await using world = await openWorld();
  for (const token of ["", "wrong", "x".repeat(64)]) {
    const { status, body } = await send(world, { path: "/api/v1/runs", token });
    assert.equal(status, 401);
    assert.equal((body as { code: string }).code, "control.unauthorised");
  }
  assert.deepEqual(world.calls, []);
  if (process.platform !== "win32") {
    assert.equal(statSync(tokenFile(world.address)).mode & 0o777, 0o600);
    assert.equal(statSync(world.address).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(world.address)).mode & 0o777, 0o700);
  }
});

test("what is no route, no JSON, too large or incomplete is refused", async () => {
  await using world = await openWorld();
  const post = { method: "POST", path: "/api/v1/runs/r1/gates/g/decisions" };
  assert.equal((await send(world, { path: "/api/v1/nothing" })).status, 400);
  assert.equal((await send(world, { path: "/api/v2/runs" })).status, 400);
  assert.equal((await send(world, { path: "/api/v1/runs/%ff" })).status, 400);
  assert.equal((await send(world, { path: "/api/v1/runs?limit=none" })).status, 400);
  assert.equal((await send(world, { ...post, body: "{" })).status, 400);
  const versions = { method: "POST", path: "/api/v1/versions" };
  assert.equal((await send(world, { ...versions, body: '{"file":"/x/a.yml","digest":1}' })).status, 400);
  assert.equal((await send(world, { ...versions, path: "/api/v1/runs", body: '{"workflow":7}' })).status, 400);
  assert.equal((await send(world, { ...post, body: '{"outcome":"maybe"}' })).status, 400);
  assert.equal((await send(world, { ...post, body: "x".repeat(limits.inputsBytesMax * 2 + 1) })).status, 413);
  assert.deepEqual(world.calls, []);
});

test("a holder that died leaves a socket that the next one replaces", async () => {
  await using first = await openWorld();
  writeFileSync(tokenFile(first.address), "a token of nobody");
  await using _second = await openControlServer(first.address, async () => ({ runs: [] }));
  assert.deepEqual(await first.client.list({ limit: 1 }), []);
});

test("where nobody answers, that is said", async () => {
  const address = path.join(tmpdir(), "rw-no-such-folder", "control.sock");
  await assert.rejects(createControlClient(address).resume("r1"), (error) => hasCode(error, "control.unreachable"));
});

test("the address stays short however deep the data folder lies, and differs between folders", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-control-"));
  const deep = path.join(folder.path, ..."deeper-and-".repeat(12).split("-").filter(Boolean));
  const address = controlAddress(folder.path, { XDG_RUNTIME_DIR: deep.padEnd(120, "x") });
  assert.ok(Buffer.byteLength(address) < 104, address);
  assert.equal(
    address,
    controlAddress(folder.path, { XDG_RUNTIME_DIR: deep.padEnd(120, "x") }),
    "and is the same each time",
  );
  rmdirSync(path.dirname(address));
});

// Tools of servers that other people wrote, over pipes and over HTTP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempDisposableSync, readFileSync, realpathSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import { root } from "../house/sources.ts";
import { mapOf, openStage, serverOf, wordsOf } from "./stage.ts";

const long = { timeout: 120_000 };

test(
  "files are written and read through the filesystem server, and what was there stands in the receipt",
  long,
  async () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
    const place = realpathSync(folder.path);
    const file = path.join(place, "a.txt");
    await using stage = openStage();
    const before = { tool: "read_text_file", with: { path: "${input.path}" }, at: "content" };
    const pinned = await stage.describe(serverOf("filesystem", place), {
      actions: { write: { mcp: { tool: "write_file", before } }, read_text_file: {} },
    });
    assert.equal(pinned.actions["write"]?.effect, "idempotent");

    const first = await stage.call(pinned, "write", { path: file, content: "one" });
    const second = await stage.call(pinned, "write", { path: file, content: "two" });
    assert.deepEqual([first.receipt?.before, second.receipt?.before], [null, "one"]);
    assert.equal(readFileSync(file, "utf8"), "two");
    const read = await stage.call(pinned, "read_text_file", { path: file });
    assert.deepEqual([mapOf(read.output)["content"], "receipt" in read], ["two", false]);
  },
);

test("what a server refuses is a failure with its words", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  await using stage = openStage();
  const descriptor = await stage.describe(serverOf("filesystem", realpathSync(folder.path)));
  await assert.rejects(
    stage.call(descriptor, "read_text_file", { path: "/etc/passwd" }),
    (error) => hasCode(error, "tool.failed") && error.message.includes("Access denied"),
  );
  await assert.rejects(stage.call(descriptor, "read_text_file", { path: 7 }), (error) =>
    hasCode(error, "tool.input-invalid"),
  );
});

test("the memory server's tools get the effects that its hints propose", long, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const env = { MEMORY_FILE_PATH: path.join(folder.path, "memory.jsonl") };
  await using stage = openStage();
  const descriptor = await stage.describe({ ...serverOf("memory"), env });
  assert.deepEqual(Object.fromEntries(Object.entries(descriptor.actions).map(([name, { effect }]) => [name, effect])), {
    add_observations: "blind",
    create_entities: "blind",
    create_relations: "blind",
    delete_entities: "idempotent",
    delete_observations: "idempotent",
    delete_relations: "idempotent",
    open_nodes: "read",
    read_graph: "read",
    search_nodes: "read",
  });
  const entity = { name: "Ada", entityType: "person", observations: ["counts"] };
  await stage.call(descriptor, "create_entities", { entities: [entity] });
  const { output } = await stage.call(descriptor, "search_nodes", { query: "Ada" });
  assert.deepEqual(mapOf(output)["entities"], [entity]);
});

test("an effect that a person wrote stays when the server is looked at again", long, async () => {
  await using stage = openStage();
  const actions = { create_entities: { effect: "keyed", title: "Ours", targets: ["entities"] }, read_graph: {} };
  const { actions: described } = await stage.describe(serverOf("memory"), { actions });
  const { title, effect, targets } = described["create_entities"]!;
  assert.deepEqual({ title, effect, targets }, actions.create_entities);
  assert.deepEqual(Object.keys(described), ["create_entities", "read_graph"]);
});

test("the everything server answers over HTTP, in one session", long, async () => {
  await using server = await everythingOverHttp();
  const sessions = new Set<string>();
  const counting: typeof fetch = async (...given) => {
    const response = await fetch(...given);
    const session = response.headers.get("mcp-session-id");
    if (session !== null) sessions.add(session);
    return response;
  };
  await using stage = openStage({}, counting);
  const descriptor = await stage.describe({ url: server.url });
  sessions.clear();
  const { output } = await stage.call(descriptor, "get-sum", { a: 2, b: 40 });
  assert.match(wordsOf(output), /42/);
  const structured = await stage.call(descriptor, "get-structured-content", { location: "Chicago" });
  assert.equal(typeof mapOf(structured.output)["temperature"], "number");
  const picture = await stage.call(descriptor, "get-tiny-image");
  assert.ok(!JSON.stringify(picture.output).includes("base64,") && JSON.stringify(picture.output).length < 1000);
  assert.equal(sessions.size, 1);
});

test("a server that is gone is unavailable, and the next call reaches one that came back", long, async () => {
  await using stage = openStage();
  const port = await freePort();
  await using first = await everythingOverHttp(port);
  const descriptor = await stage.describe({ url: first.url });
  await first.stop();
  await assert.rejects(stage.call(descriptor, "echo", { message: "a" }), (error) => hasCode(error, "tool.unavailable"));
  await using _second = await everythingOverHttp(port);
  const { output } = await stage.call(descriptor, "echo", { message: "b" });
  assert.match(wordsOf(output), /b/);
});

test("a server at an address that is killed in the middle of a call is unavailable, and soon", long, async () => {
  await using stage = openStage();
  await using server = await everythingOverHttp();
  const descriptor = await stage.describe({ url: server.url });
  await stage.call(descriptor, "echo", { message: "a" });
  const call = stage.call(descriptor, "trigger-long-running-operation", { duration: 100, steps: 100 });
  const ended = assert.rejects(call, (error) => hasCode(error, "tool.unavailable"));
  setTimeout(() => void server.stop(), 500);
  await ended;
});

interface Everything extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
}

async function everythingOverHttp(given?: number): Promise<Everything> {
  const port = given ?? (await freePort());
  const main = path.join(root, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  const child = spawn(process.execPath, [main, "streamableHttp"], {
    env: { PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the server ended")));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        if (chunk.includes(`listening on port ${port}`)) resolve();
      });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { url: `http://127.0.0.1:${port}/mcp`, stop, [Symbol.asyncDispose]: stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

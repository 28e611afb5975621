// The connector `files`: what it does, and what it leaves alone.
import assert from "node:assert/strict";
import {
  linkSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { digestText } from "../../src/base/digest.ts";
import { hasCode } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { openFolder } from "../../src/connectors/built-in/folder.ts";
import type { ToolReply } from "../../src/ports/connector.ts";
import { mapOf } from "../mcp/stage.ts";
import { type BuiltInStage, openBuiltIns } from "./stage.ts";

const onLinux = { skip: process.platform !== "linux" };

function beforeOf(reply: ToolReply): JsonObject {
  return mapOf(reply.receipt?.before ?? null);
}

function textIn(stage: BuiltInStage, file: string): string {
  return readFileSync(path.join(stage.root, "data", file), "utf8");
}

/** A stage whose folder holds these files. */
function withFiles(files: Readonly<Record<string, string>>): BuiltInStage {
  const stage = openBuiltIns();
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(stage.root, "data", file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return stage;
}

test("a file is written with its folders, read and listed", async () => {
  await using stage = openBuiltIns();
  const first = await stage.call("files.write_text", { path: "a/b/c.md", text: "ä" });
  assert.equal(mapOf(first.output)["created"], true);
  const second = await stage.call("files.write_text", { path: "a/b/c.md", text: "b" });
  assert.equal(mapOf(second.output)["created"], false);
  const { output } = await stage.call("files.read_text", { path: "a/b/c.md" });
  assert.deepEqual([mapOf(output)["text"], mapOf(output)["digest"]], ["b", mapOf(second.output)["digest"]]);
  const listed = await stage.call("files.list", { path: "a/b" });
  assert.deepEqual(listed.output, { entries: [{ name: "c.md", kind: "file", bytes: 1 }], truncated: false });
  assert.deepEqual(mapOf((await stage.call("files.list", {})).output)["entries"], [
    { name: "a", kind: "folder", bytes: null },
  ]);
});

test("a receipt says what stood there, and restore puts it back", async () => {
  await using stage = withFiles({ "a.md": "old" });
  const written = await stage.call("files.write_text", { path: "a.md", text: "new" });
  assert.equal(beforeOf(written)["text"], "old");
  assert.deepEqual((await stage.call("files.restore", beforeOf(written))).output, { path: "a.md", restored: true });
  assert.equal(textIn(stage, "a.md"), "old");
  assert.deepEqual((await stage.call("files.restore", beforeOf(written))).output, { path: "a.md", restored: false });

  const fresh = await stage.call("files.write_text", { path: "b.md", text: "new" });
  await stage.call("files.restore", beforeOf(fresh));
  const deleted = await stage.call("files.delete", { path: "a.md" });
  assert.deepEqual(readdirSync(path.join(stage.root, "data")), []);
  await stage.call("files.restore", beforeOf(deleted));
  assert.equal(textIn(stage, "a.md"), "old");
});

test("what somebody changed since is not put back", async () => {
  await using stage = withFiles({ "a.md": "old" });
  const written = await stage.call("files.write_text", { path: "a.md", text: "new" });
  writeFileSync(path.join(stage.root, "data", "a.md"), "theirs");
  await assert.rejects(stage.call("files.restore", beforeOf(written)), (error) => hasCode(error, "tool.conflict"));
  assert.equal(textIn(stage, "a.md"), "theirs");
});

test("what was more than a receipt keeps, or no text, is not put back as something else", async () => {
  await using stage = withFiles({ "a.md": "x".repeat(70_000) });
  writeFileSync(path.join(stage.root, "data", "b.bin"), Buffer.from([0xff, 0xfe, 0]));
  for (const file of ["a.md", "b.bin"]) {
    const written = await stage.call("files.write_text", { path: file, text: "new" });
    assert.deepEqual([beforeOf(written)["existed"], beforeOf(written)["text"]], [true, null]);
    await assert.rejects(stage.call("files.restore", beforeOf(written)), (error) => hasCode(error, "tool.failed"));
    assert.equal(textIn(stage, file), "new");
  }
});

test("writing and deleting twice is the same as once", async () => {
  await using stage = openBuiltIns();
  for (let n = 0; n < 2; n += 1) await stage.call("files.write_text", { path: "a.md", text: "a" });
  assert.deepEqual(readdirSync(path.join(stage.root, "data")), ["a.md"]);
  const deleted = [
    await stage.call("files.delete", { path: "a.md" }),
    await stage.call("files.delete", { path: "a.md" }),
  ];
  assert.deepEqual(
    deleted.map(({ output }) => mapOf(output)["deleted"]),
    [true, false],
  );
  assert.equal(mapOf((await stage.call("files.delete", { path: "none/a.md" })).output)["deleted"], false);
});

test("what a crash left aside is taken away by the repetition, and a file keeps its mode", onLinux, async () => {
  await using stage = withFiles({ "a.sh": "old" });
  const file = path.join(stage.root, "data", "a.sh");
  spawnSync("chmod", ["750", file]);
  const aside = `.runwright-${digestText("k".repeat(64)).slice(0, 16)}`;
  writeFileSync(path.join(stage.root, "data", aside), "half");
  await stage.call("files.write_text", { path: "a.sh", text: "new" });
  assert.equal(statSync(file).mode & 0o777, 0o750);
  assert.deepEqual(readdirSync(path.join(stage.root, "data")), ["a.sh"]);
});

test("a file is moved, never over another, and its undo moves it back", async () => {
  await using stage = withFiles({ "a.md": "a", "b.md": "b" });
  await assert.rejects(
    stage.call("files.move", { from: "a.md", to: "b.md" }),
    (error) => hasCode(error, "tool.conflict") && error.undone === true,
  );
  assert.deepEqual([textIn(stage, "a.md"), textIn(stage, "b.md")], ["a", "b"]);
  const moved = await stage.call("files.move", { from: "a.md", to: "done/a.md" });
  assert.deepEqual(readdirSync(path.join(stage.root, "data")).toSorted(), ["b.md", "done"]);
  await stage.call("files.move", beforeOf(moved));
  assert.equal(textIn(stage, "a.md"), "a");
});

test("whether a file was moved can be seen afterwards, and a move that was cut in two is finished", async () => {
  await using stage = withFiles({ "a.md": "a" });
  const move = { from: "a.md", to: "b.md" };
  assert.equal(await stage.find("files.move", move), undefined);
  // As a crash leaves it: one file under both names.
  linkSync(path.join(stage.root, "data", "a.md"), path.join(stage.root, "data", "b.md"));
  assert.equal(await stage.find("files.move", move), undefined);
  await stage.call("files.move", move);
  assert.deepEqual(readdirSync(path.join(stage.root, "data")), ["b.md"]);
  assert.equal((await stage.find("files.move", move))?.receipt?.remote_id, "b.md");
  await assert.rejects(stage.find("files.delete", { path: "a.md" }), (error) => hasCode(error, "tool.failed"));
});

const hostilePaths = [
  "../a",
  "a/../../b",
  "/etc/passwd",
  "a\\..\\b",
  "C:\\a",
  "C:a",
  "//host/share",
  "a\u0000b",
  "con",
  "a/NUL.txt",
  "aux.md",
  "lpt1",
  "a.",
  "a ",
  "a/ /b ",
  "a:stream",
  "a?b",
  "a*b",
  "a|b",
  "<a>",
  ".env",
  ".git/config",
  "a/.hidden",
  "..",
  ".",
  "",
  "/",
  "x".repeat(1100),
  "COM¹",
  "conin$",
];

for (const hostile of hostilePaths) {
  test(`the path ${JSON.stringify(hostile.slice(0, 40))} is refused, whatever it is for`, async () => {
    await using stage = withFiles({ "a.md": "a" });
    const calls: readonly (readonly [string, JsonObject])[] = [
      ["files.read_text", { path: hostile }],
      ["files.list", { path: hostile }],
      ["files.write_text", { path: hostile, text: "x" }],
      ["files.delete", { path: hostile }],
      ["files.move", { from: hostile, to: "b.md" }],
      ["files.move", { from: "a.md", to: hostile }],
      ["files.restore", { path: hostile, existed: true, text: "x", left: null }],
    ];
    for (const [name, input] of calls)
      await assert.rejects(stage.call(name, input), (error) => hasCode(error, "tool.input-invalid"));
    assert.deepEqual(
      new Set(readdirSync(stage.root, { recursive: true, encoding: "utf8" })),
      new Set(["data", path.join("data", "a.md")]),
    );
  });
}

test("no link is followed, neither at the end of a path nor on the way", onLinux, async () => {
  using outside = mkdtempDisposableSync(path.join(tmpdir(), "runwright-outside-"));
  writeFileSync(path.join(outside.path, "secret"), "secret");
  await using stage = withFiles({ "a.md": "a" });
  symlinkSync(path.join(outside.path, "secret"), path.join(stage.root, "data", "file"));
  symlinkSync(outside.path, path.join(stage.root, "data", "folder"));
  const calls: readonly (readonly [string, JsonObject])[] = [
    ["files.read_text", { path: "file" }],
    ["files.read_text", { path: "folder/secret" }],
    ["files.list", { path: "folder" }],
    ["files.write_text", { path: "file", text: "x" }],
    ["files.write_text", { path: "folder/new", text: "x" }],
    ["files.delete", { path: "file" }],
    ["files.delete", { path: "folder/secret" }],
    ["files.move", { from: "folder/secret", to: "mine" }],
    ["files.move", { from: "a.md", to: "folder/mine" }],
  ];
  for (const [name, input] of calls)
    await assert.rejects(stage.call(name, input), (error) => hasCode(error, "tool.failed"));
  assert.deepEqual(readdirSync(outside.path), ["secret"]);
  assert.equal(readFileSync(path.join(outside.path, "secret"), "utf8"), "secret");
});

test("a root that is a link is not followed either", onLinux, async () => {
  using outside = mkdtempDisposableSync(path.join(tmpdir(), "runwright-outside-"));
  await using stage = openBuiltIns();
  symlinkSync(outside.path, path.join(stage.root, "data"));
  for (const [name, input] of [
    ["files.list", {}],
    ["files.write_text", { path: "a.md", text: "a" }],
  ] as const)
    await assert.rejects(stage.call(name, input), (error) => hasCode(error, "tool.failed"));
  assert.deepEqual(readdirSync(outside.path), []);
});

test("a file of any size is written over and deleted", async () => {
  await using stage = withFiles({ "a.md": "x".repeat(5_000_000), "b.md": "x".repeat(5_000_000) });
  const written = await stage.call("files.write_text", { path: "a.md", text: "new" });
  assert.deepEqual([beforeOf(written)["existed"], beforeOf(written)["text"]], [true, null]);
  assert.equal(textIn(stage, "a.md"), "new");
  assert.equal(mapOf((await stage.call("files.delete", { path: "b.md" })).output)["deleted"], true);
});

test("a link that takes the place of a folder while it is used leads nowhere", onLinux, async () => {
  using outside = mkdtempDisposableSync(path.join(tmpdir(), "runwright-outside-"));
  await using stage = withFiles({ "folder/a.md": "a" });
  const place = path.join(stage.root, "data", "folder");
  await using folder = await openFolder(path.join(stage.root, "data"), ["folder"], false);
  spawnSync("mv", [place, `${place}-moved`]);
  symlinkSync(outside.path, place);
  writeFileSync(folder.at("b.md"), "b");
  assert.deepEqual([readdirSync(outside.path), readdirSync(`${place}-moved`).toSorted()], [[], ["a.md", "b.md"]]);
  // Control: by its name, it would have gone outside.
  writeFileSync(path.join(place, "c.md"), "c");
  assert.deepEqual(readdirSync(outside.path), ["c.md"]);
});

test("a pipe that somebody put there is not waited for", onLinux, async () => {
  await using stage = withFiles({});
  mkdirSync(path.join(stage.root, "data"), { recursive: true });
  spawnSync("mkfifo", [path.join(stage.root, "data", "pipe")]);
  await assert.rejects(stage.call("files.read_text", { path: "pipe" }), (error) => hasCode(error, "tool.failed"));
  await assert.rejects(stage.call("files.write_text", { path: "pipe", text: "a" }), (error) =>
    hasCode(error, "tool.failed"),
  );
});

test("what is too long is neither read nor written", async () => {
  await using stage = withFiles({ "a.md": "x".repeat(4_194_305) });
  await assert.rejects(stage.call("files.read_text", { path: "a.md" }), (error) => hasCode(error, "tool.failed"));
  const text = "x".repeat(4_194_305);
  await assert.rejects(stage.call("files.write_text", { path: "b.md", text }), (error) =>
    hasCode(error, "tool.input-invalid"),
  );
});

test("the folder is one of the project or one that the configuration names", async () => {
  using outside = mkdtempDisposableSync(path.join(tmpdir(), "runwright-outside-"));
  await using stage = openBuiltIns({ fileRoots: [outside.path] });
  await stage.call("files.write_text", { path: "a.md", text: "a" }, { root: outside.path });
  assert.deepEqual(readdirSync(outside.path), ["a.md"]);
  for (const root of ["/", "/etc", "..", ".", "", ".runwright", "data/../..", path.join(outside.path, "inner")])
    await assert.rejects(stage.call("files.list", {}, { root }), (error) => hasCode(error, "connector.not-configured"));
  for (const root of ["functions", "connectors", "workflows/inner"])
    await assert.rejects(stage.call("files.write_text", { path: "a.mjs", text: "" }, { root }), (error) =>
      hasCode(error, "connector.not-configured"),
    );
});

test("an input or a setting that does not fit is told with its place", async () => {
  await using stage = openBuiltIns();
  await assert.rejects(stage.call("files.read_text", { path: 7 }), (error) => hasCode(error, "tool.input-invalid"));
  await assert.rejects(stage.call("files.read_text", { path: "a", more: 1 }), (error) =>
    hasCode(error, "tool.input-invalid"),
  );
  await assert.rejects(stage.call("files.list", {}, {}), (error) => hasCode(error, "connector.not-configured"));
  await assert.rejects(stage.call("files.chmod", {}), (error) => hasCode(error, "tool.not-allowed"));
});

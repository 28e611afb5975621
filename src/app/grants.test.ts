import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { namedFolders, resolveFolders } from "./grants.ts";

const inputs = {
  type: "object",
  properties: {
    folder: { type: "string", format: "folder", default: "." },
    other: { type: "string", format: "folder" },
    title: { type: "string", default: "docs" },
  },
};
const cwd = path.resolve("/home/ada/notes");

test("folders are meant from where the command was typed, a default too", () => {
  assert.deepEqual(resolveFolders(inputs, { title: "x" }, cwd), { title: "x", folder: cwd });
  assert.deepEqual(resolveFolders(inputs, { folder: "../a", other: "b" }, cwd), {
    folder: path.resolve(cwd, "../a"),
    other: path.join(cwd, "b"),
  });
});

test("functions may read the folders that the input names, and nothing that is only a text", () => {
  assert.deepEqual(namedFolders(inputs, { folder: cwd, title: cwd, other: "relative" }), [cwd]);
  assert.deepEqual(namedFolders({}, { folder: cwd }), []);
});

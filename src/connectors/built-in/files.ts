import { link, lstat, readdir, rename, unlink } from "node:fs/promises";
import { digestText } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { ToolReceipt } from "../../ports/connector.ts";
import type { BuiltInAction, BuiltInReply } from "./built-in-action.ts";
import { type Content, readContent, statOf, textIn, writeContent } from "./file-content.ts";
import { codeOf, type Folder, openFolder } from "./folder.ts";
import { builtInLimits } from "./limits.ts";
import { folderOf, type Place, placeOf } from "./places.ts";

/** What the actions of `files` stand on. */
export interface FilesOptions {
  /** The project's folder. */
  readonly root: string;
  /** Folders outside of the project that the configuration allows, absolute. */
  readonly roots: readonly string[];
}

/** Actions on the files of one folder. */
export function filesActions(options: FilesOptions): Readonly<Record<string, BuiltInAction>> {
  const inFolder = async <T>(
    settings: JsonObject,
    place: Place,
    make: boolean,
    work: (folder: Folder) => Promise<T>,
  ): Promise<T> => {
    await using folder = await openFolder(rootOf(settings, true), place.folders, make);
    return await work(folder);
  };
  const rootOf = (settings: JsonObject, writes: boolean): string =>
    folderOf(options.root, textOf(settings["root"]), options.roots, writes);

  return {
    list: {
      async call({ path }, { settings }) {
        const folders = path === undefined ? [] : placeOf(textOf(path)).text.split("/");
        await using folder = await openFolder(rootOf(settings, false), folders, false);
        return { output: await listed(folder) };
      },
    },
    read_text: {
      async call({ path }, { settings }) {
        const place = placeOf(textOf(path));
        await using folder = await openFolder(rootOf(settings, false), place.folders, false);
        return { output: readText(place, await readContent(folder, place.name)) };
      },
    },
    write_text: {
      call: ({ path, text }, { settings }, { key }) => {
        const place = placeOf(textOf(path));
        return inFolder(settings, place, true, (folder) => put(folder, place, Buffer.from(textOf(text)), key));
      },
    },
    delete: {
      async call({ path }, { settings }) {
        const place = placeOf(textOf(path));
        await using folder = await openExisting(rootOf(settings, true), place);
        if (folder === undefined) return removed(place, undefined);
        return await remove(folder, place);
      },
    },
    restore: {
      call: (input, { settings }, { key }) => {
        const place = placeOf(textOf(input["path"]));
        return inFolder(settings, place, input["existed"] === true, (folder) => restore(folder, place, input, key));
      },
    },
    move: moveAction((settings) => rootOf(settings, true)),
  };
}

async function openExisting(root: string, place: Place): Promise<Folder | undefined> {
  try {
    return await openFolder(root, place.folders, false);
  } catch (error) {
    if (error instanceof Error && codeOf(error.cause) === "ENOENT") return undefined;
    throw error;
  }
}

async function listed(folder: Folder): Promise<Json> {
  const names = (await readdir(folder.at("."), { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  const shown = names.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, builtInLimits.entriesMax);
  const entries: Json[] = [];
  for (const entry of shown) {
    const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
    const bytes = kind === "file" ? (await lstat(folder.at(entry.name)).catch(() => undefined))?.size : undefined;
    entries.push({ name: entry.name, kind, bytes: bytes ?? null });
  }
  return { entries, truncated: names.length > shown.length };
}

function readText({ text: path }: Place, content: Content | undefined): Json {
  if (content === undefined) throw new RunwrightError("tool.failed", `There is no file '${path}'.`);
  const text = textIn(content);
  if (text === undefined) throw new RunwrightError("tool.failed", `'${path}' is no text in UTF-8.`);
  return { path, text, bytes: content.bytes.length, digest: content.digest };
}

async function put(folder: Folder, place: Place, bytes: Buffer, key: string): Promise<BuiltInReply> {
  if (bytes.length > builtInLimits.textBytesMax)
    throw new RunwrightError(
      "tool.input-invalid",
      `The text has ${bytes.length} bytes; at most ${builtInLimits.textBytesMax} are written.`,
    );
  const before = await readContent(folder, place.name);
  await writeContent(folder, place.name, bytes, key);
  const digest = digestText(bytes.toString());
  return {
    output: { path: place.text, bytes: bytes.length, digest, created: before === undefined },
    receipt: receiptOf(place, before, digest),
  };
}

async function remove(folder: Folder, place: Place): Promise<BuiltInReply> {
  const before = await readContent(folder, place.name);
  if (before === undefined) return removed(place, undefined);
  await unlink(folder.at(place.name));
  await folder.sync();
  return removed(place, before);
}

function removed(place: Place, before: Content | undefined): BuiltInReply {
  return { output: { path: place.text, deleted: before !== undefined }, receipt: receiptOf(place, before, null) };
}

/** Puts back what a receipt holds, where what the receipt's call left is still there. */
async function restore(
  folder: Folder,
  place: Place,
  { existed, text, left }: JsonObject,
  key: string,
): Promise<BuiltInReply> {
  const now = await readContent(folder, place.name);
  const wanted = existed === true ? text : null;
  if (existed === true && typeof wanted !== "string")
    throw new RunwrightError(
      "tool.failed",
      `What stood in '${place.text}' was not kept: it was no text, or more than ${builtInLimits.beforeBytesMax} bytes.`,
    );
  const found = now?.digest ?? null;
  const goal = typeof wanted === "string" ? digestText(wanted) : null;
  if (found === goal) return { output: { path: place.text, restored: false }, receipt: receiptOf(place, now, goal) };
  if (found !== left)
    throw new RunwrightError("tool.conflict", `'${place.text}' was changed since; it was left as it is.`);
  const { receipt } =
    typeof wanted === "string" ? await put(folder, place, Buffer.from(wanted), key) : await remove(folder, place);
  return { output: { path: place.text, restored: true }, ...(receipt !== undefined && { receipt }) };
}

function moveAction(rootOf: (settings: JsonObject) => string): BuiltInAction {
  const places = ({ from, to }: JsonObject): { readonly from: Place; readonly to: Place } => ({
    from: placeOf(textOf(from)),
    to: placeOf(textOf(to)),
  });
  const done = (from: Place, to: Place): BuiltInReply => ({
    output: { from: from.text, to: to.text },
    receipt: { remote_id: to.text, url: null, before: { from: to.text, to: from.text } },
  });
  return {
    async call(input, { settings }) {
      const { from, to } = places(input);
      await using source = await openFolder(rootOf(settings), from.folders, false);
      await using target = await openFolder(rootOf(settings), to.folders, true);
      await moveFile(source, from, target, to);
      return done(from, to);
    },
    /** It was moved when nothing is left at its old place and a file stands at the new one. */
    async find(input, { settings }) {
      const { from, to } = places(input);
      await using source = await openExisting(rootOf(settings), from);
      await using target = await openExisting(rootOf(settings), to);
      if (target === undefined || (await statOf(target, to.name)) === undefined) return undefined;
      return source !== undefined && (await statOf(source, from.name)) !== undefined ? undefined : done(from, to);
    },
  };
}

/** A second name is made, which fails where one is there, and then the first is taken away: no file is ever written over. */
async function moveFile(source: Folder, from: Place, target: Folder, to: Place): Promise<void> {
  const file = await statOf(source, from.name);
  if (file === undefined) throw new RunwrightError("tool.failed", `There is no file '${from.text}'.`);
  const [old, fresh] = [source.at(from.name), target.at(to.name)];
  const there = await statOf(target, to.name);
  if (there !== undefined && (there.ino !== file.ino || from.text === to.text))
    throw new RunwrightError("tool.conflict", `'${to.text}' is there already; nothing was moved.`);
  try {
    // A crash may have left both names, which are then one file.
    if (there === undefined) await link(old, fresh);
    await unlink(old);
  } catch (error) {
    if (codeOf(error) === "EEXIST")
      throw new RunwrightError("tool.conflict", `'${to.text}' is there already; nothing was moved.`, { cause: error });
    // File systems without second names.
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) throw error;
    await rename(old, fresh);
  }
  await target.sync();
  await source.sync();
}

function receiptOf({ text: path }: Place, before: Content | undefined, left: string | null): ToolReceipt {
  const isKept = before !== undefined && before.bytes.length <= builtInLimits.beforeBytesMax;
  const text = isKept ? (textIn(before) ?? null) : null;
  return { remote_id: path, url: null, before: { path, existed: before !== undefined, text, left } };
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

import { link, lstat, readdir, rename, unlink } from "node:fs/promises";
import { digestText } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { ToolReceipt } from "../../ports/connector.ts";
import type { BuiltInAction, BuiltInReply } from "./built-in-action.ts";
import { type Content, readContent, statOf, textIn, writeContent } from "./file-content.ts";
import { codeOf, type Folder, openFolder } from "./folder.ts";
import { builtInLimits } from "./limits.ts";
import { type Place, placeOf, rootOf } from "./places.ts";

/** What the actions of `files` stand on. */
export interface FilesOptions {
  /** The project's folder. */
  readonly root: string;
  /** Folders outside of the project that the configuration allows, absolute. */
  readonly roots: readonly string[];
}

/** Actions on the files of one folder. */
export function filesActions({ root: project, roots }: FilesOptions): Readonly<Record<string, BuiltInAction>> {
  /** Opens a folder below the root that the settings name. */
  const open: OpenFolder = ({ root }, folders, use) => {
    const { base, names } = rootOf(project, textOf(root), roots, use !== "read");
    return openFolder(base, [...names, ...folders], use === "make");
  };

  return {
    list: {
      async call({ path }, { settings }) {
        const folders = path === undefined ? [] : placeOf(textOf(path)).text.split("/");
        await using folder = await open(settings, folders, "read");
        return { output: await listed(folder) };
      },
    },
    read_text: {
      async call({ path }, { settings }) {
        const place = placeOf(textOf(path));
        await using folder = await open(settings, place.folders, "read");
        return { output: readText(place, await readContent(folder, place.name, builtInLimits.textBytesMax)) };
      },
    },
    write_text: {
      async call({ path, text }, { settings }, { key }) {
        const place = placeOf(textOf(path));
        await using folder = await open(settings, place.folders, "make");
        return await put(folder, place, Buffer.from(textOf(text)), key);
      },
    },
    delete: {
      async call({ path }, { settings }) {
        const place = placeOf(textOf(path));
        await using folder = await unlessMissing(open(settings, place.folders, "write"));
        return folder === undefined ? removed(place, undefined) : await remove(folder, place);
      },
    },
    restore: {
      async call(input, { settings }, { key }) {
        const place = placeOf(textOf(input["path"]));
        await using folder = await unlessMissing(
          open(settings, place.folders, input["existed"] === true ? "make" : "write"),
        );
        if (folder === undefined)
          return { output: { path: place.text, restored: false }, receipt: receiptOf(place, undefined, null) };
        return await restore(folder, place, input, key);
      },
    },
    move: moveAction(open),
  };
}

/** `make` makes folders that are missing; `write` does not, but asks for the same permission. */
type OpenFolder = (settings: JsonObject, folders: readonly string[], use: "read" | "write" | "make") => Promise<Folder>;

async function unlessMissing(opening: Promise<Folder>): Promise<Folder | undefined> {
  try {
    return await opening;
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

function readText({ text: path }: Place, content: Content | "large" | undefined): Json {
  if (content === "large")
    throw new RunwrightError("tool.failed", `'${path}' has more than ${builtInLimits.textBytesMax} bytes.`);
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
  const before = await readContent(folder, place.name, builtInLimits.beforeBytesMax);
  await writeContent(folder, place.name, bytes, key);
  const digest = digestText(bytes.toString());
  return {
    output: { path: place.text, bytes: bytes.length, digest, created: before === undefined },
    receipt: receiptOf(place, before, digest),
  };
}

async function remove(folder: Folder, place: Place): Promise<BuiltInReply> {
  const before = await readContent(folder, place.name, builtInLimits.beforeBytesMax);
  if (before === undefined) return removed(place, undefined);
  await unlink(folder.at(place.name));
  await folder.sync();
  return removed(place, before);
}

function removed(place: Place, before: Content | "large" | undefined): BuiltInReply {
  return { output: { path: place.text, deleted: before !== undefined }, receipt: receiptOf(place, before, null) };
}

/** Puts back what a receipt holds, where what the receipt's call left is still there. */
async function restore(
  folder: Folder,
  place: Place,
  { existed, text, left }: JsonObject,
  key: string,
): Promise<BuiltInReply> {
  const now = await readContent(folder, place.name, builtInLimits.textBytesMax);
  const wanted = existed === true ? text : null;
  if (existed === true && typeof wanted !== "string")
    throw new RunwrightError(
      "tool.failed",
      `What stood in '${place.text}' was not kept: it was no text, or more than ${builtInLimits.beforeBytesMax} bytes.`,
      { undone: true },
    );
  const found = now === "large" ? "large" : (now?.digest ?? null);
  const goal = typeof wanted === "string" ? digestText(wanted) : null;
  if (found === goal) return { output: { path: place.text, restored: false }, receipt: receiptOf(place, now, goal) };
  if (found !== left)
    throw new RunwrightError("tool.conflict", `'${place.text}' was changed since; it was left as it is.`, {
      undone: true,
    });
  const { receipt } =
    typeof wanted === "string" ? await put(folder, place, Buffer.from(wanted), key) : await remove(folder, place);
  return { output: { path: place.text, restored: true }, ...(receipt !== undefined && { receipt }) };
}

function moveAction(open: OpenFolder): BuiltInAction {
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
      await using source = await open(settings, from.folders, "write");
      await using target = await open(settings, to.folders, "make");
      await moveFile(source, from, target, to);
      return done(from, to);
    },
    /** It was moved when nothing is left at its old place and a file stands at the new one. */
    async find(input, { settings }) {
      const { from, to } = places(input);
      await using source = await unlessMissing(open(settings, from.folders, "write"));
      await using target = await unlessMissing(open(settings, to.folders, "write"));
      if (target === undefined || (await statOf(target, to.name)) === undefined) return undefined;
      return source !== undefined && (await statOf(source, from.name)) !== undefined ? undefined : done(from, to);
    },
  };
}

/** A second name is made, which fails where one is there, and then the first is taken away: no file is ever written over. */
async function moveFile(source: Folder, from: Place, target: Folder, to: Place): Promise<void> {
  const file = await statOf(source, from.name);
  if (file === undefined) throw new RunwrightError("tool.failed", `There is no file '${from.text}'.`, { undone: true });
  const [old, fresh] = [source.at(from.name), target.at(to.name)];
  const there = await statOf(target, to.name);
  if (there !== undefined && (there.ino !== file.ino || from.text === to.text)) throw isThere(to);
  try {
    // A crash may have left both names, which are then one file.
    if (there === undefined) await link(old, fresh);
    await unlink(old);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw isThere(to, error);
    // File systems without second names.
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) throw error;
    await rename(old, fresh);
  }
  await target.sync();
  await source.sync();
}

function isThere({ text }: Place, cause?: unknown): RunwrightError {
  return new RunwrightError("tool.conflict", `'${text}' is there already; nothing was moved.`, { cause, undone: true });
}

function receiptOf({ text: path }: Place, before: Content | "large" | undefined, left: string | null): ToolReceipt {
  const isKept = before !== undefined && before !== "large" && before.bytes.length <= builtInLimits.beforeBytesMax;
  const text = isKept ? (textIn(before) ?? null) : null;
  return { remote_id: path, url: null, before: { path, existed: before !== undefined, text, left } };
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

import { readdir, stat } from "node:fs/promises";
import path from "node:path";

interface Input {
  readonly folder: string;
}

interface Found {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

const filesMax = 2000;
const leftOut = new Set(["node_modules", "dist", "build", "coverage", "target", "vendor"]);

/** All Markdown files below a folder, in the order of their names. Hidden folders and those of tools are left out. */
export default async function run(ctx: { readonly input: Input }): Promise<{ output: Found }> {
  const root = ctx.input.folder;
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Error(`There is no folder ${root}.`);

  const files: { path: string; bytes: number }[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith(".") || leftOut.has(entry.name)) continue;
      if (entry.isDirectory()) folders.push(name);
      if (!entry.isFile() || !/\.(?:md|mdx|markdown)$/i.test(entry.name)) continue;
      if (files.length === filesMax)
        throw new Error(`${root} has more than ${filesMax} Markdown files; name a smaller folder.`);
      files.push({ path: name, bytes: (await stat(path.join(root, name))).size });
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { output: { files } };
}

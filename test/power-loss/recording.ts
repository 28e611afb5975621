import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** One thing that a process asked of the system, in order; `name` is that of a file in its folder. */
export type Operation =
  | { readonly kind: "create"; readonly name: string }
  | { readonly kind: "empty"; readonly name: string }
  /** Bytes for a place in a file, or for its end. From now on any of them may be on the disk. */
  | {
      readonly kind: "write";
      readonly name: string;
      readonly at: number | "end";
      readonly bytes: Buffer;
      readonly id: number;
    }
  /** The call of a write has come back: a sync that begins now covers it. */
  | { readonly kind: "written"; readonly id: number }
  | { readonly kind: "cut"; readonly name: string; readonly bytes: number }
  | { readonly kind: "sync-begins"; readonly name: string; readonly id: number }
  | { readonly kind: "synced"; readonly id: number }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string }
  | { readonly kind: "folder-synced" }
  /** The folder that the folder lies in. */
  | { readonly kind: "parent-synced" }
  | { readonly kind: "acked"; readonly seq: number };

/** Nobody uses them today; who does would have to be understood here. */
const notUnderstood = new Set(["writev", "pwritev", "pwritev2", "fallocate", "copy_file_range"]);
const calls = [
  "openat",
  "pwrite64",
  "write",
  "ftruncate",
  "fsync",
  "fdatasync",
  "unlink",
  "unlinkat",
  "rename",
  "renameat",
];
const traced = [...calls, "renameat2", ...notUnderstood].join(",");
const bytesMax = 4_194_304; // 4 MiB: more than anybody writes with one call

/** True where this machine has the program that watches others. */
export function canRecord(): boolean {
  return spawnSync("strace", ["-qq", "-e", "trace=none", "true"]).status === 0;
}

/** Runs `writer.ts` over a new folder and gives back everything it did to the files in it. */
export function record(base: string, values: readonly string[]): readonly Operation[] {
  const folder = path.join(base, "recorded");
  const log = path.join(base, "strace.log");
  const watching = [
    "-f",
    "-qq",
    "-y",
    "-xx",
    "-s",
    String(bytesMax),
    "--seccomp-bpf",
    "-e",
    "signal=none",
    "-e",
    `trace=${traced}`,
  ];
  const writer = [process.execPath, path.join(import.meta.dirname, "writer.ts"), folder, ...values];
  const { status, stderr } = spawnSync("strace", [...watching, "-o", log, ...writer], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The writer failed: ${stderr}`);
  const operations = readLog(readFileSync(log, "latin1"), folder);
  rmSync(folder, { recursive: true });
  rmSync(log);
  return operations;
}

interface Call {
  readonly name: string;
  readonly values: readonly string[];
}

/** Calls of several threads may overlap: each has its beginning and, perhaps some lines later, its end. */
function readLog(log: string, folder: string): readonly Operation[] {
  const reader = createLogReader(folder);
  const open = new Map<string, Call>();
  for (const line of log.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>.*= (-?\d+)/.exec(rest);
    if (resumed !== null) {
      const call = open.get(thread);
      open.delete(thread);
      if (call !== undefined) reader.ends(call, Number(resumed[1]));
      continue;
    }
    const begun = /^(\w+)\((.*?)(?: <unfinished \.\.\.>|\) += (-?\d+).*)$/s.exec(rest);
    if (begun === null) continue;
    const call = { name: begun[1] ?? "", values: (begun[2] ?? "").split(", ") };
    reader.begins(call);
    if (begun[3] === undefined) open.set(thread, call);
    else reader.ends(call, Number(begun[3]));
  }
  return reader.operations;
}

function createLogReader(folder: string): {
  readonly operations: readonly Operation[];
  begins(call: Call): void;
  ends(call: Call, result: number): void;
} {
  const operations: Operation[] = [];
  const ids = new Map<Call, number>();
  const names = new Set<string>();
  let lastId = 0;
  return { operations, begins, ends };

  function begins(call: Call): void {
    const [file = "", second = "", , fourth = ""] = call.values;
    if (call.name === "write" && file.startsWith("1<")) return acked(textOf(second));
    const name = nameOf(fileOf(file));
    if (name === undefined) return;
    if (notUnderstood.has(call.name)) throw new Error(`${call.name} is not understood here.`);
    if (call.name === "pwrite64" || call.name === "write") writes(call, name, second, fourth);
    if (call.name === "fsync" || call.name === "fdatasync")
      operations.push({ kind: "sync-begins", name, id: idOf(call) });
  }

  function writes(call: Call, name: string, bytes: string, at: string): void {
    if (bytes.endsWith("...")) throw new Error(`A write of more than ${bytesMax} bytes was not recorded whole.`);
    const place = call.name === "write" ? "end" : Number(at);
    operations.push({ kind: "write", name, at: place, bytes: bytesOf(bytes), id: idOf(call) });
  }

  function ends(call: Call, result: number): void {
    if (result < 0) return;
    const [first = "", second = ""] = call.values;
    const id = ids.get(call);
    if (call.name.endsWith("sync")) {
      if (id !== undefined) operations.push({ kind: "synced", id });
      else if (fileOf(first) === folder) operations.push({ kind: "folder-synced" });
      else if (fileOf(first) === path.dirname(folder)) operations.push({ kind: "parent-synced" });
    } else if (id !== undefined) operations.push({ kind: "written", id });
    else endsWithNames(call.name, [first, second], call.values);
  }

  function endsWithNames(what: string, [first, second]: readonly [string, string], values: readonly string[]): void {
    const paths = values.filter((value) => value.startsWith('"')).map((value) => nameOf(textOf(value)));
    const [name, to] = paths;
    if (what === "ftruncate") {
      const cut = nameOf(fileOf(first));
      if (cut !== undefined) operations.push({ kind: "cut", name: cut, bytes: Number(second) });
    }
    if (name === undefined) return;
    if (what === "openat") opened(name, values[2] ?? "");
    if (what.startsWith("unlink")) operations.push({ kind: "remove", name });
    if (what.startsWith("unlink")) names.delete(name);
    if (what.startsWith("rename") && to !== undefined) {
      operations.push({ kind: "rename", name, to });
      names.delete(name);
      names.add(to);
    }
  }

  function opened(name: string, flags: string): void {
    if (!names.has(name) && flags.includes("O_CREAT")) operations.push({ kind: "create", name });
    else if (flags.includes("O_TRUNC")) operations.push({ kind: "empty", name });
    names.add(name);
  }

  function acked(text: string): void {
    for (const [, seq] of text.matchAll(/acked (\d+)/g)) operations.push({ kind: "acked", seq: Number(seq) });
  }

  function idOf(call: Call): number {
    lastId += 1;
    ids.set(call, lastId);
    return lastId;
  }

  /** Only files in the folder count, and of those not the index of the log, which is shared memory and is made anew. */
  function nameOf(file: string): string | undefined {
    return path.dirname(file) === folder && !file.endsWith("-shm") ? path.basename(file) : undefined;
  }
}

/** Strings are written as `"\x61\x62"`, files behind their number as `24<\x2f…>`. */
function bytesOf(quoted: string): Buffer {
  return Buffer.from(quoted.slice(1, -1).replaceAll("\\x", ""), "hex");
}

function textOf(quoted: string): string {
  return bytesOf(quoted).toString("utf8");
}

function fileOf(value: string): string {
  return textOf(/<.*>/.exec(value)?.[0] ?? "<>");
}

import type { Seeded } from "../simulation/chance.ts";
import { type Content, emptyContent } from "./content.ts";
import type { Operation } from "./recording.ts";

/** What a disk would hold after a power cut: files by name. */
export type Image = ReadonlyMap<string, Buffer>;

/** A disk on which operations arrive one after the other. */
export interface Disk {
  take(operation: Operation): void;
  /** What is left when the power goes now: everything synced, and by chance some of the rest, torn anywhere between two sectors. */
  cut(chance: Seeded): Image;
}

const sectorBytes = 512;

type Change =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Buffer; readonly id: number; isDone: boolean }
  | { readonly kind: "cut"; readonly bytes: number };

interface File {
  /** On the disk for certain. */
  readonly durable: Content;
  /** In the cache of the system, and perhaps on the disk. */
  pending: Change[];
  /** Length as the process sees it. */
  length: number;
}

type Naming = { readonly name: string; readonly file: File | undefined };

/**
 * Makes a disk; one that does not honour syncs is the control.
 *
 * Names are kept in order, as a journaling file system does: of the changes since the folder was synced a first part is on the disk. The
 * content of files has no order at all.
 */
export function createDisk(honoursSyncs: boolean): Disk {
  const names = new Map<string, File>();
  const durableNames = new Map<string, File>();
  let namings: Naming[] = [];
  const writes = new Map<number, { isDone: boolean }>();
  const syncs = new Map<number, { readonly file: File; readonly covered: number }>();

  return { take, cut };

  function take(operation: Operation): void {
    switch (operation.kind) {
      case "create":
        return name(operation.name, { durable: emptyContent(), pending: [], length: 0 });
      case "empty":
        return shorten(fileOf(operation.name), 0);
      case "cut":
        return shorten(fileOf(operation.name), operation.bytes);
      case "write":
        return write(fileOf(operation.name), operation);
      case "written": {
        const known = writes.get(operation.id);
        if (known !== undefined) known.isDone = true;
        return void writes.delete(operation.id);
      }
      case "sync-begins": {
        const file = fileOf(operation.name);
        const open = file.pending.findIndex((change) => change.kind === "write" && !change.isDone);
        return void syncs.set(operation.id, { file, covered: open < 0 ? file.pending.length : open });
      }
      case "synced":
        return synced(operation.id);
      case "remove":
        return name(operation.name, undefined);
      case "rename": {
        const file = fileOf(operation.name);
        name(operation.to, file);
        return name(operation.name, undefined);
      }
      case "folder-synced":
        return honoursSyncs ? makeNamesDurable() : undefined;
      case "parent-synced":
      case "acked":
        return undefined;
    }
  }

  function cut(chance: Seeded): Image {
    const survivors = new Map(durableNames);
    for (const naming of namings.slice(0, chance.whole(0, namings.length))) apply(survivors, naming);
    return new Map([...survivors].map(([each, file]) => [each, leftOf(file, chance)]));
  }

  function name(each: string, file: File | undefined): void {
    apply(names, { name: each, file });
    namings.push({ name: each, file });
  }

  function makeNamesDurable(): void {
    for (const naming of namings) apply(durableNames, naming);
    namings = [];
  }

  function synced(id: number): void {
    const sync = syncs.get(id);
    syncs.delete(id);
    if (sync === undefined || !honoursSyncs) return;
    const { file, covered } = sync;
    for (const change of file.pending.slice(0, covered)) carryOut(file.durable, change);
    file.pending = file.pending.slice(covered);
    // Another sync of the same file may be under way: what it covers has become less.
    for (const [other, { file: same, covered: more }] of syncs)
      if (same === file) syncs.set(other, { file, covered: Math.max(0, more - covered) });
  }

  function write(file: File, { at, bytes, id }: Extract<Operation, { readonly kind: "write" }>): void {
    const change = { kind: "write" as const, at: at === "end" ? file.length : at, bytes, id, isDone: false };
    file.pending.push(change);
    file.length = Math.max(file.length, change.at + bytes.length);
    writes.set(id, change);
  }

  function shorten(file: File, bytes: number): void {
    file.pending.push({ kind: "cut", bytes });
    file.length = bytes;
  }

  function fileOf(each: string): File {
    const file = names.get(each);
    if (file === undefined) throw new Error(`The recording misses where ${each} was made.`);
    return file;
  }
}

function apply(names: Map<string, File>, { name, file }: Naming): void {
  if (file === undefined) names.delete(name);
  else names.set(name, file);
}

function carryOut(content: Content, change: Change): void {
  if (change.kind === "cut") content.cut(change.bytes);
  else content.put(change.at, change.bytes);
}

/** Each change that was not synced is on the disk, or is not, or a part of its sectors is. */
function leftOf(file: File, chance: Seeded): Buffer {
  const content = file.durable.copy();
  for (const change of file.pending) {
    const fate = chance.whole(0, 2);
    if (fate === 0) continue;
    if (fate === 1 || change.kind === "cut") carryOut(content, change);
    else tear(content, change, chance);
  }
  return content.bytes();
}

function tear(content: Content, { at, bytes }: { readonly at: number; readonly bytes: Buffer }, chance: Seeded): void {
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + sectorBytes - ((at + from) % sectorBytes));
    if (chance.maybe(0.5)) content.put(at + from, bytes.subarray(from, to));
    from = to;
  }
}

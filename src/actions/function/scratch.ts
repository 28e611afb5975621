import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { digestText } from "../../base/digest.ts";

/** The folder of one process, gone when it is disposed. */
export interface Home extends Disposable {
  readonly folder: string;
  /** Compiled code, shared by the processes of one key and by no others: what is in it is run. */
  readonly cache: string;
}

/** Temporary folders for processes, outside of the project. */
export interface Scratch extends Disposable {
  /** What holds them all; made when it is asked for, so that an engine without functions leaves nothing behind however it ends. */
  folder(): string;
  open(key: string): Home;
}

/** No folder yet; only this user will be able to enter it. */
export function createScratch(): Scratch {
  let made: string | undefined;
  let homes = 0;

  return {
    folder,
    open(key) {
      homes += 1;
      const keyFolder = path.join(folder(), digestText(key).slice(0, 16));
      const cache = path.join(keyFolder, "cache");
      const home = path.join(keyFolder, String(homes));
      for (const inner of [cache, home]) mkdirSync(inner, { recursive: true });
      return { folder: home, cache, [Symbol.dispose]: () => remove(home) };
    },
    [Symbol.dispose]() {
      if (made !== undefined) remove(made);
    },
  };

  function folder(): string {
    made ??= realpathSync.native(mkdtempSync(path.join(tmpdir(), "runwright-")));
    return made;
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

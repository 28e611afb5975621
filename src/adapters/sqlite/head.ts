import { promises, readFileSync } from "node:fs";
import { RunwrightError } from "../../base/error.ts";
import type { Database } from "./database.ts";

/** The last segment of the whole journal: its place and its hash. */
interface Head {
  readonly position: number;
  readonly hash: string;
}

/** Keeps a second record of how far the journal goes. */
export interface HeadFile extends AsyncDisposable {
  /** Something was committed: the record follows within a second. */
  committed(): void;
}

const syncEveryMs = 1000;

/**
 * Opens the record beside the journal and compares the two. Throws `journal.damaged` when the journal ends before the record.
 *
 * A write-ahead log that is cut or damaged opens without complaint, and simply ends earlier: no chain of hashes can see a tail that is gone.
 * The record is written after the commits it speaks of, so it may lag behind, but never run ahead.
 */
export function openHead(file: string, database: Database): HeadFile {
  const last = database.prepare("SELECT position, hash FROM segment ORDER BY position DESC LIMIT 1");
  const at = database.prepare("SELECT hash FROM segment WHERE position = ?");
  const known = readHead(file);
  if (known !== undefined) compare(known);
  let written = known?.position ?? 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  return {
    committed() {
      timer ??= setTimeout(() => {
        timer = undefined;
        // A record that cannot be written only lags; a disk that fails shows at the next commit, where it can be answered.
        writing = write().catch(() => {});
      }, syncEveryMs).unref();
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await writing;
      await write().catch(() => {});
    },
  };

  function compare({ position, hash }: Head): void {
    const found = database.reading(() => at.get(position)?.[0]);
    if (found === hash) return;
    const what = found === undefined ? `ends before commit ${position}` : `has another commit ${position}`;
    const message = `The journal ${what}, which was acknowledged (see ${file}): its end is lost. Restore a backup, or delete that file to go on without.`;
    throw new RunwrightError("journal.damaged", message);
  }

  async function write(): Promise<void> {
    const [position, hash] = database.reading(() => last.get()) ?? [];
    if (position === undefined || Number(position) === written) return;
    await using handle = await promises.open(`${file}.new`, "w", 0o600);
    await handle.writeFile(JSON.stringify({ position: Number(position), hash: String(hash) } satisfies Head));
    await handle.sync();
    await promises.rename(`${file}.new`, file);
    written = Number(position);
  }
}

function readHead(file: string): Head | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as Head;
  } catch (error) {
    throw new RunwrightError("journal.damaged", `${file} cannot be read as the record of the journal's end.`, {
      cause: error,
    });
  }
}

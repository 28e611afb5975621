import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { testJournal, type OpenStore } from "../../testing/journal-contract.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-sqlite-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };

testJournal("sqlite", () => reopenable(mkdtempSync(path.join(base, "store-"))));

async function reopenable(folder: string): Promise<OpenStore> {
  const store = await openSqliteStore({ folder, holder, synchronous: "full" });
  return {
    ...store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      return reopenable(folder);
    },
  };
}

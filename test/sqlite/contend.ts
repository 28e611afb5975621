// At each line of its input it tries to open the store in a folder, or lets it go again, and says what came of it.
// usage: node contend.ts <folder>, then lines "open" and "close"
import { createInterface } from "node:readline";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { toRunwrightError } from "../../src/base/error.ts";
import type { Store } from "../../src/ports/store.ts";

const folder = process.argv[2] ?? "";
let store: Store | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const startedAt = performance.now();
  if (line === "open") {
    try {
      store = await openSqliteStore({
        folder,
        holder: { pid: process.pid, host: "here", startedAt: 0 },
        synchronous: "full",
      });
      say("mine");
    } catch (error) {
      const { code, message } = toRunwrightError(error);
      say(`${code} in ${Math.round(performance.now() - startedAt)} ms: ${message}`);
    }
  } else {
    await store?.[Symbol.asyncDispose]();
    store = undefined;
    say("closed");
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

import assert from "node:assert/strict";
import { limits } from "../../base/limits.ts";
import type { LogEntry, LogQuery, LogRow } from "../../ports/logs.ts";
import type { Store } from "../../ports/store.ts";
import { driven, keyOf, other, type Check } from "./world.ts";

const key = keyOf("r1");
const megabyte = "x".repeat(1_048_576);

function lineOf(text: string, changes: Partial<LogEntry> = {}): LogEntry {
  return { key, path: "a/b", attempt: 1, at: 1_763_700_000_000, level: "action", text, ...changes };
}

function linesAt(...paths: readonly string[]): readonly LogEntry[] {
  return paths.map((path) => lineOf(path, { path }));
}

async function read({ logs }: Store, query: Partial<LogQuery> = {}): Promise<readonly LogRow[]> {
  return logs.read(key, { after: 0, limit: 1000, ...query });
}

async function textsOf(store: Store, query: Partial<LogQuery> = {}): Promise<readonly string[]> {
  return (await read(store, query)).map(({ text }) => text);
}

/** Checks of what steps log. */
export const logChecks: readonly Check[] = [
  {
    name: "lines come back in the order they were written in, as they were, also after a restart",
    async run(open) {
      const store = await open();
      await driven(store.journal, "r1");
      assert.deepEqual(await read(store), []);
      const first = [lineOf("one"), lineOf("", { level: "stderr", attempt: 2, at: 5 })];
      const second = [
        lineOf("Prüfung 😀 \u0000 \ud800 \u001b[31m\n'", { path: "files[a%2Emd]/audit@2", level: "warn" }),
      ];
      await Promise.all([store.logs.write(first), store.logs.write(second), store.logs.write([])]);
      const rows = await read(store);
      assert.deepEqual(
        rows.map(({ n: _n, ...entry }) => entry),
        [...first, ...second],
      );
      assert.ok((rows[0]?.n ?? 0) > 0);
      await using next = await store.reopen();
      assert.deepEqual(await read(next), rows);
      await next.logs.write([lineOf("later")]);
      const numbers = (await read(next)).map(({ n }) => n);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((left, right) => left - right),
      );
      assert.equal(numbers.length, 4);
    },
  },
  {
    name: "lines are read in pages, and no page is longer than its bound",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1");
      await store.logs.write(Array.from({ length: limits.pageRowsMax + 5 }, (_, index) => lineOf(`${index}`)));
      const seen: LogRow[] = [];
      for (const length of [limits.pageRowsMax, 5, 0]) {
        const page = await read(store, { after: seen.at(-1)?.n ?? 0, limit: 10 ** 9 });
        assert.equal(page.length, length);
        seen.push(...page);
      }
      assert.deepEqual(
        seen.map(({ text }) => text),
        Array.from({ length: limits.pageRowsMax + 5 }, (_, index) => `${index}`),
      );
      assert.deepEqual(await textsOf(store, { after: seen[2]?.n ?? 0, limit: 2 }), ["3", "4"]);
      assert.deepEqual(await textsOf(store, { limit: 0 }), []);
    },
  },
  {
    name: "lines are read by instance: its own and those of what lies below it, and of no other",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1");
      const paths = [
        "a",
        "a/b",
        "a/bc",
        "a/b/c",
        "a/b[x]",
        "a/b[x]/d",
        "a/b@2",
        "a/b@2/e",
        "a/b-1",
        "a/b_/c",
        "x/a/b",
        "A/B",
      ];
      await store.logs.write(linesAt(...paths));
      const below = ["a/b", "a/b/c", "a/b[x]", "a/b[x]/d", "a/b@2", "a/b@2/e"];
      assert.deepEqual(await textsOf(store, { path: "a/b" }), below);
      assert.deepEqual(await textsOf(store, { path: "a/b[x]" }), ["a/b[x]", "a/b[x]/d"]);
      assert.deepEqual(await textsOf(store, { path: "a/b@2" }), ["a/b@2", "a/b@2/e"]);
      assert.deepEqual(await textsOf(store, { path: "a/b", limit: 2 }), below.slice(0, 2));
      for (const path of ["a/%", "a/_", "a/*", "a/b[", "b"]) assert.deepEqual(await textsOf(store, { path }), [], path);
    },
  },
  {
    name: "lines are read by level, also together with an instance",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1");
      const levels = ["action", "warn", "error", "stdout", "stderr"] as const;
      await store.logs.write(levels.map((level) => lineOf(level, { level, path: level === "error" ? "z" : "a" })));
      assert.deepEqual(await textsOf(store, { levels: ["error", "warn", "warn"] }), ["warn", "error"]);
      assert.deepEqual(await textsOf(store, { levels: ["error", "warn"], path: "a" }), ["warn"]);
      assert.deepEqual(await textsOf(store, { levels }), levels);
      assert.deepEqual(await textsOf(store, { levels: [] }), []);
    },
  },
  {
    name: "each run has its own lines, other tenants see none, and a run that is not there takes none",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1");
      await driven(store.journal, "r2");
      const elsewhere = [keyOf("r2"), keyOf("r9"), keyOf("r1", other), keyOf("r1", { ...key, workspace: "side" })];
      await store.logs.write([lineOf("ours"), ...elsewhere.map((there) => lineOf("not ours", { key: there }))]);
      assert.deepEqual(await textsOf(store), ["ours"]);
      const counts = elsewhere.map(async (there) => (await store.logs.read(there, { after: 0, limit: 9 })).length);
      assert.deepEqual(await Promise.all(counts), [1, 0, 0, 0]);
      const [line] = await store.logs.read(keyOf("r2"), { after: 0, limit: 9 });
      assert.deepEqual(line?.key, keyOf("r2"));
    },
  },
  {
    name: "lines change nothing of their run",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1", { wakeAt: 4 });
      const { tries } = await store.journal.takeOver(lease.key);
      const row = await store.journal.row(lease.key);
      await store.logs.write([lineOf("one")]);
      assert.deepEqual(await store.journal.row(lease.key), row);
      assert.deepEqual(await store.journal.waking(undefined, 9), [{ key: lease.key, wakeAt: 4, tries }]);
    },
  },
  {
    name: "of a run that has logged its fill the rest is left out, and one last line says so",
    async run(open) {
      const store = await open();
      await driven(store.journal, "r1");
      await driven(store.journal, "r2");
      const wanted = limits.runLogBytesMax / megabyte.length + 2;
      for (let line = 1; line <= wanted; line += 3)
        await store.logs.write([lineOf(megabyte), lineOf(megabyte), lineOf(megabyte), lineOf("too late")]);
      await using next = await store.reopen();
      await next.logs.write([lineOf("far too late"), lineOf("of another", { key: keyOf("r2") })]);
      let bytes = 0;
      let last: LogRow | undefined;
      for (let after = 0; ; after = last?.n ?? 0) {
        const page = await read(next, { after, limit: 20 });
        if (page.length === 0) break;
        for (const { text } of page) bytes += Buffer.byteLength(text);
        last = page.at(-1);
      }
      assert.ok(
        bytes > limits.runLogBytesMax - 2 * megabyte.length && bytes <= limits.runLogBytesMax,
        `${bytes} bytes`,
      );
      assert.deepEqual([last?.level, last?.path], ["warn", ""]);
      assert.match(last?.text ?? "", /64 MiB.*left out/);
      assert.equal((await read(next, { levels: ["warn"] })).length, 1);
      assert.equal((await next.logs.read(keyOf("r2"), { after: 0, limit: 9 })).length, 1);
    },
  },
];

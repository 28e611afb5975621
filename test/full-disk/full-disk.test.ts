// A disk that is really full: a small file system of its own where this machine lets us have one, and a limit of the system on the size of
// files everywhere. The engine starts nothing, keeps everything that was acknowledged, and goes on.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { itemsCount, type Saw } from "./saw.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-full-"));
after(() => rmSync(base, { recursive: true, force: true }));

type Kind = Saw["kind"];
type Of<K extends Kind> = Extract<Saw, { readonly kind: K }>;

/** Runs a command of the shell and gives back what our programs said in it. */
async function hear(command: readonly string[]): Promise<readonly Saw[]> {
  const [file = "", ...rest] = command;
  const said = await new Promise<string>((resolve) => {
    // Programs that stop because of an error say so; what they wrote to stderr belongs to this test's output.
    const child = execFile(file, rest, { maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout));
    child.stderr?.pipe(process.stderr);
  });
  return said
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Saw);
}

function only<K extends Kind>(saws: readonly Saw[], kind: K): Of<K> {
  const found = saws.filter((saw): saw is Of<K> => saw.kind === kind);
  assert.equal(found.length, 1, `${kind} should have been said once: ${JSON.stringify(saws.map((saw) => saw.kind))}`);
  return found[0] ?? assert.fail();
}

const program = (name: string, ...values: readonly string[]): string =>
  [process.execPath, path.join(import.meta.dirname, `${name}.ts`), ...values].map((word) => `'${word}'`).join(" ");

/** What was acknowledged is what is found, at its place. */
function assertKept(acked: Of<"ended">["acked"], { digests, isChained }: Of<"found">): void {
  assert.ok(isChained);
  assert.ok(acked.length > 0);
  for (const { seq, digests: told } of acked) assert.deepEqual(digests.slice(seq - 1, seq - 1 + told.length), told);
}

/** How a process of ours gets a file system of its own, with nobody else seeing it; undefined where it cannot. */
function ownFileSystem(): readonly string[] | undefined {
  const probe = path.join(base, "probe");
  mkdirSync(probe);
  const ways = [
    ["unshare", "--mount"],
    ["unshare", "--mount", "--map-root-user"],
  ];
  return ways.find(([file = "", ...rest]) => {
    const command = `mount -t tmpfs -o size=1m tmpfs '${probe}'`;
    return spawnSync(file, [...rest, "sh", "-c", command]).status === 0;
  });
}

test("on a full disk nothing starts and nothing is lost, and the run goes on by itself when space is freed", async (context) => {
  const way = ownFileSystem();
  if (way === undefined) return context.skip("not proven here: this machine lets nobody mount a file system");
  context.diagnostic(`a tmpfs of 20 MiB by ${way.join(" ")}`);
  const mib = 1_048_576;
  // Less or more room before the disk is full, so that it is another commit that finds it so.
  const all = [16.6, 15.3, 14.1].map(async (ballastMib, index) => {
    const folder = path.join(base, `disk-${index}`);
    mkdirSync(folder);
    const fill = program("fill", folder, String(Math.round(ballastMib * mib)));
    const command = `mount -t tmpfs -o size=20m tmpfs '${folder}' && ${fill} && ${program("found", folder)}`;
    const saws = await hear([...way, "sh", "-c", command]);

    const full = only(saws, "full");
    assert.deepEqual([...new Set(full.codes)], ["journal.full"]);
    assert.match(full.told, /There is no space left for .*journal\.db; nothing was written/);
    assert.equal(full.started, 0, "nothing begins whose start could not be written");
    const ended = only(saws, "ended");
    assert.equal(ended.status, "completed");
    assert.equal(new Set(ended.calls).size, itemsCount);
    assert.equal(ended.calls.length, itemsCount, "no call was made twice");
    const found = only(saws, "found");
    assert.equal(found.status, "completed");
    assertKept(ended.acked, found);
    return full.lastSeq;
  });
  const places = await Promise.all(all);
  assert.ok(new Set(places).size > 1 && Math.min(...places) > 5, `full after ${places.join(", ")} events`);
});

test("a file that may not grow stops the engine, and everything that was acknowledged is found at the next start", async (context) => {
  if (process.platform === "win32") return context.skip("not proven here: there is no limit on the size of files");
  // In blocks of 512 bytes: the log may reach 3 MiB. Unlike a full disk that is an I/O error, whose outcome nobody knows.
  const folder = path.join(base, "limited");
  const saws = await hear(["sh", "-c", `trap "" XFSZ; ulimit -f 6144; ${program("fill", folder)}`]);
  const stopped = only(saws, "stopped");
  assert.equal(stopped.code, "journal.unknown-outcome");
  assert.match(stopped.message, /Writing .*journal\.db failed, and it is unknown what was written/);
  const next = await hear([
    "sh",
    "-c",
    `${program("found", folder)} && ${program("fill", folder)} && ${program("found", folder)}`,
  ]);
  const [found, last] = next.filter((saw): saw is Of<"found"> => saw.kind === "found");
  assert.ok(found !== undefined && last !== undefined);
  assert.equal(found.status, "running");
  assertKept(stopped.acked, found);
  assertKept(stopped.acked, last);
  const ended = only(next, "ended");
  assert.deepEqual([ended.status, last.status], ["completed", "completed"]);
  const calls = [...stopped.calls, ...ended.calls];
  assert.equal(new Set(calls).size, itemsCount);
  assert.ok(calls.length <= itemsCount + 1, "at most the call that was open is made again");
});

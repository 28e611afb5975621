// kill -9 of a real engine around a charge that must not be made twice: what another system over HTTP is asked, and how often it charges.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Once } from "../../src/ports/action.ts";
import type { PointName } from "../crash/points.ts";
import { openProject } from "../functions/project.ts";
import { root } from "../house/sources.ts";
import type { Settings } from "./process.ts";
import { openRemote } from "./remote.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-effects-"));
after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

interface Ended {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly output?: { readonly id: string };
}

/** Lets one process live; undefined when it was killed. */
async function live(settings: Settings): Promise<Ended | undefined> {
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(base, "cache"), TMPDIR: base };
  const program = path.join(import.meta.dirname, "process.ts");
  const running = spawn(process.execPath, [program, JSON.stringify(settings)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  running.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) =>
    running.once("close", (...ended) => resolve(ended)),
  );
  if (signal === "SIGKILL") return undefined;
  assert.equal(code, 0);
  return JSON.parse(said) as Ended;
}

interface Story {
  readonly effectClass: string;
  readonly dedupes: boolean;
  readonly killAt?: PointName;
  readonly dies?: boolean;
}

/** Kills a process at a point of its run, lets the next bring the run to its end, and tells how it ended, how often the other system was asked and how often it charged. */
async function tell({ effectClass, dedupes, killAt, dies = false }: Story): Promise<readonly unknown[]> {
  await using remote = await openRemote(dedupes);
  const settings: Settings = { folder: mkdtempSync(path.join(base, "folder-")), url: remote.url, effectClass, dies };
  if (killAt !== undefined) assert.equal(await live({ ...settings, killAt }), undefined, "it was not killed");
  const ended = await live(settings);
  assert.equal(new Set(remote.keys).size, Math.min(1, remote.keys.length), "one key");
  const asked = ended?.status === "awaiting_approval" ? "asked" : ended?.error?.code;
  return [ended?.status === "completed" ? "completed" : asked, remote.keys.length, remote.charges()];
}

function keyed(more: Partial<Story>): Story {
  return { effectClass: "keyed", dedupes: true, ...more };
}

function blind(more: Partial<Story>): Story {
  return { effectClass: "blind", dedupes: false, ...more };
}

test("without a kill a failing attempt is repeated, and charges no second time", async () => {
  assert.deepEqual(await tell(keyed({})), ["completed", 1, 1]);
});

test("killed before the intent it is as if nothing had been asked for", async () => {
  assert.deepEqual(await tell(keyed({ killAt: "effect.intended.before" })), ["completed", 1, 1]);
});

test("killed between intent and call it is called after the restart", async () => {
  assert.deepEqual(await tell(keyed({ killAt: "effect.intended.after" })), ["completed", 1, 1]);
});

test("killed between call and receipt it is asked again with its key, and a system that knows keys charges once", async () => {
  assert.deepEqual(await tell(keyed({ killAt: "effect.received.before" })), ["completed", 2, 1]);
});

test("control: a system that does not look at the key charges twice then", async () => {
  assert.deepEqual(await tell({ ...keyed({ killAt: "effect.received.before" }), dedupes: false }), ["completed", 2, 2]);
});

test("killed behind the receipt nothing is called again", async () => {
  assert.deepEqual(await tell(keyed({ killAt: "effect.received.after" })), ["completed", 1, 1]);
});

test("a function whose own process dies with the charge made asks again with its key", async () => {
  assert.deepEqual(await tell(keyed({ dies: true })), ["completed", 2, 1]);
});

test("blind: killed before the intent it is as if nothing had been asked for", async () => {
  assert.deepEqual(await tell(blind({ killAt: "effect.intended.before" })), ["completed", 1, 1]);
});

test("blind: killed between intent and call somebody has to look", async () => {
  assert.deepEqual(await tell(blind({ killAt: "effect.intended.after" })), ["asked", 0, 0]);
});

test("blind: killed between call and receipt somebody has to look, and nothing is charged twice", async () => {
  assert.deepEqual(await tell(blind({ killAt: "effect.received.before" })), ["asked", 1, 1]);
});

test("blind: killed behind the receipt nothing is called again", async () => {
  assert.deepEqual(await tell(blind({ killAt: "effect.received.after" })), ["completed", 1, 1]);
});

test("blind: a function whose own process dies with the charge made is not repeated blindly", async () => {
  assert.deepEqual(await tell(blind({ dies: true })), ["asked", 1, 1]);
});

test("the example of docs/functions.md charges once, with the key of its operation", async () => {
  const page = readFileSync(path.join(root, "docs", "functions.md"), "utf8");
  const [, example = ""] = /```ts\n(\/\/ functions\/charge\.ts\n.*?)```/s.exec(page) ?? [];
  await using remote = await openRemote(true);
  await using project = openProject({
    "functions/charge.ts": example.replace("https://pay.example/charges", remote.url),
    // A type that is imported is not there when it runs.
    "node_modules/runwright/package.json": `{ "name": "runwright", "exports": "./index.js" }`,
    "node_modules/runwright/index.js": "",
  });
  const receipts: unknown[] = [];
  const once: Once = async (effect, carryOut) => {
    const receipt = await carryOut({
      key: `key of ${effect.name}`,
      signal: new AbortController().signal,
      policy: { rules: [], version: "" },
    });
    receipts.push(receipt);
    return receipt;
  };
  const output = await project.output("charge", { input: { id: "o-1", cents: 700 }, once });
  assert.deepEqual([receipts, remote.keys], [[{ id: "charge-1" }], ["key of charge"]]);
  assert.deepEqual(output, { charge: "charge-1" });
});

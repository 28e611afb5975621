// I16: a run that kills the engine is set aside, and the others end.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

const base = mkdtempSync(path.join(tmpdir(), "runwright-poison-"));
after(() => rmSync(base, { recursive: true, force: true }));
const program = path.join(import.meta.dirname, "poison-process.ts");
/** One death that nothing is known of, and those after which a run is set aside; see `limits.deathsMax`. */
const deathsMost = 4;

/** Starts processes over one folder until one ends in order, or has died too often. */
function lives(poison: string, counting: string, runs: number): { readonly deaths: number; readonly said: string } {
  const folder = mkdtempSync(path.join(base, "data-"));
  for (let deaths = 0; ; deaths += 1) {
    const ended = spawnSync(process.execPath, [program, folder, poison, counting, String(runs)], {
      encoding: "utf8",
      timeout: 180_000,
    });
    if (ended.status === 0) return { deaths, said: ended.stdout };
    assert.equal(ended.signal, "SIGKILL", ended.stderr);
    if (deaths > deathsMost) return { deaths, said: "" };
  }
}

const campaigns = [
  ["loading", 1000],
  ["taking-in", 200],
] as const;

for (const [poison, runs] of campaigns) {
  test(`of ${runs} runs one kills the engine by ${poison}: it is set aside, and all others end`, (t) => {
    const { deaths, said } = lives(poison, "counted", runs);
    const { completed, aside, culprit } = JSON.parse(said) as { completed: number; aside: string[]; culprit: string };
    t.diagnostic(JSON.stringify({ test: "poison", poison, deaths, completed, aside: aside.length }));
    assert.deepEqual(aside, [culprit]);
    assert.equal(completed, runs - 1);
    assert.ok(deaths <= deathsMost, `it died ${deaths} times`);
  });

  test(`control: where deaths by ${poison} are not counted, the engine dies for ever`, () => {
    assert.equal(lives(poison, "uncounted", 20).said, "");
  });
}

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
function lives(poison: string, counting: string): { readonly deaths: number; readonly said: string } {
  const folder = mkdtempSync(path.join(base, "data-"));
  for (let deaths = 0; ; deaths += 1) {
    const ended = spawnSync(process.execPath, [program, folder, poison, counting], { encoding: "utf8", timeout: 60_000 });
    if (ended.status === 0) return { deaths, said: ended.stdout };
    assert.equal(ended.signal, "SIGKILL", ended.stderr);
    if (deaths > deathsMost) return { deaths, said: "" };
  }
}

for (const poison of ["loading", "taking-in"]) {
  test(`of 1,000 runs one kills the engine by ${poison}: it is set aside, and the 999 end`, (t) => {
    const { deaths, said } = lives(poison, "counted");
    const { completed, aside, deadly } = JSON.parse(said) as { completed: number; aside: string[]; deadly: string };
    t.diagnostic(JSON.stringify({ test: "poison", poison, deaths, completed, aside: aside.length }));
    assert.deepEqual(aside, [deadly]);
    assert.equal(completed, 999);
    assert.ok(deaths <= deathsMost, `it died ${deaths} times`);
  });

  test(`control: where deaths by ${poison} are not counted, the engine dies for ever`, () => {
    assert.equal(lives(poison, "uncounted").said, "");
  });
}

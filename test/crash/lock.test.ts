// Fifty races for a data folder whose holder is killed at the same moment. RUNWRIGHT_CRASH_RACES asks for another number.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

const races = Number(process.env["RUNWRIGHT_CRASH_RACES"] ?? 50);
const racersAtOnce = 3;
const toldMsMax = 1000;
const triesMax = 20;
const contend = path.join(import.meta.dirname, "..", "sqlite", "contend.ts");
const folder = mkdtempSync(path.join(tmpdir(), "runwright-lock-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A process that tries to take the folder when it is told to. */
interface Racer {
  readonly child: ChildProcess;
  /** Sends a line and waits for the answer. */
  ask(line: "open" | "close"): Promise<string>;
}

async function startRacer(): Promise<Racer> {
  const child = spawn(process.execPath, [contend, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    return String((await answers.next()).value);
  };
  // It holds nothing yet: the answer only says that it is ready to race.
  await ask("close");
  return { child, ask };
}

/** Lets all of them try at once. On a busy machine a killed process may hold the folder for a while yet: then there was no race. */
async function raceFor(racers: readonly Racer[], killed: Racer | undefined): Promise<readonly string[]> {
  for (let tries = 1; ; tries += 1) {
    const answers = await Promise.all(racers.map((racer) => racer.ask("open")));
    const named = ` process ${killed?.child.pid} on here.`;
    if (tries === triesMax || !answers.every((answer) => answer.endsWith(named))) return answers;
  }
}

test("of processes that race for the folder of a killed one, one gets it and the others are told which", async (context) => {
  const racers = await Promise.all(Array.from({ length: racersAtOnce }, startRacer));
  let holder: Racer | undefined;
  const slowestMs: number[] = [];
  for (let race = 1; race <= races; race += 1) {
    holder?.child.kill("SIGKILL");
    const answers = await raceFor(racers, holder);
    const winners = racers.filter((_, index) => answers[index] === "mine");
    assert.equal(winners.length, 1, `race ${race}: ${answers.join(" / ")}`);
    [holder] = winners;
    for (const answer of answers) {
      if (answer === "mine") continue;
      const [, waitedMs = "9999", pid] = /^store\.held in (\d+) ms: .* process (\d+) on here\.$/.exec(answer) ?? [];
      assert.equal(pid, String(holder?.child.pid), `race ${race}: ${answer}`);
      assert.ok(Number(waitedMs) < toldMsMax, `race ${race}: ${answer}`);
      slowestMs.push(Number(waitedMs));
    }
    racers.splice(answers.indexOf("mine"), 1, await startRacer());
  }
  context.diagnostic(JSON.stringify({ test: "lock", races, holders: races, slowestMs: Math.max(...slowestMs) }));
});

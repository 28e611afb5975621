// Fifty races for a data folder whose holder was killed. RUNWRIGHT_RACES asks for another number.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

const races = Number(process.env["RUNWRIGHT_RACES"] ?? 50);
const racersAtOnce = 5;
/** A machine that does much else may take longer than the second that is promised: how many were told later is printed. */
const promisedMs = 1000;
const toldMsMax = 10_000;
const stranger = { pid: process.pid, host: "elsewhere", startedAt: 0 };
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

/** Kills the holder. Its name stays in the folder. */
async function kill(holder: Racer): Promise<void> {
  const gone = once(holder.child, "exit");
  holder.child.kill("SIGKILL");
  await gone;
}

test("of processes that race for the folder of a killed one, one gets it and the others are told which", async (context) => {
  const racers = await Promise.all(Array.from({ length: racersAtOnce }, startRacer));
  let holder: Racer | undefined;
  let slowestMs = 0;
  let later = 0;
  let misled = 0;
  for (let race = 1; race <= races; race += 1) {
    // In every other race the name that was left is that of a living process, as after a restart that gave its number to another.
    const isReused = race % 2 === 0;
    if (holder !== undefined) await kill(holder);
    if (isReused) writeFileSync(path.join(folder, "holder.json"), JSON.stringify(stranger));
    const answers = await Promise.all(racers.map((racer) => racer.ask("open")));
    const winner = racers[answers.indexOf("mine")];
    assert.equal(answers.filter((answer) => answer === "mine").length, 1, `race ${race}: ${answers.join(" / ")}`);
    for (const answer of answers) {
      if (answer === "mine") continue;
      const [, waitedMs = "99999", pid, host] =
        /^store\.held in (\d+) ms: .* process (\d+) on (\w+)\.$/.exec(answer) ?? [];
      slowestMs = Math.max(slowestMs, Number(waitedMs));
      if (Number(waitedMs) > promisedMs) later += 1;
      assert.ok(Number(waitedMs) < toldMsMax, `race ${race}: ${answer}`);
      if (isReused && host === stranger.host) misled += 1;
      else assert.equal(pid, String(winner?.child.pid), `race ${race}: ${answer}`);
    }
    holder = winner;
    racers.splice(answers.indexOf("mine"), 1, await startRacer());
  }
  context.diagnostic(JSON.stringify({ test: "lock", races, holders: races, slowestMs, later, misled }));
  // Only a winner that was held up for long between taking the lock and writing its name lets the others read the old one.
  assert.ok(misled <= races / 10, `${misled} were told the name of a stranger`);
});

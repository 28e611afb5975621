// kill -9 of the engine leaves no process behind, not even one whose module never yields.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

const onLinux = { skip: process.platform !== "linux" && "processes are looked up in /proc" };

test(
  "kill -9 of the engine ends its children, idle, waiting and looping, and removes their scratch folder",
  onLinux,
  async () => {
    await using victim = await startVictim();
    assert.equal(victim.children.length, 3);
    assert.ok(victim.children.every(alive) && alive(victim.reaper) && existsSync(victim.scratch));

    process.kill(victim.pid, "SIGKILL");
    await until(() => [...victim.children, victim.reaper].every((pid) => !alive(pid)), "children live on");
    await until(() => !existsSync(victim.scratch), "the scratch folder is still there");
  },
);

test("control: without the reaper, the looping child lives on", onLinux, async () => {
  await using victim = await startVictim();
  // Stopped first, so that it cannot open another one.
  process.kill(victim.pid, "SIGSTOP");
  process.kill(victim.reaper, "SIGKILL");
  process.kill(victim.pid, "SIGKILL");
  await until(() => victim.children.filter(alive).length === 1, "not exactly one child lives on");

  const orphan = victim.children.find(alive) ?? 0;
  assert.equal(orphan, victim.looping);
  process.kill(-orphan, "SIGKILL");
  await until(() => !alive(orphan), "the orphan cannot be killed");
});

interface Victim extends AsyncDisposable {
  readonly pid: number;
  readonly children: readonly number[];
  readonly looping: number;
  readonly reaper: number;
  readonly scratch: string;
}

/** An engine with three processes: one idle, one in a call that waits, one in an endless loop. */
async function startVictim(): Promise<Victim> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "runwright-test-")));
  mkdirSync(path.join(root, "functions"));
  const write = (name: string, body: string): void =>
    writeFileSync(path.join(root, `functions/${name}.mjs`), `export default async function run(ctx) { ${body} }`);
  write("loop", "ctx.logger.action('loop ' + process.pid + ' ' + process.env.TMPDIR); for (;;);");
  write("wait", "ctx.logger.action('wait'); await new Promise(() => {});");
  write("idle", "await new Promise((end) => setTimeout(end, 300)); ctx.logger.action('idle');");

  const program = `
    import { createFunctionAction } from ${JSON.stringify(new URL("function-action.ts", import.meta.url).href)};
    import { functionLimits } from ${JSON.stringify(new URL("limits.ts", import.meta.url).href)};
    import { sampleCall } from ${JSON.stringify(new URL("../../../test/functions/project.ts", import.meta.url).href)};
    const action = createFunctionAction({ root: ${JSON.stringify(root)}, size: 3, limits: functionLimits, readFolders: [], writeFolders: [], config: {} });
    for (const name of ["loop", "wait", "idle"]) void action.run({ ...sampleCall, name, log: (_level, text) => console.log(text) }, new AbortController().signal);`;
  const engine = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(engine, "exit");
  const lines: string[] = [];
  createInterface({ input: engine.stdout }).on("line", (line) => lines.push(line));
  await until(() => lines.length === 3, "the modules did not start");

  const pid = engine.pid ?? 0;
  const started = childrenOf(pid);
  const [, looping = "0", home = ""] = lines.find((line) => line.startsWith("loop"))?.split(" ") ?? [];
  return {
    pid,
    children: started.filter((child) => !commandOf(child).includes("runwright-reaper")),
    looping: Number(looping),
    reaper: started.find((child) => commandOf(child).includes("runwright-reaper")) ?? 0,
    scratch: path.resolve(home, "../.."),
    async [Symbol.asyncDispose]() {
      engine.kill("SIGKILL");
      await exit;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))[1] === String(pid))
    .map(Number);
}

/** State and parent of a process. */
function statOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function alive(pid: number): boolean {
  const [state = ""] = statOf(pid);
  return state !== "" && state !== "Z";
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, otherwise);
    await new Promise((next) => setTimeout(next, 5));
  }
}

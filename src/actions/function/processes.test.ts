// Real processes that crash, hang, flood, eat memory and leave work behind: each fails its own call and nothing else.
import assert from "node:assert/strict";
import { existsSync, mkdtempDisposableSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { moduleOf, openProject, type Project } from "../../../test/functions/project.ts";
import { hasCode } from "../../base/error.ts";
import { functionLimits } from "./limits.ts";

const pidModule = moduleOf("return { output: process.pid };");
const onLinux = { skip: process.platform !== "linux" && "resident memory and process lists are read from /proc" };

test("one call after the other is served by one process, two at once by two", async () => {
  await using project = openProject({ "functions/pid.mjs": pidModule });
  const first = await project.output("pid");
  assert.equal(await project.output("pid"), first);

  const pids = await Promise.all([project.output("pid"), project.output("pid"), project.output("pid")]);
  assert.equal(new Set(pids).size, 2);
  assert.ok(pids.includes(first));
});

test("a process that served one tenant and version serves no other", async () => {
  await using project = openProject({
    "functions/count.mjs": `let calls = 0;\n${moduleOf("calls += 1; return { output: [calls, process.pid, process.env.TMPDIR] };")}`,
  });
  const count = async (tenant: string, version: string): Promise<readonly unknown[]> =>
    (await project.output("count", {
      key: { tenant, workspace: "default", run: "r1" },
      version,
    })) as readonly unknown[];

  const first = await count("a", "v1");
  // The control: within its key a process is warm, and its module's state is still there.
  assert.deepEqual(await count("a", "v1"), [2, first[1], first[2]]);

  for (const [tenant, version] of [
    ["a", "v2"],
    ["b", "v1"],
    ["b", "v2"],
    ["a", "v3"],
  ] as const) {
    const other = await count(tenant, version);
    assert.equal(other[0], 1, "module state came along");
    assert.notEqual(other[1], first[1]);
    assert.notEqual(other[2], first[2]);
  }
});

test("a process is replaced after its number of calls", async () => {
  const limits = { callsMax: 1000 };
  await using project = openProject({ "functions/pid.mjs": pidModule }, { size: 1, limits });
  const calls = new Map<unknown, number>();
  for (let call = 0; call < 2 * limits.callsMax + 1; call += 1) {
    const pid = await project.output("pid");
    calls.set(pid, (calls.get(pid) ?? 0) + 1);
  }
  assert.deepEqual([...calls.values()], [1000, 1000, 1]);
});

test("a process that ends in a call fails it and no other", async () => {
  await using project = openProject({
    "functions/exit.mjs": moduleOf("process.exit(ctx.input);"),
    "functions/kill.mjs": moduleOf("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});"),
    "functions/stray.mjs": moduleOf(
      "setTimeout(() => { throw new Error('nobody waits'); }, 1); await new Promise(() => {});",
    ),
    "functions/reject.mjs": moduleOf("void Promise.reject(new Error('nobody cares')); await new Promise(() => {});"),
    "functions/close.mjs": moduleOf(
      "const { closeSync } = await import('node:fs'); closeSync(3); closeSync(4); await new Promise(() => {});",
    ),
    "functions/talk.mjs": moduleOf(
      "const { writeSync } = await import('node:fs'); writeSync(3, 'nonsense\\n'); await new Promise(() => {});",
    ),
    // Goes on until the others are through, by a file that the test writes.
    "functions/steady.mjs": moduleOf(
      "const { existsSync } = await import('node:fs'); while (!existsSync('stop')) await new Promise((next) => setTimeout(next, 5)); return { output: process.pid };",
    ),
  });
  const steady = project.output("steady");
  await failsWith(project, "exit", /The process of Function 'exit' ended with exit code 7 during the call\.$/, 7);
  await failsWith(project, "exit", /ended with exit code 0 during the call/, 0);
  await failsWith(project, "kill", /was ended by SIGKILL during the call/);
  await assert.rejects(
    project.call("stray"),
    (error) => hasCode(error, "function.failed") && /'stray' failed: nobody waits/.test(error.message),
  );
  await assert.rejects(
    project.call("reject"),
    (error) => hasCode(error, "function.failed") && /'reject' failed: nobody cares/.test(error.message),
  );
  await failsWith(project, "talk", /did not speak the engine's language/);
  await failsWith(project, "close", /no connection to the engine/);
  project.write("stop", "");
  assert.equal(typeof (await steady), "number");
});

test("nothing that a process can write harms the engine", async () => {
  const end = `"id":ID,"residentBytes":1,"spoilt":false`;
  const lines = [
    "[]",
    "null",
    "5",
    "{}",
    `{"id":ID}`,
    `{"kind":"done",${end}}`,
    `{"kind":"done","returned":5,${end}}`,
    `{"kind":"done","returned":{"output":1,"vars":[]},${end}}`,
    `{"kind":"done","returned":{"output":${"[".repeat(100_000)}${"]".repeat(100_000)}},${end}}`,
    `{"kind":"failed","failure":{"code":"internal","message":"x"},${end}}`,
    `{"kind":"failed","failure":{"code":"function.failed","message":{}},${end}}`,
    `{"kind":"log","id":ID,"level":"action","text":5}`,
    `{"kind":"log","id":ID,"level":"root","text":""}`,
  ];
  // The pipe does not block in the child: it takes a part, or nothing yet.
  const raw = `import { writeSync } from "node:fs";
    const write = (fd, text) => { for (let rest = Buffer.from(text); rest.length > 0; ) try { rest = rest.subarray(writeSync(fd, rest)); } catch (error) { if (error.code !== "EAGAIN") throw error; } };`;
  await using project = openProject({
    "functions/calls.mjs":
      raw + moduleOf(`write(3, ctx.input.replaceAll("ID", "9") + "\\n"); await new Promise(() => {});`),
    "functions/refs.mjs": raw + moduleOf(`write(4, ctx.input + "\\n"); await new Promise(() => {});`),
    "functions/many.mjs": raw + moduleOf(`for (;;) write(3, '{"kind":"log","id":-1,"level":"warn","text":""}\\n');`),
    "functions/long.mjs": raw + moduleOf(`for (;;) write(3, "x".repeat(65536));`),
  });
  for (const line of lines) await failsWith(project, "calls", /did not speak the engine's language/, line);
  for (const line of ["x", "{}", `{"id":1}`, `{"id":1,"ref":5}`, `{"id":1,"ref":"a","path":{}}`])
    await failsWith(project, "refs", /did not speak the engine's language/, line);
  await failsWith(project, "many", /it sent too many lines/);
  await failsWith(project, "long", /it sent more than a result can be/);
});

test("what a call leaves behind fails no later call", async () => {
  await using project = openProject(
    {
      "functions/leave.mjs": moduleOf(
        "setTimeout(() => { throw new Error('left behind'); }, 50); return { output: process.pid };",
      ),
      "functions/work.mjs": moduleOf(
        "await new Promise((next) => setTimeout(next, 150)); return { output: process.pid };",
      ),
    },
    { size: 1 },
  );
  const left = await project.output("leave");
  // The control: the error came while this call ran in the same process, which is then given up.
  assert.equal(await project.output("work"), left);
  assert.notEqual(await project.output("work"), left);
});

test("a process in which left work fails between two calls is given up, and no call notices", onLinux, async () => {
  await using project = openProject({
    "functions/leave.mjs": moduleOf(
      "setTimeout(() => { throw new Error('left behind'); }, 1); return { output: process.pid };",
    ),
  });
  for (let round = 0; round < 5; round += 1) {
    const pid = Number(await project.output("leave"));
    if (round % 2 === 0) await until(() => !alive(pid));
  }
});

test("an aborted call that listens ends by itself, and its process is kept", async () => {
  await using project = openProject({
    "functions/pid.mjs": pidModule,
    "functions/listen.mjs": moduleOf(
      "ctx.logger.action('ready'); await new Promise((end) => ctx.signal.addEventListener('abort', end)); return { output: 'late' };",
    ),
  });
  const pid = await project.output("pid");
  await abortWhenReady(project, "listen");
  assert.equal(await project.output("pid"), pid);
});

test("an aborted call that hangs is ended, even in an endless loop that ignores SIGTERM", async () => {
  await using project = openProject(
    {
      "functions/loop.mjs": moduleOf("process.on('SIGTERM', () => {}); ctx.logger.action('ready'); for (;;);"),
      "functions/wait.mjs": moduleOf("ctx.logger.action('ready'); await new Promise(() => {});"),
      "functions/pid.mjs": pidModule,
    },
    { limits: { abortGraceMs: 50, killGraceMs: 50 } },
  );
  await abortWhenReady(project, "loop");
  await abortWhenReady(project, "wait");
  assert.equal(typeof (await project.output("pid")), "number");
});

test("a call can be aborted before it starts and while it waits for a process", async () => {
  await using project = openProject(
    {
      "functions/listen.mjs": moduleOf(
        "ctx.logger.action('ready'); await new Promise((end) => ctx.signal.addEventListener('abort', end));",
      ),
    },
    { size: 1 },
  );
  await assert.rejects(project.call("listen", {}, AbortSignal.abort()), (error) => hasCode(error, "call.aborted"));

  const first = new AbortController();
  const second = new AbortController();
  const running = project.call("listen", {}, first.signal);
  const waiting = project.call("listen", {}, second.signal);
  await until(() => project.log.length > 0);
  second.abort();
  await assert.rejects(waiting, (error) => hasCode(error, "call.aborted"));
  first.abort();
  await assert.rejects(running, (error) => hasCode(error, "call.aborted"));
});

test("a flood is cut with a note, and the module is not held up by it", async () => {
  await using project = openProject({
    "functions/flood.mjs": moduleOf(
      "const text = 'x'.repeat(1023) + '\\n'; for (let line = 0; line < 20_000; line += 1) process.stdout.write(text); return { output: 'done' };",
    ),
    "functions/chatter.mjs": moduleOf(
      "for (let line = 0; line < 50_000; line += 1) ctx.logger.action('line', line); return { output: 'done' };",
    ),
  });
  for (const name of ["flood", "chatter"]) {
    const before = project.log.length;
    assert.equal(await project.output(name), "done");
    const lines = project.log.slice(before);
    const bytes = lines.reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(
      bytes <= functionLimits.logBytesMax + 200 && lines.length <= functionLimits.logLinesMax + 1,
      `${lines.length} lines, ${bytes} bytes`,
    );
    assert.ok(lines.length > 200, `${name}: ${lines.length}`);
    assert.match(lines.at(-1)?.text ?? "", /^More was logged or printed than/);
  }
});

test("a flood without end fails its call", async () => {
  await using project = openProject(
    {
      "functions/direct.mjs": moduleOf(
        "const { writeSync } = await import('node:fs'); for (;;) writeSync(1, 'x'.repeat(65536));",
      ),
      "functions/polite.mjs": moduleOf(
        "for (;;) await new Promise((next) => process.stdout.write('x'.repeat(65536), next));",
      ),
      "functions/buffered.mjs": moduleOf("for (;;) process.stdout.write('x'.repeat(65536));"),
    },
    { limits: { printedBytesMax: 1024 * 1024, residentBytesMax: 200 * 1024 * 1024, watchMs: 10 } },
  );
  await failsWith(project, "direct", /was ended: it printed more than 1048576 bytes\.$/);
  await failsWith(project, "polite", /was ended: it printed more than 1048576 bytes\.$/);
  // Node keeps what it cannot write, so memory may run out before the engine has read that much.
  await failsWith(project, "buffered", /was ended: it (?:printed more than|used \d+ bytes)/);
});

test("a call that needs too much memory fails, and the next does not", onLinux, async () => {
  const mib = 1024 * 1024;
  await using project = openProject(
    {
      "functions/heap.mjs": moduleOf("const kept = []; for (;;) kept.push(new Array(10_000).fill(kept.length));"),
      "functions/buffers.mjs": moduleOf(
        "const kept = []; for (;;) { kept.push(Buffer.alloc(8 * 1024 * 1024, 1)); await new Promise(setImmediate); }",
      ),
      "functions/modest.mjs": moduleOf("return { output: Buffer.alloc(16 * 1024 * 1024, 1).length };"),
    },
    { limits: { residentBytesMax: 160 * mib, watchMs: 10 } },
  );
  await failsWith(project, "heap", /It ran out of memory|it used \d+ bytes of memory/);
  await failsWith(project, "buffers", /was ended: it used \d+ bytes of memory; at most 167772160 are allowed/);
  assert.equal(await project.output("modest"), 16 * mib);
});

test("a process that has grown is not used again", async () => {
  await using project = openProject({ "functions/pid.mjs": pidModule }, { limits: { residentBytesKept: 1 } });
  assert.notEqual(await project.output("pid"), await project.output("pid"));
});

test("a process without work ends after a while", onLinux, async () => {
  await using project = openProject({ "functions/pid.mjs": pidModule }, { limits: { idleMsMax: 20, watchMs: 5 } });
  const pid = Number(await project.output("pid"));
  await until(() => !alive(pid));
});

test("closing ends every process, fails what runs and waits, and leaves no file", onLinux, async () => {
  const body = "ctx.logger.action(process.pid, process.env.TMPDIR); await new Promise(() => {});";
  const project = openProject({ "functions/wait.mjs": moduleOf(body) }, { size: 1 });
  const running = assert.rejects(
    project.call("wait"),
    (error) => hasCode(error, "function.crashed") && error.message.includes("the engine stops"),
  );
  const waiting = assert.rejects(project.call("wait"), (error) => hasCode(error, "engine.stopping"));
  await until(() => project.log.length > 0);
  const [pid = "", home = ""] = project.log[0]?.text.split(" ") ?? [];
  const scratch = path.resolve(home, "../..");
  assert.ok(alive(Number(pid)) && existsSync(scratch));

  await project.action[Symbol.asyncDispose]();
  await Promise.all([running, waiting]);
  assert.ok(!alive(Number(pid)) && !existsSync(scratch));
  await assert.rejects(project.call("wait"), (error) => hasCode(error, "engine.stopping"));
  await project[Symbol.asyncDispose]();
});

test("an engine that calls no function makes no folder, so that it leaves none however it ends", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-test-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder.path;
  await using project = openProject({});
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  assert.deepEqual(readdirSync(folder.path), [path.basename(project.root)]);
});

async function failsWith(
  project: Project,
  name: string,
  message: RegExp,
  input: number | string | null = null,
): Promise<void> {
  await assert.rejects(project.call(name, { input }), (error) => {
    assert.match(String(error), message);
    return hasCode(error, "function.crashed");
  });
}

/** Aborts a call once its module has said that it is there, and expects `call.aborted`. */
async function abortWhenReady(project: Project, name: string): Promise<void> {
  const controller = new AbortController();
  const before = project.log.length;
  const call = assert.rejects(project.call(name, {}, controller.signal), (error) => hasCode(error, "call.aborted"));
  await until(() => project.log.length > before);
  controller.abort();
  await call;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, "it did not happen within 20 s");
    await new Promise((next) => setTimeout(next, 5));
  }
}

function alive(pid: number): boolean {
  return readdirSync("/proc").includes(String(pid));
}

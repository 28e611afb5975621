// A program that embeds Runwright, through its front door alone.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type App, hasCode, loadConfig, openApp } from "../src/index.ts";

const base = realpathSync(mkdtempSync(path.join(tmpdir(), "rw-embedding-")));
after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));
const forever = new AbortController().signal;

const workflow = `workflow: two-gates
steps:
  - id: first
    function: say
    with: { text: one }
  - id: ask
    approve: Go on?
    by: [requester]
    show: \${first.output}
  - id: second
    function: say
    with: { text: two }
  - id: again
    approve: And now?
    by: [requester]
output: \${second.output}
`;

function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(base, "project-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

async function openIn(folder: string): Promise<App> {
  return await openApp(await loadConfig(folder, {}), { env: {}, drive: "all", onLog: () => undefined });
}

/** The steps that have begun and not ended, and those that are still to come. */
async function nextOf(app: App, run: string): Promise<readonly string[]> {
  const { instances } = await app.runs.view(run);
  const open = instances.filter(({ status }) => status === "waiting" || status === "pending");
  return open.map(({ path: at, status }) => `${at} ${status}`);
}

const echo = "export default async function run(ctx) { return { output: { text: ctx.input.text } }; }";

test("a program starts a run, is told when it waits for people, decides, and sees what comes next, also after a restart", async () => {
  const folder = project({ "two.workflow.yml": workflow, "functions/say.mjs": echo });
  let run = "";
  {
    await using app = await openIn(folder);
    const file = path.join(folder, "two.workflow.yml");
    run = (await app.runs.start({ file, input: {}, env: {} })).key.run;
    const { summary } = await app.settled(run, forever);
    assert.deepEqual([summary.status, summary.gates.map((gate) => gate.path)], ["awaiting_approval", ["ask"]]);
    assert.deepEqual(await nextOf(app, run), ["ask waiting", "second pending", "again pending"]);
  }
  await using app = await openIn(folder);
  await app.runs.decide(run, { path: "ask", outcome: "accepted" });
  await app.settled(run, forever);
  assert.deepEqual(await nextOf(app, run), ["again waiting"]);
  await app.runs.pause(run);
  await app.runs.resume(run);
  await app.runs.decide(run, { path: "again", outcome: "accepted" });
  assert.equal((await app.settled(run, forever)).summary.status, "completed");
  assert.deepEqual((await app.runs.view(run)).output, { text: "two" });
  await assert.rejects(app.runs.cancel(run), (error) => hasCode(error, "run.ended"));
});

test("modules are told what orchestrator.config.json says, and one that is no JSON object fails the step that asks for it", async () => {
  const files = {
    "tell.workflow.yml": "workflow: tell\nsteps: [{ id: tell, function: tell }]\noutput: ${tell.output}\n",
    "functions/tell.mjs": "export default async function run(ctx) { return { output: ctx.config }; }",
  };
  for (const [text, expected] of [
    ['{"region": "eu"}', { region: "eu" }],
    [undefined, {}],
    ["[1]", /holds no JSON object/],
    ["{region", /is no JSON/],
  ] as const) {
    const folder = project({ ...files, ...(text !== undefined && { "orchestrator.config.json": text }) });
    await using app = await openIn(folder);
    const file = path.join(folder, "tell.workflow.yml");
    const { key } = await app.runs.start({ file, input: {}, env: {} });
    const { summary } = await app.settled(key.run, forever);
    if (expected instanceof RegExp) assert.match(summary.error?.message ?? "", expected);
    else assert.deepEqual((await app.runs.view(key.run)).output, expected);
  }
});

test("a program publishes a file, runs what it published, and is told which version a run runs", async () => {
  const gate = "  - id: first\n    function: say\n    with: { text: one }\noutput: ${first.output}\n";
  const folder = project({ "two.workflow.yml": `workflow: two\nsteps:\n${gate}`, "functions/say.mjs": echo });
  await using app = await openIn(folder);
  const file = path.join(folder, "two.workflow.yml");
  const release = await app.runs.publish({ file });
  assert.deepEqual([release.workflow, release.number], ["two", 1]);
  await assert.rejects(app.runs.publish({ file, digest: "other" }), (error) => hasCode(error, "version.exists"));
  writeFileSync(file, "workflow: two\nsteps: []\n");
  const started = await app.runs.start({ workflow: "two", number: "latest", input: {}, env: {} });
  assert.deepEqual([started.number, started.version], [1, release.digest]);
  const settled = await app.settled(started.key.run, forever);
  assert.deepEqual([settled.number, settled.summary.status], [1, "completed"]);
  assert.deepEqual((await app.runs.list({ limit: 1 }))[0]?.number, 1);
  const { output, row } = await app.runs.view(started.key.run);
  assert.deepEqual([output, row.number], [{ text: "one" }, 1]);
});

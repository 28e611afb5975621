// `run --dry-run` as the real program does it. `UPDATE_GOLDEN=1 node test/dry-run-cli.test.ts` writes the golden files anew; read the difference.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, type Ended, openProject } from "./cli/project.ts";
import { asking } from "./cli/workflows.ts";

/** Every function leaves a trace when it is called. */
function module(output: string): string {
  return `import { appendFileSync } from "node:fs";
export default async function run(ctx) {
  appendFileSync("reports/called.txt", ctx.meta.stepId + "\\n");
  return { output: ${output} };
}
`;
}

const order = `workflow: order
inputs: { who: { type: string, default: ada } }
steps:
  - { id: plan, assignment: create-plan, output: { issues: [{ title: string, size: integer }] } }
  - id: each
    for_each: plan.output.issues
    as: issue
    key: issue.title
    function: work
    with: { title: "\${issue.title}" }
    max_parallel: 1
  - { id: rest, wait: 1ms }
  - id: check
    do:
      - { id: small, if: "size(each.output) > 5", function: work }
      - { id: large, else: small, set: { count: "\${size(each.output)}" } }
  - { id: report, workflow: report@draft, with: { count: "\${check.output.large.count}" } }
  - { id: review, approve: "Send \${report.output}?", by: [requester], show: "\${check.output.large}", editable: [count] }
output: { text: "\${report.output}", count: "\${review.output.count}" }
`;
const report = `workflow: report
inputs: { count: integer }
steps:
  - { id: write, function: write, with: { count: "\${inputs.count}" }, output: string }
output: \${write.output}
`;
const files = {
  "workflows/order.workflow.yml": order,
  "workflows/report.workflow.yml": report,
  "assignments/create-plan.mjs": module('{ issues: [{ title: "a b", size: 1 }, { title: "c", size: 2 }] }'),
  "functions/work.mjs": module("ctx.input.title"),
  "functions/write.mjs": module('"2 done"'),
  "reports/.keep": "",
  "answers.yaml": `plan: { issues: [{ title: a b, size: 1 }, { title: c, size: 2 }] }
each[a b]: a b
each: c
report/write: 2 done
`,
};
const file = "workflows/order.workflow.yml";

/** The lines of `--jsonl` without what differs from one run to the next. */
function lasting({ stdout }: Ended): readonly string[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/"(?:at|createdAt|updatedAt|endedAt)":"[^"]*"/g, '"at":"<time>"')
        .replaceAll(/"(at|until|openedAt)":\d+/g, '"$1":0')
        .replaceAll(/"durationMs":\d+/g, '"durationMs":0')
        .replaceAll(/\br[0-9a-z]{26}\b/g, "<run>")
        .replaceAll(/\b[0-9a-f]{64}\b/g, "<digest>")
        .replaceAll(/"local:[^"]*"/g, '"local:<person>"'),
    );
}

/** Kinds and paths alone. */
function shapeOf(ended: Ended): readonly string[] {
  return lasting(ended).map((line) => {
    const { event } = JSON.parse(line) as { readonly event?: { readonly kind: string; readonly path?: string } };
    return event === undefined ? "end" : `${event.kind} ${event.path ?? ""}`;
  });
}

function assertGolden(name: string, ended: Ended): void {
  const place = path.join(import.meta.dirname, "dry-run", `${name}.jsonl`);
  const text = `${lasting(ended).join("\n")}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(place, text);
  else assert.equal(text, readFileSync(place, "utf8"));
}

test("R020 a dry run and a real one say to the letter what they said, and have the same events", async () => {
  await using project = openProject(files);
  const dry = await project.run(
    "run",
    file,
    "--dry-run",
    "--fixtures",
    "answers.yaml",
    "--jsonl",
    "--log",
    "dry.jsonl",
  );
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal(existsSync(path.join(project.folder, ".runwright")), false, "nothing is kept");
  assert.equal(existsSync(path.join(project.folder, "reports/called.txt")), false, "nothing is called");
  const real = await project.run("run", file, "--yes", "--jsonl", "--log", "real.jsonl");
  assert.equal(real.code, 0, real.stderr);
  const called = readFileSync(path.join(project.folder, "reports/called.txt"), "utf8");
  assert.equal(called, "plan\neach\neach\nwrite\n", "control: a call leaves its trace");

  assertGolden("golden-dry", dry);
  assertGolden("golden-real", real);
  assert.deepEqual(shapeOf(dry), shapeOf(real));
  const logOf = (name: string): readonly Record<string, unknown>[] =>
    readFileSync(path.join(project.folder, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const facts = ({ path: at, attempt, status }: Record<string, unknown>): unknown => ({ at, attempt, status });
  assert.deepEqual(logOf("dry.jsonl").map(facts), logOf("real.jsonl").map(facts));
  assert.ok(logOf("dry.jsonl").every((line) => line["dryRun"] === true));
});

test("without fixtures every answer is a sample of the type of its output, and that is said", async () => {
  await using project = openProject(files);
  const ended = await project.run("run", file, "--dry-run", "--json");
  assert.equal(ended.code, 0, ended.stderr);
  const document = documentOf(ended);
  assert.equal(document["dryRun"], true);
  assert.deepEqual(document["output"], { text: "sample", count: 1 });
  assert.deepEqual(document["samples"], [
    { step: "plan", of: "type" },
    { step: "each", of: "null" },
    { step: "report/write", of: "type" },
  ]);
  assert.match(ended.stderr, /dry run +nothing is called or kept/);
  assert.match(ended.stderr, /samples: plan, each \(null: no type\), report\/write/);
});

test("a dry run works beside the process that holds the data folder, and a failure of its fixtures is its own", async () => {
  await using project = openProject({
    ...files,
    "long.workflow.yml": "workflow: long\nsteps: [{ id: nap, wait: 1h }]\n",
    "failing.json": '{ "plan": { "error": { "code": "function.refused", "message": "no disk" } }, "each": 1 }',
  });
  const holder = project.start("run", "long.workflow.yml");
  await holder.says("kept in");
  const ended = await project.run("run", file, "--dry-run", "--fixtures", "failing.json");
  assert.equal(ended.code, 1, ended.stderr);
  assert.match(ended.stderr, /plan: no disk \(function\.refused\)/);
  assert.match(ended.stderr, /nothing asked for: each/);
  const nap = await project.run("run", "long.workflow.yml", "--dry-run");
  assert.equal(nap.code, 0, "an hour passes at once");
  holder.kill("SIGTERM");
  await holder.ended;
});

test("gates are accepted by the dry run, rejected where a fixture says so, and left open by --until-gate", async () => {
  await using project = openProject({
    "asking.workflow.yml": asking,
    "no.yaml": "review: { error: { code: gate.rejected } }\n",
    "edit.yaml": "review: { pages: 9 }\n",
  });
  const run = (...more: readonly string[]): Promise<Ended> =>
    project.run("run", "asking.workflow.yml", "--dry-run", "--json", ...more);
  assert.deepEqual(documentOf(await run())["output"], { title: "Draft", pages: 3 });
  assert.deepEqual(documentOf(await run("--fixtures", "edit.yaml"))["output"], { title: "Draft", pages: 9 });
  assert.equal((await run("--fixtures", "no.yaml")).code, 10);
  const open = await run("--until-gate");
  assert.equal(open.code, 6, open.stderr);
  assert.equal((documentOf(open)["gates"] as readonly unknown[]).length, 1);
  assert.equal((await run("--yes")).code, 2);
});

const waiting = `workflow: waiting
steps:
  - { id: ready, wait: { event: order.paid, match: "event.data.amount == 9" } }
  - { id: late, wait: { event: order.sent, match: "event.data == 1", timeout: 2d, on_timeout: continue } }
  - id: sure
    approve: "Send \${ready.output.amount}?"
    by: [requester, boss]
    quorum: 2
    form: { note: string }
    timeout: 1h
    on_timeout: reject
output: { note: "\${sure.output.note}" }
`;

test("events come from fixtures, a form is filled in, several people decide, and a wait that nothing ends is named", async () => {
  await using project = openProject({
    "waiting.workflow.yml": waiting,
    "runwright.config.yaml": "roles: { boss: [local:bob] }\n",
    "paid.yaml": "ready: { amount: 9 }\n",
  });
  const fine = await project.run("run", "waiting.workflow.yml", "--dry-run", "--json", "--fixtures", "paid.yaml");
  assert.equal(fine.code, 0, fine.stderr);
  assert.deepEqual(documentOf(fine)["output"], { note: "sample" });
  const stuck = await project.run("run", "waiting.workflow.yml", "--dry-run");
  assert.equal(stuck.code, 2, stuck.stderr);
  assert.match(stuck.stderr, /nothing ends the wait of 'ready' \(event\)\. Say in --fixtures/);
});

test("what is wrong with fixtures is said at once, with its place and what was meant", async () => {
  await using project = openProject({
    ...files,
    "wrong.yaml": `plam: 1
report/writ: 2
each: { error: { code: functionfailed, why: x } }
rest: 3
work: { "*": 1 }
lost: { "#a.b": 1 }
`,
  });
  const ended = await project.run("run", file, "--dry-run", "--fixtures", "wrong.yaml");
  assert.equal(ended.code, 4);
  for (const said of [
    "there is no step 'plam'",
    "did you mean 'plan'?",
    "there is no step 'report/writ'",
    "did you mean 'write'?",
  ])
    assert.ok(ended.stderr.includes(said), said);
  assert.match(ended.stderr, /'functionfailed' is no code.*\n.*\n.*\n.*'function\.failed'/);
  assert.match(ended.stderr, /unknown key 'why'/);
  assert.match(ended.stderr, /step 'rest' is worked out by the run itself/);
  assert.match(ended.stderr, /no step calls 'lost'/);
  assert.doesNotMatch(ended.stderr, /'work'/, "the older form, by function, is known");
  assert.equal((await project.run("run", file, "--fixtures", "wrong.yaml")).code, 2);
});

test("models and tools are played through too: what nobody wrote down is a text of a model, and nothing of a tool", async () => {
  const talk = `workflow: talk
models: { fast: anthropic/claude-haiku-4-5-20251001 }
connectors: { weather: open-meteo@1.0.4 }
steps:
  - { id: look, tool: weather.current, with: { city: Paris } }
  - { id: say, llm: fast, prompt: "\${json(look.output)}" }
output: { seen: "\${look.output.summary}", said: "\${say.output}" }
`;
  await using project = openProject({ "talk.workflow.yml": talk, "answers.yaml": "look: { summary: rain }\n" });
  const ran = await project.run("run", "talk.workflow.yml", "--dry-run", "--fixtures", "answers.yaml", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(documentOf(ran)["output"], { seen: "rain", said: "sample" });
  assert.match(ran.stderr, /Answers that were samples: say/);
});

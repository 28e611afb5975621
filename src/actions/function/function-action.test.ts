// What modules get and give, and what a bad one does: with real processes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, openProject, sampleCall } from "../../../test/functions/project.ts";
import { hasCode, type ErrorCode, RunwrightError } from "../../base/error.ts";

test("a function gets its context and gives output, vars and artifacts", async () => {
  await using project = openProject(
    {
      "functions/hello.ts": `
        type Ctx = { input: { name: string }; meta: object; env: object; config: object; signal: AbortSignal };
        export default async function run(ctx: Ctx): Promise<object> {
          const { input, meta, env, config, signal } = ctx;
          return { output: { text: "Hello " + input.name, meta, env, config, aborted: signal.aborted }, vars: { greeted: true }, artifacts: { log: "logs/a.md" } };
        }`,
    },
    { config: { region: "eu" } },
  );
  const result = await project.call("hello", { input: { name: "Ada" }, env: { HOME_URL: "https://example.org" } });
  assert.deepEqual(result, {
    output: {
      text: "Hello Ada",
      meta: {
        runId: sampleCall.key.run,
        stepId: "hello",
        functionName: "hello",
        source: "functions/hello.ts",
        path: "plan/hello",
        attempt: 1,
        idempotencyKey: "key-1",
        workflow: "sample",
        version: "v1",
        tenant: "local",
        workspace: "default",
      },
      env: { HOME_URL: "https://example.org" },
      config: { region: "eu" },
      aborted: false,
    },
    vars: { greeted: true },
    artifacts: { log: "logs/a.md" },
  });
});

test("artifacts are kept as places in the project, and one that is no file of it fails the call", async () => {
  await using project = openProject({
    "functions/write.mjs": `
      import path from "node:path";
      export default async function run(ctx) {
        const log = ctx.input.outside ?? path.join(ctx.input.root, "logs", "a.md");
        return { artifacts: { log, plan: "./reports//b.md" } };
      }`,
  });
  const { artifacts } = await project.call("write", { input: { root: project.root } });
  assert.deepEqual(artifacts, { log: "logs/a.md", plan: "reports/b.md" });
  for (const outside of ["../a.md", "/etc/passwd", "C:a.md", "logs/nul"]) {
    await assert.rejects(project.call("write", { input: { outside } }), (error) => {
      assert.ok(hasCode(error, "function.output-invalid"), String(error));
      assert.match(error.message, /^Function 'write' returned the artifact 'log' with a path that .*; expected a file/);
      return true;
    });
  }
});

test("an assignment is found in the older folder, and its meta says actionId", async () => {
  await using project = openProject({
    "scripts/executors/assignments/create-app-plan.mjs": moduleOf("return { output: ctx.meta };"),
  });
  const { output } = await project.call("create-app-plan", { verb: "assignment" });
  const { actionId, functionName, source } = output as Record<string, string>;
  assert.deepEqual(
    [actionId, functionName, source],
    ["create-app-plan", undefined, "scripts/executors/assignments/create-app-plan.mjs"],
  );
});

test("modules import packages and files of the project", async () => {
  await using project = openProject({
    "package.json": `{ "type": "module" }`,
    "node_modules/dep/package.json": `{ "name": "dep", "exports": "./main.cjs" }`,
    "node_modules/dep/main.cjs": "module.exports = 40;",
    "lib/two.ts": "export const two: number = 2;",
    "functions/sum.js": `import dep from "dep"; import { two } from "../lib/two.ts"; export default () => ({ output: dep + two });`,
    "functions/old.js": "module.exports = async () => ({ output: 'commonjs' });",
    "functions/package.json": "{}",
  });
  assert.equal(await project.output("sum"), 42);
  assert.equal(await project.output("old"), "commonjs");
});

test("refs are read from the steps that can be seen, and only when asked for", async () => {
  let asked = 0;
  const refs = (): { plan: { "create-app-plan": string[]; big: string } } => {
    asked += 1;
    return { plan: { "create-app-plan": ["ä", "b"], big: "ü".repeat(200_000) } };
  };
  await using project = openProject({
    "functions/read.mjs": moduleOf(
      `return { output: [ctx.refs.get("#plan.create-app-plan"), ctx.refs.get("plan", "create_app_plan[1]"), ctx.refs.get("plan.big").length] };`,
    ),
    "functions/quiet.mjs": moduleOf(""),
    "functions/odd.mjs": moduleOf("ctx.refs.get();"),
    "functions/miss.mjs": moduleOf(`return { output: ctx.refs.get("#plan.creat-app-plan") };`),
  });
  await failsWith(project.call("odd"), "function.refused", /takes text/);
  assert.equal(await project.output("quiet", { refs }), null);
  assert.equal(asked, 0);
  assert.deepEqual(await project.output("read", { refs }), [["ä", "b"], "b", 200_000]);
  assert.equal(asked, 1);
  await failsWith(
    project.call("miss", { refs }),
    "function.refused",
    /There is no '#plan.creat-app-plan'.*it has: create-app-plan, big/,
  );
});

test("what a module logs and prints comes back as lines of its call", async () => {
  await using project = openProject({
    "functions/talk.mjs": moduleOf(`
      ctx.logger.action("made", { files: 2 });
      ctx.logger.warn("careful");
      ctx.logger.error(new RangeError("odd").message);
      console.log("one\\ntwo");
      process.stderr.write("no end of line");
    `),
  });
  await project.call("talk");
  const lines = project.log.map(({ level, text }) => `${level}: ${text}`);
  assert.deepEqual(lines.toSorted(), [
    "action: made { files: 2 }",
    "error: odd",
    "stderr: no end of line",
    "stdout: one",
    "stdout: two",
    "warn: careful",
  ]);
});

test("a module that cannot be loaded says why and where", async () => {
  await using project = openProject({
    "functions/no-default.mjs": "export async function run() {}",
    "functions/syntax.mjs": "export default async function run() {\n  const a = ;\n}\n",
    "functions/types.ts": "export default async function run() {\n  const a: = 1;\n}\n",
    "functions/import.mjs": `import { broken } from "../lib/broken.mjs";\nexport default () => broken;`,
    "lib/broken.mjs": "export const broken = 1;\nexport const b = ;\n",
    "functions/missing.mjs": `import "left-pad";\nexport default () => 1;`,
    "functions/top.mjs": `throw new Error("no key");`,
    "functions/fine.mjs": moduleOf(""),
  });
  await failsWith(
    project.call("no-default"),
    "function.invalid",
    /functions\/no-default\.mjs has no default export that is a function: write export default/,
  );
  await failsWith(
    project.call("syntax"),
    "function.invalid",
    /cannot be loaded: SyntaxError: Unexpected token ';' \(functions\/syntax\.mjs:2\)\.$/,
  );
  await failsWith(project.call("types"), "function.invalid", /SyntaxError: .* \(functions\/types\.ts:2\)\.$/);
  await failsWith(project.call("import"), "function.invalid", /SyntaxError: .* \(lib\/broken\.mjs:2\)\.$/);
  await failsWith(
    project.call("missing"),
    "function.invalid",
    /Cannot find package 'left-pad' imported from functions\/missing\.mjs\.$/,
  );
  await failsWith(
    project.call("top"),
    "function.failed",
    /Function 'top' cannot be loaded: no key \(functions\/top\.mjs:1:7\)\.$/,
  );
  await failsWith(project.call("nowhere"), "function.not-found", /expected functions\/nowhere\.mjs/);
  assert.equal(await project.output("fine"), null);
});

test("a module that throws fails its call, and says itself whether another attempt can help", async () => {
  await using project = openProject(
    {
      "functions/throw.mjs": moduleOf("\n  throw new TypeError('no rows');"),
      "functions/final.mjs": moduleOf("throw Object.assign(new Error('no such customer'), { retryable: false });"),
      "functions/text.mjs": moduleOf("throw 'just text';"),
      "functions/getter.mjs": moduleOf("throw { get message() { throw 1; }, get retryable() { throw 2; } };"),
      "functions/bad-output.mjs": moduleOf("return { output: { rows: [{ at: new Date(0) }] } };"),
      "functions/proxy.mjs": moduleOf("return { output: new Proxy({}, { ownKeys() { throw new Error('trap'); } }) };"),
      "functions/big.mjs": moduleOf("return { output: 'x'.repeat(ctx.input) };"),
    },
    { limits: { valueBytesMax: 1000 } },
  );
  await failsWith(
    project.call("throw"),
    "function.failed",
    /^Function 'throw' failed: TypeError: no rows \(functions\/throw\.mjs:3:9\)\.$/,
  );
  assert.ok(
    project.log.some(({ level, text }) => level === "error" && text.includes("at run (functions/throw.mjs:3:9)")),
  );
  await failsWith(project.call("final"), "function.refused", /no such customer/);
  await failsWith(project.call("text"), "function.failed", /threw 'just text', which is no Error/);
  await failsWith(project.call("getter"), "function.failed", /cannot be described/);
  await failsWith(project.call("bad-output"), "function.output-invalid", /output\.rows\[0\]\.at is a Date/);
  await failsWith(project.call("proxy"), "function.failed", /trap/);
  assert.equal(await project.output("big", { input: 900 }), "x".repeat(900));
  await failsWith(project.call("big", { input: 1000 }), "step.value-too-large", /at most 1000/);
});

test("a changed module is seen by the next call", async () => {
  await using project = openProject({ "functions/edit.mjs": moduleOf("return { output: 1 };") });
  assert.equal(await project.output("edit"), 1);
  project.write("functions/edit.mjs", moduleOf("return { output: 'two' };"));
  assert.equal(await project.output("edit"), "two");
});

test("a module can be mended after it could not be loaded", async () => {
  await using project = openProject({
    "functions/mend.mjs": `import { a } from "../lib/a.mjs"; export default () => ({ output: a });`,
    "lib/a.mjs": "export const b = 1;",
  });
  await failsWith(project.call("mend"), "function.invalid", /does not provide an export named 'a'/);
  project.write("lib/a.mjs", "export const a = 1;");
  assert.equal(await project.output("mend"), 1);
});

async function failsWith(call: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RunwrightError, String(error));
    assert.match(error.message, message);
    assert.ok(hasCode(error, code), `${error.code}, not ${code}: ${error.message}`);
    return true;
  });
}

// Publishing and what a published version is worth: each command is the real program, in a process of its own.
import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, type Ended, openProject, type Project } from "./cli/project.ts";

const greet = `workflow: greet
inputs: { who: { type: string, default: you } }
steps:
  - id: hello
    function: hello
    with: { who: "\${inputs.who}" }
output: \${hello.output}
`;
const caller = `workflow: caller
steps:
  - id: call
    workflow: greet@1
    with: { who: ada }
output: \${call.output.text}
`;
const files = {
  "workflows/greet.workflow.yml": greet,
  "functions/hello.mjs":
    'import { word } from "../lib/word.mjs";\nexport default async ({ input }) => ({ output: { text: `${word} ${input.who}` } });\n',
  "lib/word.mjs": 'export const word = "hello";\n',
};
const file = "workflows/greet.workflow.yml";

function write(project: Project, name: string, text: string): void {
  writeFileSync(path.join(project.folder, name), text);
}

async function done(ended: Promise<Ended>): Promise<Ended> {
  const found = await ended;
  assert.equal(found.code, 0, found.stderr);
  return found;
}

const publish = (project: Project, ...names: readonly string[]) =>
  done(project.run("publish", ...(names.length === 0 ? [file] : names), "--yes"));

async function outputOf(project: Project, ...args: readonly string[]): Promise<unknown> {
  return documentOf(await done(project.run("run", ...args, "--json")))["output"];
}

test("a file is published under the next number, the same content under the number it has, and old content under a new one", async () => {
  await using project = openProject(files);
  const shown = await done(project.run("publish", file, "--dry-run"));
  assert.match(shown.stderr, /never published before[^]*\+ step hello \(function\)/);
  assert.match((await project.run("versions")).stderr, /nothing was published yet/);
  assert.match((await publish(project)).stderr, /published {2}greet@1/);
  assert.match((await publish(project)).stderr, /greet@1 {2}nothing changed since it was published/);

  write(project, file, greet.replace("default: you", "default: all"));
  const next = await publish(project);
  assert.match(next.stderr, /after greet@1[^]*default: you[^]*default: all[^]*published {2}greet@2/);
  write(project, file, greet);
  assert.match((await publish(project)).stderr, /published {2}greet@3/);
  assert.match((await publish(project)).stderr, /greet@3 {2}nothing changed/);
  assert.deepEqual(await outputOf(project, "greet"), { text: "hello you" });
  assert.deepEqual(await outputOf(project, "greet@2"), { text: "hello all" });

  const listed = await done(project.run("versions", "greet"));
  assert.deepEqual(
    [...listed.stdout.matchAll(/^greet@(\d)/gm)].map(([, number]) => number),
    ["3", "2", "1"],
  );
  assert.match((await done(project.run("versions"))).stdout, /^greet@3 +\S+ \S+ +local:\S+ +[0-9a-f]{12}\n$/);
});

test("a published version never changes its meaning: it runs as it was, or is refused and says which file is another", async () => {
  await using project = openProject({ ...files, "runwright.pins.yaml": "" });
  await publish(project);
  const before = await outputOf(project, "greet@1");

  write(project, file, "workflow: greet\nsteps: []\n");
  write(project, "runwright.pins.yaml", "models: { fast: anthropic/claude-haiku-4-5-20251001 }\n");
  assert.deepEqual(await outputOf(project, "greet@1"), before);
  rmSync(path.join(project.folder, file));
  assert.deepEqual(await outputOf(project, "greet@1"), before);

  for (const [name, change] of [
    ["functions/hello.mjs", () => write(project, "functions/hello.mjs", `${files["functions/hello.mjs"]}// other`)],
    ["lib/word.mjs", () => write(project, "lib/word.mjs", 'export const word = "hullo";\n')],
    ["functions/hello.ts", () => write(project, "functions/hello.ts", files["functions/hello.mjs"])],
  ] as const) {
    change();
    const refused = await project.run("run", "greet@1");
    assert.equal(refused.code, 9, refused.stderr);
    assert.match(
      refused.stderr,
      new RegExp(`version\\.drift.*${name}.* greet@1 was published with on 20.* UTC by local:`),
    );
    assert.match(refused.stderr, /Put it back, or publish workflows\/greet\.workflow\.yml again/);
    rmSync(path.join(project.folder, "functions/hello.ts"), { force: true });
    for (const each of ["functions/hello.mjs", "lib/word.mjs"] as const) write(project, each, files[each]);
    assert.deepEqual(await outputOf(project, "greet@1"), before);
  }
  renameSync(path.join(project.folder, "functions"), path.join(project.folder, "gone"));
  const gone = await project.run("run", "greet");
  assert.equal(gone.code, 9, gone.stderr);
});

test("a module that changes while a run is under way is refused when it is called, and a draft runs what is there", async () => {
  const gated = greet.replace("steps:\n", "steps:\n  - id: ask\n    approve: Go on?\n    by: [requester]\n");
  await using project = openProject({ ...files, [file]: gated });
  await publish(project);
  for (const [what, code] of [
    ["greet@1", 1],
    [file, 0],
  ] as const) {
    write(project, "lib/word.mjs", files["lib/word.mjs"]);
    assert.equal((await project.run("run", what)).code, 6);
    write(project, "lib/word.mjs", 'export const word = "hullo";\n');
    const ended = await project.run("approve", "latest");
    assert.equal(ended.code, code, ended.stderr);
    if (code === 1)
      assert.match(ended.stderr, /hello: lib\/word\.mjs, which functions\/hello\.mjs imports.*\(version\.drift\)/);
  }
});

test("a run says which version it runs, or that it is a draft, and another try keeps its version", async () => {
  await using project = openProject(files);
  await publish(project);
  const ran = await done(project.run("run", "greet@1"));
  assert.match(ran.stderr, /^greet@1 {2}r\w+[^]*succeeded {2}greet@1 {2}r/);
  write(project, file, greet.replace("default: you", "default: all"));
  await publish(project);
  const again = documentOf(await done(project.run("rerun", "latest", "--json")));
  assert.deepEqual([again["number"], again["draft"], again["output"]], [1, false, { text: "hello you" }]);
  const draft = await done(project.run("run", file));
  assert.match(draft.stderr, /^greet@draft {2}r\w+[^]*succeeded {2}greet@draft {2}r/);
  const [newest, before] = (await done(project.run("runs"))).stdout.split("\n");
  assert.match(newest ?? "", / greet@draft /);
  assert.match(before ?? "", / greet@1 /);
  assert.match((await done(project.run("show", "latest"))).stdout, /greet@draft/);
  const shown = documentOf(await done(project.run("show", "latest", "--json")));
  assert.deepEqual([shown["draft"], shown["number"]], [true, undefined]);
});

test("what does not check is not published, nor is any other file beside it", async () => {
  await using project = openProject({
    ...files,
    "wrong.workflow.yml": "workflow: wrong\nsteps: [{ id: a, needs: [b], set: { n: 1 } }]\n",
    "blind.workflow.yml":
      "workflow: blind\nconnectors: { mail: smtp@1.3.0 }\nsteps:\n  - { id: a, approve: Send?, by: [requester] }\n  - { id: b, needs: [a], tool: mail.send, with: { to: a@example.com, subject: x, text: y } }\n",
    "warned.workflow.yml":
      'workflow: warned\nsteps:\n  - { id: a, if: inputs.on, set: { n: 1 } }\n  - { id: b, set: { n: "${a.output.n}" } }\ninputs: { on: boolean }\n',
  });
  const wrong = await project.run("publish", file, "wrong.workflow.yml", "--yes");
  assert.equal(wrong.code, 4, wrong.stderr);
  assert.match(
    wrong.stderr,
    /error\[E030\] wrong\.workflow\.yml:2[^]*wrong\.workflow\.yml has errors; nothing was published/,
  );
  assert.match((await project.run("versions")).stderr, /nothing was published yet/);
  const asJson = await project.run("publish", "wrong.workflow.yml", "--yes", "--json");
  assert.deepEqual([asJson.code, documentOf(asJson)["valid"]], [4, false]);

  const blind = await project.run("publish", "blind.workflow.yml", "--yes");
  assert.equal(blind.code, 4, blind.stderr);
  assert.match(blind.stderr, /error\[E081\]/);
  assert.match((await publish(project, "warned.workflow.yml")).stderr, /warning\[W034\][^]*published {2}warned@1/);
  const unasked = await project.run("publish", file);
  assert.equal(unasked.code, 2, unasked.stderr);
});

test("a step runs a published version, whatever becomes of the files; drafts are refused with the command that helps", async () => {
  await using project = openProject({ ...files, "workflows/caller.workflow.yml": caller.replace("@1", "@draft") });
  const draft = await project.run("publish", "workflows/caller.workflow.yml", "--yes");
  assert.equal(draft.code, 4, draft.stderr);
  assert.match(
    draft.stderr,
    /step 'call' runs greet@draft: publish it with `runwright publish workflows\/greet\.workflow\.yml`/,
  );
  write(project, "workflows/caller.workflow.yml", caller);
  const unknown = await project.run("validate", "workflows/caller.workflow.yml");
  assert.match(unknown.stderr, /E068[^]*workflow 'greet' has no version '1'/);

  await publish(project);
  assert.equal(await outputOf(project, "workflows/caller.workflow.yml"), "hello ada");
  await publish(project, "workflows/caller.workflow.yml");
  rmSync(path.join(project.folder, "workflows"), { recursive: true });
  assert.equal(await outputOf(project, "caller"), "hello ada");
  const [child] = documentOf(await done(project.run("runs", "--workflow", "greet", "--json")))["runs"] as Record<
    string,
    unknown
  >[];
  assert.equal(child?.["number"], 1);
  assert.equal(await outputOf(project, "caller", "--dry-run").then(() => "played"), "played");
});

test("the types of a published version are checked where a step runs it", async () => {
  const made = greet.replace("function: hello\n    with:", "set:");
  await using project = openProject({ "workflows/greet.workflow.yml": made });
  await publish(project);
  const said = async (text: string): Promise<string> => {
    write(project, "workflows/caller.workflow.yml", text);
    return (await project.run("validate", "workflows/caller.workflow.yml")).stderr;
  };
  const right = caller.replace("call.output.text", "call.output.who");
  assert.match(await said(right), /1 file: valid/);
  assert.match(await said(right.replace("who: ada", "whom: ada")), /E068[^]*has no input 'whom'/);
  assert.match(await said(right.replace("output.who", "output.when")), /E302[^]*output\.when/);
  assert.match(await said(right.replace("greet@1", "greet@7")), /has no version '7'[^]*known: .*greet@1/);
  assert.match(await said(right.replace("greet@1", "greet")), /for example greet@1/);
});

test("a second terminal publishes through the process that holds the folder", async () => {
  const slow = "workflow: slow\nsteps: [{ id: rest, wait: 60s }]\n";
  await using project = openProject({ ...files, "slow.workflow.yml": slow });
  const holder = project.start("run", "slow.workflow.yml");
  await holder.says("kept in");
  assert.match((await publish(project)).stderr, /published {2}greet@1/);
  const others = Array.from({ length: 3 }, (_, index) => `other-${index}.workflow.yml`);
  for (const [index, name] of others.entries())
    write(project, name, greet.replace("default: you", `default: n${index}`));
  const published = await Promise.all(others.map((name) => project.run("publish", name, "--yes", "--json")));
  const numbers = published.map((ended) => (documentOf(ended)["published"] as { number: number }[])[0]?.number);
  assert.deepEqual(new Set(numbers), new Set([2, 3, 4]));
  holder.kill("SIGINT");
  await holder.ended;
  assert.deepEqual(await outputOf(project, "greet@1"), { text: "hello you" });
});

test("two versions are compared, in their texts and in what they mean", async () => {
  await using project = openProject(files);
  await publish(project);
  const more = greet
    .replace("default: you }", "default: you }, loud: boolean")
    .replace("output:", "  - id: ask\n    approve: Say it?\n    by: [requester]\noutput:");
  write(project, file, more);
  const draft = await project.run("diff", file);
  assert.equal(draft.code, 1, draft.stderr);
  assert.match(draft.stdout, /greet@1 → workflows\/greet\.workflow\.yml[^]*\+ {5}approve: Say it\?/);
  await publish(project);
  const changes = documentOf(await project.run("diff", "greet@1", "greet@2", "--json"))["changes"];
  assert.deepEqual(
    (changes as { kind: string; name: string; grave?: true }[]).map(({ kind, name, grave = false }) => [
      kind,
      name,
      grave,
    ]),
    [
      ["gate.added", "ask", false],
      ["input.added", "loud", true],
      ["step.added", "ask", false],
    ],
  );
  assert.match((await project.run("diff", "greet@1")).stdout, /greet@1 → greet@2[^]*\+ {5}approve/);
  const same = await done(project.run("diff", file));
  assert.match(same.stderr, /greet@2 and greet@2 are the same/);
  const wrong = await project.run("diff", "greet@9");
  assert.equal(wrong.code, 3, wrong.stderr);
});

test("options that change a file's meaning are refused for what is published, and a word that names nothing says so", async () => {
  await using project = openProject(files);
  await publish(project);
  const lenient = await project.run("run", "greet", "--permissive");
  assert.equal(lenient.code, 2, lenient.stderr);
  assert.match(lenient.stderr, /greet is published, and runs as it was published/);
  const word = await project.run("run", "greet@last");
  assert.equal(word.code, 2, word.stderr);
  const nothing = await project.run("run", "nothing");
  assert.match(nothing.stderr, /There is no workflow file nothing, and no workflow nothing was published/);
  const number = await project.run("run", "greet@9");
  assert.match(number.stderr, /version\.not-found.*There is no version greet@9: see `runwright versions greet`/);
  assert.deepEqual([nothing.code, number.code], [3, 3]);
});

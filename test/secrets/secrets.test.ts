// Secrets that are given to the other side and come back on every way are found nowhere afterwards: not in the data folder, not in what the
// process said while it ran or died, and not in what the commands show.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type Canary, filesBelow, findCanaries, makeCanaries } from "./canaries.ts";
import { flowsMax, leftOut, toolFlowsFrom, workflows } from "./flows.ts";
import type { Settings } from "./process.ts";
import { openRemote } from "./remote.ts";
import { toolWorkflows, writeConnectors } from "./tool-flows.ts";

const base = mkdtempSync(path.join(tmpdir(), "rw-secrets-"));
after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));
const program = path.resolve(import.meta.dirname, "../../src/cli/main.ts");
const flows = flowsMax;

/** What one process said, and how it ended. */
interface Said {
  readonly text: Buffer;
  readonly code: number | null;
}

interface Project {
  readonly folder: string;
  readonly canaries: readonly Canary[];
  readonly env: Readonly<Record<string, string>>;
}

/** A project with all flows, whose secrets come from variables, a file and a command. */
async function makeProject(name: string, url: string): Promise<Project> {
  const folder = path.join(base, name);
  cpSync(path.join(import.meta.dirname, "project"), folder, { recursive: true });
  const canaries = makeCanaries(name.length * 1000);
  const [token, password, key, word] = canaries;
  writeFileSync(path.join(base, `${name}.key`), `${key?.value ?? ""}\n`, { mode: 0o600 });
  writeFileSync(path.join(base, `${name}.word.mjs`), `console.log(${JSON.stringify(word?.value ?? "")});`);
  writeFileSync(
    path.join(folder, "runwright.config.yaml"),
    `secrets:\n  TOKEN: env:A_TOKEN\n  PASSWORD: env:A_PASSWORD\n  KEY: "file:../${name}.key"\n  WORD: exec:${process.execPath} ../${name}.word.mjs
providers:
  mouth: { kind: openai-compatible, key: env:A_TOKEN, base_url: "${url}/v1" }
connectors: { allow_hosts: [127.0.0.1] }
`,
  );
  await writeConnectors(folder);
  const files = {
    ...workflows,
    ...toolWorkflows(
      canaries.map((each) => each.name),
      url,
    ),
  };
  for (const [file, text] of Object.entries(files))
    writeFileSync(path.join(folder, `${file}.workflow.yml`), `workflow: ${file}\n${text}`);
  const env = { PATH: process.env["PATH"] ?? "", A_TOKEN: token?.value ?? "", A_PASSWORD: password?.value ?? "" };
  return { folder, canaries, env };
}

/** Runs a program to its end, or until `kill` resolves. */
async function said(
  { folder, env }: Project,
  args: readonly string[],
  kill?: (text: () => string) => boolean,
): Promise<Said> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 300_000,
  });
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    if (kill?.(() => Buffer.concat(chunks).toString()) === true) child.kill("SIGKILL");
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { text: Buffer.concat(chunks), code };
}

function processArgs(settings: Settings): readonly string[] {
  return [path.join(import.meta.dirname, "process.ts"), JSON.stringify(settings)];
}

/** What the commands show of the runs: all of them at once, and the newest in every way. */
async function shown(project: Project): Promise<readonly (readonly [string, Buffer])[]> {
  const commands = [
    ["runs", "--json"],
    ["show", "latest"],
    ["show", "latest", "--json"],
    ["logs"],
    ["logs", "--jsonl"],
    ["doctor"],
  ];
  return await Promise.all(
    commands.map(
      async (args) => [`runwright ${args.join(" ")}`, (await said(project, [program, ...args])).text] as const,
    ),
  );
}

test(`after ${flows} flows in which secrets come back on every way, one process of them killed, none is found`, async () => {
  await using remote = await openRemote();
  const project = await makeProject("flows", remote.url);
  const names = project.canaries.map(({ name }) => name);
  assert.deepEqual(leftOut(flows, names), [], "every way and every encoding is among them, for every secret");
  const settings = { folder: project.folder, url: remote.url, flows, redacts: true };
  const killed = await said(project, processArgs(settings), (text) => text().split('"workflow":"').length > flows / 3);
  assert.equal(killed.code, null, killed.text.toString().slice(-2000));
  const rest = await said(project, processArgs(settings));
  assert.equal(rest.code, 0, rest.text.toString().slice(-2000));
  assert.match(rest.text.toString(), new RegExp(`ended ${flows} of ${flows}`));

  assert.deepEqual(remote.given(), ["KEY", "PASSWORD", "TOKEN", "WORD"], "the other side has them all");
  const data = filesBelow(path.join(project.folder, ".runwright"));
  assert.ok(
    [...data.values()].some((bytes) => bytes.includes("••••")),
    "and they did come back",
  );
  const places = new Map([
    ...data,
    ["killed", killed.text] as const,
    ["rest", rest.text] as const,
    ...(await shown(project)),
  ]);
  assert.ok(places.size >= 10);
  assert.deepEqual(findCanaries(places, project.canaries), []);
});

test("control: with nobody who takes them out, secrets are found in the data folder and in what was said, in every encoding", async () => {
  await using remote = await openRemote();
  const count = 60;
  const project = await makeProject("control", remote.url);
  const settings = { folder: project.folder, url: remote.url, flows: count, redacts: false };
  const open = await said(project, processArgs(settings));
  assert.equal(open.code, 0, open.text.toString().slice(-2000));
  const data = filesBelow(path.join(project.folder, ".runwright"));
  const found = findCanaries(new Map([...data, ["said", open.text]]), project.canaries);
  for (const { name } of project.canaries)
    assert.ok(
      found.some((each) => each.startsWith(`${name} as `)),
      name,
    );
  for (const form of ["plain", "json", "url", "form", "hex", "base64", "base64url"])
    assert.ok(
      found.some((each) => each.includes(` as ${form} in `)),
      form,
    );
  assert.ok(found.some((each) => each.endsWith("in journal.db") || each.endsWith("in journal.db-wal")));
  assert.ok(found.some((each) => each.endsWith("in said")));
});

test("control: what tools and models hand back is found too, where nobody takes it out", async () => {
  await using remote = await openRemote();
  const project = await makeProject("other", remote.url);
  const settings = { folder: project.folder, url: remote.url, from: toolFlowsFrom, flows: flowsMax, redacts: false };
  const open = await said(project, processArgs(settings));
  assert.equal(open.code, 0, open.text.toString().slice(-2000));
  const found = findCanaries(filesBelow(path.join(project.folder, ".runwright")), project.canaries);
  for (const { name } of project.canaries)
    for (const form of ["json", "base64"])
      assert.ok(
        found.some((each) => each.startsWith(`${name} as ${form} in `)),
        `${name} as ${form}`,
      );
  // What tools and providers say when they fail holds no secret even then: that has a net of its own, in front of this one.
  const told = seenIn(open.text, project.canaries[0]?.value ?? "").filter((each) => /-token$|refused$/.test(each));
  const own = ["mirror", "refuser", "server", "shower", "thrower"].map((way) => `asks ${way}-token`);
  assert.deepEqual(told, [...own, "tools mirror-token", "tools server-token", "tools shower-token"]);
});

/** Steps, behind the names of their workflows, in which a text came back. */
function seenIn(output: Buffer, text: string): readonly string[] {
  const views = output
    .toString()
    .split("\n")
    .filter((line) => line.startsWith('{"row"'));
  const steps = views.flatMap((line) => {
    const { row, instances } = JSON.parse(line) as {
      readonly row: { readonly workflow: string };
      readonly instances: readonly { readonly path: string }[];
    };
    const seen = instances.filter((each) => JSON.stringify({ ...each, input: null }).includes(text));
    return seen.map(({ path: step }) => `${row.workflow} ${step}`);
  });
  return [...new Set(steps)].toSorted();
}

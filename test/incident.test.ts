// examples/incident as a user runs it: with a scripted model and a file, and with stand-ins for models, tool servers and ServiceNow on this machine.
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { LLMock } from "@copilotkit/aimock";
import { documentOf, openProject, type Project } from "./cli/project.ts";
import { openStage, serverOf } from "./mcp/stage.ts";
import { incidentId, startServiceNow } from "./stand-ins/servicenow.ts";

const example = path.resolve(import.meta.dirname, "../examples/incident");
const file = "incident.workflow.yml";
const long = { timeout: 120_000 };
const words = "hardware, priority 3: Nobody on the third floor can print.";

function openExample(): Project {
  const project = openProject({});
  cpSync(example, project.folder, {
    recursive: true,
    filter: (name) => ![".runwright", "incidents"].includes(path.basename(name)),
  });
  return project;
}

function write({ folder }: Project, name: string, text: string, mode = 0o644): void {
  writeFileSync(path.join(folder, name), text, { mode });
  chmodSync(path.join(folder, name), mode);
}

/** Puts another other side in the place of the files: what it is, and the call that writes. */
function writesTo(project: Project, connector: string, call: string, head = ""): void {
  const text = readFileSync(path.join(example, file), "utf8")
    .replace(/^ {2}desk: .*$/m, `  desk: ${connector}`)
    .replace(/^ {4}tool: [^]*?(?=^output:)/m, `${call}\n`);
  write(project, file, `${head}${text}`);
}

/** Starts a run, decides its gate in another process, and gives how that ended. */
async function decided(project: Project, decision: "approve" | "reject"): Promise<Record<string, unknown>> {
  const asked = await project.run("run", file);
  assert.equal(asked.code, 6, asked.stderr);
  await project.run(decision, "latest");
  return documentOf(await project.run("show", "latest", "--json"));
}

/** What went through the door of a run: how many calls of models and tools have a receipt. */
async function receipts(project: Project): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await project.run("audit", "list", "--json");
  const rows = [...stdout.matchAll(/"action": ?"(\w+)\.result"/g)].map(([, kind = ""]) => kind);
  return Object.fromEntries(["model", "tool"].map((kind) => [kind, rows.filter((each) => each === kind).length]));
}

describe("the example as it is", () => {
  test("runs without a key and without a network, and writes once what was accepted", long, async () => {
    await using project = openExample();
    const shown = await decided(project, "approve");
    assert.equal(shown["status"], "completed", JSON.stringify(shown));
    assert.deepEqual(readdirSync(path.join(project.folder, "incidents")), ["INC0010001.md"]);
    assert.equal(readFileSync(path.join(project.folder, "incidents/INC0010001.md"), "utf8"), words);
    assert.deepEqual(await receipts(project), { model: 2, tool: 1 });
  });

  test("writes what a person made of it", long, async () => {
    await using project = openExample();
    assert.equal((await project.run("run", file)).code, 6);
    const approved = await project.run("approve", "latest", "--edit", "category=network");
    assert.equal(approved.code, 0, approved.stderr);
    assert.match(readFileSync(path.join(project.folder, "incidents/INC0010001.md"), "utf8"), /^network, priority 3/);
  });

  test("writes nothing where a person rejects it", long, async () => {
    await using project = openExample();
    const shown = await decided(project, "reject");
    assert.equal(existsSync(path.join(project.folder, "incidents")), false, JSON.stringify(shown));
    assert.deepEqual(await receipts(project), { model: 2, tool: 0 });
  });
});

/** Models of each maker, as their own interfaces tell it. */
const makers = {
  openai: { pin: "openai/gpt-4.1-mini-2025-04-14", base: "/v1" },
  azure: { pin: "azure/gpt-4.1-mini-2025-04-14", base: "/openai" },
  anthropic: { pin: "anthropic/claude-haiku-4-5-20251001", base: "/v1" },
} as const;

for (const [kind, { pin, base }] of Object.entries(makers)) {
  test(`the same file asks ${kind}, and each question once`, long, async () => {
    await using mock = await startMock();
    await using project = openExample();
    write(project, "key", "sk-canary-4711-0815-4711\n", 0o600);
    write(project, "runwright.pins.yaml", `models:\n  fast: ${pin}\n`);
    write(
      project,
      "runwright.config.yaml",
      `providers:\n  ${kind}: { kind: ${kind}, key: "file:key", base_url: "${mock.origin}${base}" }\n`,
    );
    const shown = await decided(project, "approve");
    assert.equal(shown["status"], "completed", JSON.stringify(shown));
    assert.equal(readFileSync(path.join(project.folder, "incidents/INC0010001.md"), "utf8"), words);
    assert.equal(mock.server.getRequests().length, 2);
    assert.deepEqual(await receipts(project), { model: 2, tool: 1 });
  });
}

describe("the same steps in front of another desk", () => {
  const serviceNow = async (project: Project): ReturnType<typeof startServiceNow> => {
    const desk = await startServiceNow();
    const settings = `{ url: "${desk.url}", user: ada, password: "\${secrets.SN_PASSWORD}" }`;
    const note = `{ sys_id: "${incidentId}", note: "\${review.output.category}, priority \${review.output.priority}: \${review.output.summary}" }`;
    writesTo(
      project,
      `{ use: servicenow@1.0.0, with: ${settings} }`,
      `    tool: desk.add_work_note\n    with: ${note}`,
      "secrets: [SN_PASSWORD]\n",
    );
    write(project, "password", "sn-secret\n", 0o600);
    const config = readFileSync(path.join(example, "runwright.config.yaml"), "utf8");
    write(
      project,
      "runwright.config.yaml",
      `${config}secrets: { SN_PASSWORD: "file:password" }\nconnectors: { allow_hosts: [127.0.0.1] }\n`,
    );
    return desk;
  };

  test("ServiceNow gets one work note", long, async () => {
    await using project = openExample();
    await using desk = await serviceNow(project);
    const shown = await decided(project, "approve");
    assert.equal(shown["status"], "completed", JSON.stringify(shown));
    const notes = [...desk.tables.sys_journal_field.values()].map(({ value = "" }) => value);
    assert.equal(notes.length, 1);
    assert.ok(notes[0]?.startsWith(words), notes[0]);
    assert.equal(desk.asked.filter(({ method }) => method === "PATCH").length, 1);
  });

  test("ServiceNow gets none where a person rejects it, and is asked nothing", long, async () => {
    await using project = openExample();
    await using desk = await serviceNow(project);
    await decided(project, "reject");
    assert.deepEqual([desk.asked.length, desk.tables.sys_journal_field.size], [0, 0]);
  });

  test("a tool server that others wrote writes one file", long, async () => {
    await using project = openExample();
    await using stage = openStage();
    const place = path.join(project.folder, "served");
    mkdirSync(place);
    mkdirSync(path.join(project.folder, "connectors"));
    const descriptor = await stage.describe(serverOf("filesystem", place));
    write(project, "connectors/tools@1.0.0.json", JSON.stringify(descriptor));
    const note = `{ path: "${place}/\${inputs.number}.md", content: "\${review.output.category}, priority \${review.output.priority}: \${review.output.summary}" }`;
    writesTo(project, "tools@1.0.0", `    tool: desk.write_file\n    with: ${note}`);
    const shown = await decided(project, "approve");
    assert.equal(shown["status"], "completed", JSON.stringify(shown));
    assert.deepEqual(readdirSync(place), ["INC0010001.md"]);
    assert.equal(readFileSync(path.join(place, "INC0010001.md"), "utf8"), words);
    assert.deepEqual(await receipts(project), { model: 2, tool: 1 });
  });
});

async function startMock(): Promise<AsyncDisposable & { readonly server: LLMock; readonly origin: string }> {
  const server = new LLMock({ port: 0, host: "127.0.0.1" });
  const origin = await server.start();
  server.onMessage("Incident INC0010001", { content: { category: "hardware", priority: "3" } });
  server.onMessage("A hardware incident", { content: "Nobody on the third floor can print." });
  return { server, origin, [Symbol.asyncDispose]: () => server.stop() };
}

// One document after the other, each accepted by people, and one more for each epic: carried out, stopped, resumed and restarted.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunKey } from "../src/base/ids.ts";
import type { Json } from "../src/base/json.ts";
import type { ActionCall, ActionResult } from "../src/ports/action.ts";
import { bob, type Stage, stage } from "./engine/stage.ts";

const toBacklog = `workflow: phases
inputs: { idea: string }
steps:
  - id: discover
    function: work
    with: { document: discovery, from: "\${inputs.idea}" }
  - id: accept_discovery
    approve: Is this the problem?
    by: [team]
    show: \${discover.output}
  - id: backlog
    function: work
    with: { document: backlog, from: "\${accept_discovery.output.text}" }
  - id: accept_backlog
    approve: Are these the epics?
    by: [team]
    show: \${backlog.output}
    editable: [epics]
    on_changes: { redo: backlog, max: 2 }
`;

const whole = `${toBacklog}  - id: architectures
    for_each: accept_backlog.output.epics
    as: epic
    key: epic.id
    do:
      - id: design
        function: work
        with: { document: architecture, from: "\${epic.id}" }
      - id: accept
        approve: Shall \${epic.id} be built like this?
        by: [team]
        show: \${design.output}
output: \${architectures.output}
`;

/** Stands for the model: every document says what it was made from. */
async function write({ input }: ActionCall): Promise<ActionResult> {
  const { document, from } = input as { readonly document: string; readonly from: string };
  const text = `${document} of ${from}`;
  return { output: document === "backlog" ? { text, epics: [{ id: "EP-1" }, { id: "EP-2" }] } : { text } };
}

async function begin(world: Stage, text: string): Promise<RunKey> {
  const key = await world.start(text, { idea: "bread" });
  await world.settle();
  return key;
}

/** The open gates. */
async function open(world: Stage, key: RunKey): Promise<readonly string[]> {
  return (await world.row(key)).summary.gates.map(({ path }) => path);
}

async function accept(world: Stage, key: RunKey, path: string): Promise<void> {
  const deciding = world.engine.decide(key, bob, { path, outcome: "accepted" });
  await world.settle();
  await deciding;
  await world.settle();
}

function documentsOf(world: Stage): readonly Json[] {
  return world.calls.map(({ input }) => (input as { readonly document: Json }).document);
}

test("discovery leads to the backlog of epics, each behind its acceptance", async () => {
  const world = await stage(write);
  const key = await begin(world, toBacklog);
  assert.deepEqual(await open(world, key), ["accept_discovery"]);
  assert.deepEqual(documentsOf(world), ["discovery"], "nothing is made from what nobody has accepted");
  await accept(world, key, "accept_discovery");
  assert.deepEqual(await open(world, key), ["accept_backlog"]);
  await accept(world, key, "accept_backlog");
  assert.equal((await world.row(key)).summary.status, "completed");
  assert.deepEqual(documentsOf(world), ["discovery", "backlog"]);
});

test("discovery, backlog and an architecture for each epic: the whole way with its iteration", async () => {
  const world = await stage(write);
  const key = await begin(world, whole);
  for (const path of ["accept_discovery", "accept_backlog"]) await accept(world, key, path);
  assert.deepEqual(await open(world, key), ["architectures[EP-1]/accept", "architectures[EP-2]/accept"]);
  for (const path of await open(world, key)) await accept(world, key, path);
  const { row, output } = await world.engine.view(key);
  assert.equal(row.summary.status, "completed");
  assert.deepEqual(output, [
    { design: { text: "architecture of EP-1" }, accept: { text: "architecture of EP-1" } },
    { design: { text: "architecture of EP-2" }, accept: { text: "architecture of EP-2" } },
  ]);
});

test("a run pauses at an acceptance, goes on where it was, and shows who decided what", async () => {
  const world = await stage(write);
  const key = await begin(world, whole);
  assert.equal((await world.row(key)).summary.status, "awaiting_approval");
  await assert.rejects(
    Promise.all([
      world.engine.decide(key, { id: "eve", roles: [] }, { path: "accept_discovery", outcome: "accepted" }),
      world.settle(),
    ]),
    { code: "gate.forbidden" },
  );
  const [gate] = (await world.engine.view(key)).gates;
  assert.deepEqual([gate?.path, gate?.by, gate?.show], ["accept_discovery", ["team"], { text: "discovery of bread" }]);
  await accept(world, key, "accept_discovery");
  assert.deepEqual(documentsOf(world), ["discovery", "backlog"], "what was done is not done again");
  const { instances } = await world.engine.view(key);
  assert.deepEqual(
    instances.map(({ path, status }) => `${path} ${status}`),
    [
      "discover succeeded",
      "accept_discovery succeeded",
      "backlog succeeded",
      "accept_backlog waiting",
      "architectures pending",
    ],
  );
});

test("the state survives restarts in the middle of the iteration", async () => {
  const world = await stage(write);
  const key = await begin(world, whole);
  for (const path of ["accept_discovery", "accept_backlog"]) {
    await world.crash();
    await accept(world, key, path);
  }
  await accept(world, key, "architectures[EP-1]/accept");
  await world.crash();
  assert.deepEqual(await open(world, key), ["architectures[EP-2]/accept"]);
  await accept(world, key, "architectures[EP-2]/accept");
  assert.equal((await world.row(key)).summary.status, "completed");
  assert.deepEqual(documentsOf(world), ["discovery", "backlog", "architecture", "architecture"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import { incidentId, startServiceNow } from "../stand-ins/servicenow.ts";
import { builtIn, callerOf } from "./caller.ts";

test("every action of servicenow@1.0.0 does what it says", async () => {
  await using servicenow = await startServiceNow();
  await using incidents = callerOf("servicenow", servicenow.settings);
  const url = `${servicenow.url}/nav_to.do?uri=incident.do%3Fsys_id%3D${incidentId}`;
  const byNumber = await incidents.call("get_incident", { id: "INC0010001" });
  assert.deepEqual(byNumber.output, {
    sys_id: incidentId,
    number: "INC0010001",
    short_description: "Cannot print",
    description: "Since Monday.",
    state: "1",
    priority: "4",
    category: "inquiry",
    subcategory: "",
    assignment_group: "",
    assigned_to: "",
    updated_at: "2026-03-01 09:30:00",
    updates: 0,
    url,
  });
  assert.deepEqual((await incidents.call("get_incident", { id: incidentId })).output, byNumber.output);
  const changed = await incidents.call("update_incident", { sys_id: incidentId, priority: "2", category: "hardware" });
  assert.deepEqual(changed, {
    v: 1,
    output: { sys_id: incidentId, number: "INC0010001", url, updates: 1 },
    receipt: { remote_id: incidentId, url, before: { sys_id: incidentId, priority: "4", category: "inquiry" } },
  });
  const noted = await incidents.call("add_work_note", { sys_id: incidentId, note: "Looked at it." });
  assert.deepEqual(noted.receipt, { remote_id: incidentId, url, before: null });
  const [note] = servicenow.tables.sys_journal_field.values();
  assert.match(note?.["value"] ?? "", /^Looked at it\.\n\n\[runwright [0-9a-f]{64}\]$/);
  assert.deepEqual([...incidents.called].toSorted(), Object.keys(builtIn("servicenow").actions).toSorted());
});

test("what a change to an incident left behind undoes it, and a change of nothing leaves nothing to undo", async () => {
  await using servicenow = await startServiceNow();
  await using incidents = callerOf("servicenow", servicenow.settings);
  const { receipt } = await incidents.call("update_incident", {
    sys_id: incidentId,
    priority: "2",
    assigned_to: "ada",
  });
  const again = await incidents.call("update_incident", { sys_id: incidentId, priority: "2" }, "again");
  assert.equal(again.receipt?.before, null);
  await incidents.call("update_incident", receipt?.before as { sys_id: string }, "undo");
  const row = servicenow.tables.incident.get(incidentId);
  assert.deepEqual([row?.["priority"], row?.["assigned_to"]], ["4", ""]);
});

test("an interrupted work note is found by its key, and none is found where none was written", async () => {
  await using servicenow = await startServiceNow();
  await using incidents = callerOf("servicenow", servicenow.settings);
  const input = { sys_id: incidentId, note: "Looked at it." };
  servicenow.fail({ kind: "drop" });
  await assert.rejects(incidents.call("add_work_note", input), (error) => hasCode(error, "tool.unavailable"));
  assert.equal(await incidents.find("add_work_note", input), undefined);
  servicenow.fail({ kind: "apply-drop" });
  await assert.rejects(incidents.call("add_work_note", input), (error) => hasCode(error, "tool.unavailable"));
  assert.equal((await incidents.find("add_work_note", input))?.receipt?.remote_id, incidentId);
  assert.equal(await incidents.find("add_work_note", input, "another"), undefined);
});

test("an incident that is not there, and a user who may not, are told apart", async () => {
  await using servicenow = await startServiceNow();
  await using incidents = callerOf("servicenow", servicenow.settings);
  await assert.rejects(incidents.call("get_incident", { id: "INC0000000" }), {
    code: "tool.failed",
    message: "servicenow@1.0.0 get_incident: The server answered 200: There is no incident INC0000000.",
  });
  await assert.rejects(incidents.call("add_work_note", { sys_id: "0".repeat(32), note: "?" }), {
    code: "tool.failed",
    message: "servicenow@1.0.0 add_work_note: The server answered 404: No Record found.",
  });
  await using stranger = callerOf("servicenow", { ...servicenow.settings, password: "wrong" });
  await assert.rejects(stranger.call("get_incident", { id: "INC0010001" }), (error) =>
    hasCode(error, "tool.unauthorised"),
  );
});

test("what would change the query of an incident is no input of it", async () => {
  await using servicenow = await startServiceNow();
  await using incidents = callerOf("servicenow", servicenow.settings);
  for (const id of ["INC1^ORnumber=INC2", "a b", "x/../y", ""])
    await assert.rejects(incidents.call("get_incident", { id }), (error) => hasCode(error, "tool.input-invalid"));
  assert.equal(servicenow.asked.length, 0);
});

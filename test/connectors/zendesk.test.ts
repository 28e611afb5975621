import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/base/json.ts";
import { startZendesk, type ZendeskStandIn } from "../stand-ins/zendesk.ts";
import { builtIn, type Caller, callerOf } from "./caller.ts";

async function withZendesk(
  work: (at: { readonly zendesk: ZendeskStandIn; readonly desk: Caller }) => Promise<void>,
): Promise<void> {
  await using zendesk = await startZendesk();
  await using desk = callerOf("zendesk", zendesk.settings);
  return await work({ zendesk, desk });
}

test("every action of zendesk@3.2.0 does what it says", async () =>
  await withZendesk(async ({ zendesk, desk }) => {
    const ticket = await desk.call("get_ticket", { id: "7" });
    assert.deepEqual(ticket.output, {
      id: "7",
      url: `${zendesk.url}/agent/tickets/7`,
      subject: "Printer on fire",
      description: "It burns.",
      status: "open",
      priority: "low",
      tags: ["hardware"],
      requester_id: "20",
      assignee_id: null,
      group_id: null,
      created_at: "2026-03-01T09:30:00Z",
      updated_at: "2026-03-01T09:30:00Z",
    });
    const found = await desk.call("search_tickets", { query: "fire status<solved" });
    assert.deepEqual(found.output, { count: 1, tickets: [ticket.output] });
    assert.deepEqual((await desk.call("get_user", { id: "20" })).output, {
      id: "20",
      name: "Ada",
      email: "ada@example.com",
      role: "agent",
    });
    const made = await desk.call("create_ticket", {
      subject: "New",
      comment: "Help",
      requester_email: "bo@example.com",
    });
    assert.deepEqual(made.receipt, { remote_id: "8", url: `${zendesk.url}/agent/tickets/8`, before: { id: "8" } });
    const changed = await desk.call("update_ticket", { id: "7", priority: "high", tags: ["fire"], comment: "Seen" });
    assert.deepEqual(changed.receipt?.before, { id: "7", priority: "low", tags: ["hardware"] });
    assert.deepEqual((await desk.call("set_status", { id: "7", status: "pending" })).receipt?.before, {
      id: "7",
      status: "open",
    });
    assert.equal((await desk.call("reply", { id: "7", comment: "On it." })).receipt?.before, null);
    const comments = (await desk.call("list_comments", { id: "7" })).output as JsonObject;
    assert.deepEqual(
      (comments["comments"] as readonly JsonObject[]).map((each) => [each["body"], each["public"]]),
      [
        ["It burns.", true],
        ["Seen", false],
        ["On it.", true],
      ],
    );
    assert.deepEqual((await desk.call("add_tags", { id: "7", tags: ["fire", "vip"] })).receipt?.before, {
      id: "7",
      tags: ["vip"],
    });
    assert.deepEqual((await desk.call("remove_tags", { id: "7", tags: ["vip"] })).output, { tags: ["fire"] });
    assert.deepEqual((await desk.call("delete_ticket", { id: "7" })).output, { id: "7" });
    assert.deepEqual((await desk.call("delete_ticket", { id: "7" })).output, { id: "7" }, "it is gone already");
    assert.deepEqual([...desk.called].toSorted(), Object.keys(builtIn("zendesk").actions).toSorted());
  }));

test("what a change to a ticket left behind undoes it", async () =>
  await withZendesk(async ({ zendesk, desk }) => {
    const before = (await desk.call("get_ticket", { id: "7" })).output as JsonObject;
    const { receipt } = await desk.call("update_ticket", { id: "7", priority: "high", tags: ["fire"] });
    await desk.call("update_ticket", objectOf(receipt?.before), "undo");
    const fields = zendesk.tickets.get(7)?.fields;
    assert.deepEqual([fields?.["priority"], fields?.["tags"]], [before["priority"], before["tags"]]);
  }));

test("a ticket that changed after it was read is not written over", async () =>
  await withZendesk(async ({ zendesk, desk }) => {
    zendesk.onApplied = ({ method }) => {
      const ticket = zendesk.tickets.get(7);
      if (method === "GET" && ticket !== undefined)
        ticket.fields = { ...ticket.fields, updated_at: "2026-03-01T10:00:00Z" };
    };
    await assert.rejects(desk.call("update_ticket", { id: "7", priority: "high" }), (error) =>
      hasCode(error, "tool.conflict"),
    );
    assert.equal(zendesk.tickets.get(7)?.fields["priority"], "low");
  }));

const writes: readonly (readonly [action: string, input: JsonObject])[] = [
  ["create_ticket", { subject: "New", comment: "Help" }],
  ["update_ticket", { id: "7", priority: "high", tags: ["fire"], comment: "Seen" }],
  ["set_status", { id: "7", status: "pending" }],
  ["reply", { id: "7", comment: "On it." }],
];

for (const [action, input] of writes) {
  test(`an interrupted ${action} that was carried out is found, with the receipt that it would have left`, async () =>
    await withZendesk(async ({ zendesk, desk }) => {
      assert.equal(await desk.find(action, input), undefined, "nothing was carried out yet");
      zendesk.fail({ kind: "apply-drop" });
      await assert.rejects(desk.call(action, input), (error) => hasCode(error, "tool.unavailable"));
      const found = await desk.find(action, input);
      assert.equal(await desk.find(action, input, "another"), undefined, "another operation was not");

      await using second = await startZendesk();
      await using other = callerOf("zendesk", second.settings);
      const usual = await other.call(action, input);
      assert.deepEqual(found?.receipt, JSON.parse(JSON.stringify(usual.receipt).replaceAll(second.url, zendesk.url)));
      assert.deepEqual(found?.output, JSON.parse(JSON.stringify(usual.output).replaceAll(second.url, zendesk.url)));
    }));
}

test("a ticket that arrives twice is opened once, since it carries its key", async () =>
  await withZendesk(async ({ zendesk, desk }) => {
    zendesk.fail({ kind: "twice" });
    await desk.call("create_ticket", { subject: "New", comment: "Help" });
    zendesk.fail({ kind: "hold" });
    await assert.rejects(desk.call("create_ticket", { subject: "Held", comment: "Help" }, "held"));
    await desk.call("create_ticket", { subject: "Held", comment: "Help" }, "held");
    zendesk.deliver();
    assert.deepEqual(
      [...zendesk.tickets.values()].map(({ fields }) => fields["subject"]),
      ["Printer on fire", "New", "Held"],
    );
  }));

function objectOf(value: Json | undefined): JsonObject {
  assert.ok(isJsonObject(value));
  return value;
}

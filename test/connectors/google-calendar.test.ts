import assert from "node:assert/strict";
import { test } from "node:test";
import { digestText } from "../../src/base/digest.ts";
import { hasCode } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { startGoogleCalendar } from "../stand-ins/google-calendar.ts";
import { builtIn, callerOf } from "./caller.ts";

const start = "2026-03-05T10:00:00+01:00";
const end = "2026-03-05T11:00:00+01:00";

test("every action of google-calendar@2.0.0 does what it says", async () => {
  await using google = await startGoogleCalendar();
  await using calendar = callerOf("google-calendar", google.settings);
  const today = (await calendar.call("events_today", {})).output as JsonObject;
  assert.deepEqual([today["date"], today["title"]], ["2026-03-01", "Trip, Stand-up"]);
  assert.deepEqual(
    (today["attendees"] as readonly JsonObject[]).map(({ email }) => email),
    ["bo@example.com"],
    "each once, without the owner and the room",
  );
  const times = { start: "2026-02-01T00:00:00Z", end: "2026-04-01T00:00:00Z" };
  const { events } = (await calendar.call("list_events", times)).output as { events: readonly JsonObject[] };
  assert.deepEqual(
    events.map(({ id }) => id),
    ["trip", "standup", "later"],
    "of two pages",
  );
  const two = (await calendar.call("list_events", { ...times, max: 2 })).output as { events: readonly JsonObject[] };
  assert.equal(two.events.length, 2);
  const standup = (await calendar.call("get_event", { id: "standup" })).output as JsonObject;
  assert.deepEqual(
    [standup["title"], standup["all_day"], standup["organizer"]],
    ["Stand-up", false, "ada@example.com"],
  );
  const busy = await calendar.call("free_busy", { ...times, calendars: ["bo@example.com", "who@example.com"] });
  assert.deepEqual(busy.output, {
    calendars: [
      { id: "bo@example.com", known: true, busy: [{ start: "2026-03-01T09:00:00Z", end: "2026-03-01T10:00:00Z" }] },
      { id: "who@example.com", known: false, busy: [] },
    ],
  });
  const { calendars } = (await calendar.call("list_calendars", {})).output as { calendars: readonly JsonObject[] };
  assert.deepEqual(
    calendars.map(({ id, primary }) => [id, primary]),
    [
      ["primary", true],
      ["team", false],
    ],
  );

  const made = await calendar.call("create_event", { title: "Review", start, end, attendees: ["bo@example.com"] });
  const id = digestText("one");
  assert.deepEqual(made.receipt?.before, { calendar: "primary", id });
  const changed = await calendar.call("update_event", { id, title: "Retro", location: "Room 1" });
  assert.deepEqual(changed.receipt?.before, { calendar: "primary", id, title: "Review", location: "" });
  const invited = await calendar.call("invite", { id, attendees: ["bo@example.com", "cy@example.com"] });
  assert.deepEqual(invited.receipt?.before, { calendar: "primary", id, attendees: ["cy@example.com"] });
  const uninvited = await calendar.call("uninvite", { id, attendees: ["bo@example.com", "dee@example.com"] });
  assert.deepEqual(uninvited.receipt?.before, { calendar: "primary", id, attendees: ["bo@example.com"] });
  assert.deepEqual(
    (google.events.get(id) as { readonly attendees: readonly JsonObject[] }).attendees.map(({ email }) => email),
    ["cy@example.com"],
  );
  await calendar.call("delete_event", { id });
  assert.deepEqual((await calendar.call("delete_event", { id })).output, { id }, "it is gone already");
  assert.equal(google.tokens, 1, "one access token serves them all");
  assert.deepEqual([...calendar.called].toSorted(), Object.keys(builtIn("google-calendar").actions).toSorted());
});

const writes: readonly (readonly [action: string, input: JsonObject])[] = [
  ["create_event", { title: "Review", start, end }],
  ["update_event", { id: "standup", title: "Sit-down", start, end }],
  ["invite", { id: "standup", attendees: ["bo@example.com", "cy@example.com"] }],
  ["uninvite", { id: "standup", attendees: ["bo@example.com"] }],
];

for (const [action, input] of writes) {
  test(`an interrupted ${action} that was carried out is found, with the receipt that it would have left`, async () => {
    await using google = await startGoogleCalendar();
    await using calendar = callerOf("google-calendar", google.settings);
    assert.equal(await calendar.find(action, input), undefined);
    google.fail({ kind: "apply-drop" }, ({ method, path }) => method !== "GET" && path !== "/token");
    await assert.rejects(calendar.call(action, input), (error) => hasCode(error, "tool.unavailable"));
    const found = await calendar.find(action, input);
    await using second = await startGoogleCalendar();
    await using other = callerOf("google-calendar", second.settings);
    assert.deepEqual(found, await other.call(action, input));
    assert.equal(await calendar.find(action, input, "another"), undefined);
  });
}

test("an event that changed after it was read is not written over", async () => {
  await using google = await startGoogleCalendar();
  await using calendar = callerOf("google-calendar", google.settings);
  await calendar.call("get_event", { id: "standup" });
  google.fail({ kind: "answer", told: { status: 412, body: {} } }, ({ method }) => method === "PATCH");
  await assert.rejects(calendar.call("update_event", { id: "standup", title: "x" }), (error) =>
    hasCode(error, "tool.conflict"),
  );
  assert.match(String(google.asked.at(-1)?.headers["if-match"]), /^"\d+"$/);
});

test("a token that no longer holds fails one call, and the next asks for another", async () => {
  await using google = await startGoogleCalendar();
  await using calendar = callerOf("google-calendar", google.settings);
  await calendar.call("get_event", { id: "standup" });
  google.revoke();
  await assert.rejects(calendar.call("get_event", { id: "standup" }), (error) => hasCode(error, "tool.unauthorised"));
  await calendar.call("get_event", { id: "standup" });
  assert.equal(google.tokens, 2);
  await using stranger = callerOf("google-calendar", { ...google.settings, refresh_token: "wrong" });
  await assert.rejects(stranger.call("get_event", { id: "standup" }), (error) => hasCode(error, "tool.unauthorised"));
});

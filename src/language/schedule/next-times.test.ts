import assert from "node:assert/strict";
import { test } from "node:test";
import { everComes, nextDay } from "./calendar.ts";
import { type Cron, parseCron } from "./cron.ts";
import { nextTimes } from "./next-times.ts";
import { type Zone, zoneNamed } from "./zone.ts";

function cronOf(text: string): Cron {
  const { cron, problem } = parseCron(text);
  assert.ok(cron !== undefined, problem?.message);
  return cron;
}

function zoneOf(name: string): Zone {
  const zone = zoneNamed(name);
  assert.ok(zone !== undefined, name);
  return zone;
}

/** The times after a moment, as UTC without seconds. */
function due(line: string, zone: string, after: string, count = 3): readonly string[] {
  const times = nextTimes({ cron: cronOf(line), zone: zoneOf(zone) }, Date.parse(after), count);
  return times.map((time) => new Date(time).toISOString().replace(":00.000Z", ""));
}

test("times follow each other in the clock of their zone", () => {
  assert.deepEqual(due("0 7 * * 1-5", "Europe/Berlin", "2026-01-02T06:00:00Z"), [
    "2026-01-05T06:00",
    "2026-01-06T06:00",
    "2026-01-07T06:00",
  ]);
  assert.deepEqual(due("0 7 * * *", "UTC", "2026-01-02T06:59:59Z", 1), ["2026-01-02T07:00"]);
  assert.deepEqual(due("45 23 31 12 *", "Asia/Kolkata", "2026-01-01T00:00:00Z", 2), [
    "2026-12-31T18:15",
    "2027-12-31T18:15",
  ]);
});

test("a moment at which it is due is not after itself", () => {
  assert.deepEqual(due("*/15 * * * *", "UTC", "2026-01-02T06:15:00Z", 2), ["2026-01-02T06:30", "2026-01-02T06:45"]);
});

test("a day counts when either restricted day field names it", () => {
  // The 13th, and each Friday.
  assert.deepEqual(due("0 0 13 * FRI", "UTC", "2026-01-08T00:00:00Z", 4), [
    "2026-01-09T00:00",
    "2026-01-13T00:00",
    "2026-01-16T00:00",
    "2026-01-23T00:00",
  ]);
});

test("a time that clocks skip is due as much later as they are set, once", () => {
  // Berlin, 29 March 2026: 02:00 becomes 03:00, which is 01:00 UTC.
  assert.deepEqual(due("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2), [
    "2026-03-29T01:30",
    "2026-03-30T00:30",
  ]);
  assert.deepEqual(due("30 * * * *", "Europe/Berlin", "2026-03-28T23:59:00Z", 4), [
    "2026-03-29T00:30",
    "2026-03-29T01:30",
    "2026-03-29T02:30",
    "2026-03-29T03:30",
  ]);
});

test("a time that comes twice is due once, and twice when every hour counts", () => {
  // Berlin, 25 October 2026: 03:00 becomes 02:00, which is 01:00 UTC.
  assert.deepEqual(due("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
  assert.deepEqual(due("30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 4), [
    "2026-10-25T00:30",
    "2026-10-25T01:30",
    "2026-10-25T02:30",
    "2026-10-25T03:30",
  ]);
});

test("zones with half hours, and one that skipped a whole day, keep their order", () => {
  // Lord Howe sets its clocks by half an hour: 5 April 2026, 02:00 becomes 01:30, which is 15:00 UTC.
  assert.deepEqual(due("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2), [
    "2026-04-04T14:45",
    "2026-04-05T15:15",
  ]);
  // Apia had no 30 December 2011.
  assert.deepEqual(due("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3), [
    "2011-12-29T22:00",
    "2011-12-30T22:00",
    "2011-12-31T22:00",
  ]);
});

test("each minute of two days around a change of clocks is due exactly once", () => {
  for (const [zone, from] of [
    ["Europe/Berlin", "2026-03-28T12:00:00Z"],
    ["Europe/Berlin", "2026-10-24T12:00:00Z"],
    ["America/New_York", "2026-11-01T00:00:00Z"],
    ["America/Sao_Paulo", "2018-11-03T12:00:00Z"],
  ] as const) {
    const start = Date.parse(from);
    const times = nextTimes({ cron: cronOf("* * * * *"), zone: zoneOf(zone) }, start, 2880);
    assert.deepEqual(
      times.map((time) => (time - start) / 60_000),
      Array.from({ length: 2880 }, (_, index) => index + 1),
      zone,
    );
  }
});

test("a leap day is found, also over forty years, and a day that no month has is not", () => {
  assert.deepEqual(due("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1), ["2104-02-29T00:00"]);
  // The 29th of February on a Sunday: with */7 both day fields must hold.
  assert.deepEqual(due("0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", 1), ["2128-02-29T00:00"]);
  for (const line of ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"]) {
    assert.equal(nextDay(cronOf(line), 20_000), undefined, line);
    assert.equal(everComes(cronOf(line)), false, line);
    assert.deepEqual(due(line, "UTC", "2026-01-01T00:00:00Z"), []);
  }
  for (const line of ["0 0 31 2 MON", "0 0 29 2 *", "0 0 31 2,3 *", "0 0 29 2 */7"]) {
    assert.notEqual(nextDay(cronOf(line), 20_000), undefined, line);
    assert.equal(everComes(cronOf(line)), true, line);
  }
});

test("an unknown zone is none, and offsets before 1970 and with odd seconds are right", () => {
  assert.equal(zoneNamed("Europe/Berln"), undefined);
  assert.equal(zoneNamed(""), undefined);
  const newYork = zoneOf("America/New_York");
  assert.equal(newYork.offsetMsAt(Date.parse("2026-07-01T00:00:00.250Z")), -4 * 3_600_000);
  assert.equal(newYork.offsetMsAt(Date.parse("1950-01-01T00:00:00Z")), -5 * 3_600_000);
});

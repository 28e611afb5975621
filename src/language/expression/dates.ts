import type { Json } from "../../base/json.ts";
import { failure, kindOf, spend, type Work } from "./work.ts";

/** Names of CEL's functions that take a moment apart. */
export const dateParts = [
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
] as const;

/** One of the parts of a moment. */
export type DatePart = (typeof dateParts)[number];

/** What each of them gives, for the documentation. */
export const datePartSentences: Readonly<Record<DatePart, string>> = {
  getFullYear: "The year of a moment; in UTC, or in a time zone such as Europe/Zurich or +02:00.",
  getMonth: "The month, from 0 for January to 11; zones as with getFullYear.",
  getDate: "The day of the month, from 1.",
  getDayOfMonth: "The day of the month, from 0.",
  getDayOfWeek: "The day of the week, from 0 for Sunday to 6.",
  getDayOfYear: "The day of the year, from 0.",
  getHours: "The hour of the day.",
  getMinutes: "The minute of the hour.",
  getSeconds: "The second of the minute.",
  getMilliseconds: "The milliseconds of the second.",
};

/** The farthest moment from 1970 that a date can stand for, in milliseconds. */
const momentMsMax = 8.64e15;

/** What finding out the offset of a named time zone costs in steps: the formatter for it is made anew when it was not kept. */
const zoneSteps = 100;

/** Formatters that are kept. */
const zonesMax = 16;

const dayMs = 86_400_000;
const zones = new Map<string, Intl.DateTimeFormat>();

const readers: Readonly<Record<DatePart, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / dayMs),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

/** One part of a moment, as clocks and calendars in the time zone show it. */
export function partOfDate(work: Work, part: DatePart, moment: Json, zone: Json): number {
  if (typeof moment !== "number") throw failure(work, `${part}() needs a number, but got ${kindOf(moment)}`);
  if (typeof zone !== "string") throw failure(work, `${part}() needs a time zone as text, but got ${kindOf(zone)}`);
  if (Math.abs(moment) > momentMsMax) throw failure(work, `${part}() got ${moment}, which is no moment`);

  const shown = new Date(moment + offsetMs(work, Math.floor(moment), zone));
  if (Number.isNaN(shown.getTime())) throw failure(work, `${part}() got ${moment}, which is no moment`);
  return readers[part](shown);
}

// `UTC`, `+02:00`, or a name such as `Europe/Zurich`.
function offsetMs(work: Work, moment: number, zone: string): number {
  if (zone === "UTC") return 0;
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):([0-5]\d)$/.exec(zone) ?? [];
  if (hours !== undefined) return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;

  spend(work, zoneSteps);
  const parts = formatterFor(work, zone).formatToParts(moment);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  const shown = new Date(0);
  shown.setUTCFullYear(
    parts.some(({ type, value }) => type === "era" && value.startsWith("B")) ? 1 - year : year,
    month - 1,
    day,
  );
  return shown.setUTCHours(hour, minute, second) - Math.floor(moment / 1000) * 1000;
}

const fields = ["year", "month", "day", "hour", "minute", "second"] as const;

function formatterFor(work: Work, zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  const formatter = newFormatter(work, zone);
  if (zones.size >= zonesMax) zones.clear();
  zones.set(zone, formatter);
  return formatter;
}

function newFormatter(work: Work, timeZone: string): Intl.DateTimeFormat {
  const numeric = "numeric";
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw failure(work, `there is no time zone ${JSON.stringify(timeZone.slice(0, 40))}`);
  }
}

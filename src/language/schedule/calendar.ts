import type { Cron } from "./cron.ts";

const dayMs = 86_400_000;

/**
 * Days that are looked at for the next one at most: the 29th of February falls on a given weekday every 28 years, or every 40 where a
 * year such as 2100 is no leap year.
 */
const daysMax = 41 * 366;

/** The next day, at or after one, that a cron names; days are counted from the first of January 1970. Undefined: there is none. */
export function nextDay(cron: Cron, day: number): number | undefined {
  for (let next = day; next < day + daysMax; next += 1) {
    if (isNamed(cron, next)) return next;
  }
  return undefined;
}

function isNamed({ days, months, weekdays, eitherDay }: Cron, day: number): boolean {
  const date = new Date(day * dayMs);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const inMonth = days.has(date.getUTCDate());
  const inWeek = weekdays.has(date.getUTCDay());
  return eitherDay ? inMonth || inWeek : inMonth && inWeek;
}

/** The day that a wall clock stands in; `wallMs` is what the clock shows, counted as if it were UTC. */
export function dayOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs);
}

/** What a wall clock shows at a minute of a day. */
export function wallAt(day: number, hour: number, minute: number): number {
  return day * dayMs + hour * 3_600_000 + minute * 60_000;
}

/** How long each month is at most, from January. */
const longest: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** False when no month that a cron names has a day that it names, such as the 31st of February. */
export function everComes({ days, months, eitherDay }: Cron): boolean {
  return eitherDay || [...months].some((month) => [...days].some((day) => day <= (longest[month - 1] ?? 0)));
}
